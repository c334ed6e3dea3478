import { busy, sleep } from '../time/virtual-time.ts';
import type { Expenses } from './strategy.ts';

/** What a Python function on Lambda has at its disposal besides its own code. */
export interface PythonRuntime {
  /** A boto3 call, with its default retries. */
  call<T>(send: () => Promise<T>): Promise<T>;
  /** A call of a service that is not simulated, which succeeds: it counts and takes its time. */
  otherCall(action: string): Promise<void>;
  /** `time.sleep` */
  sleep(seconds: number): Promise<void>;
}

/** Lambda's default, which is what the published templates use. */
export const pythonMegabytes = 128;
/** START, END and REPORT, and a handful of log lines. */
const logBytes = 1500;
const apiMilliseconds = 50;

/** An asynchronous invocation that raises is retried twice: after one minute, and after two ("Retries" of Lambda). */
export const secondsBeforeRetries = [60, 120];

/** Runs a function as EventBridge does a Lambda target: asynchronously. Its cost goes on the bill. */
export async function invokePython(bill: Expenses, body: (python: PythonRuntime) => Promise<void>): Promise<void> {
  for (const secondsBefore of [0, ...secondsBeforeRetries]) {
    await sleep(secondsBefore * 1000);
    if (await ranToItsEnd(bill, body)) return;
  }
}

async function ranToItsEnd(bill: Expenses, body: (python: PythonRuntime) => Promise<void>): Promise<boolean> {
  const begun = Date.now();
  try {
    await busy(() => body(pythonRuntime(bill)));
    return true;
  } catch {
    return false;
  } finally {
    bill.invoked({
      milliseconds: Date.now() - begun,
      isCold: true,
      memoryMegabytes: pythonMegabytes,
      runtime: 'python',
      logBytes,
      traced: false,
    });
  }
}

function pythonRuntime(bill: Expenses): PythonRuntime {
  return {
    call: withLegacyRetries,
    async otherCall(action) {
      bill.called(action);
      await sleep(apiMilliseconds);
    },
    sleep: (seconds) => sleep(seconds * 1000),
  };
}

/**
 * boto3's default retry mode, `legacy`: five attempts, between them a random share of 1, 2, 4 and 8 s.
 * @see https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html
 */
export async function withLegacyRetries<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (attempt === 5 || !isRetried(error)) throw error;
      await sleep(Math.random() * 2 ** (attempt - 1) * 1000);
    }
  }
}

const retriedErrors = new Set(['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TimeoutError']);

function isRetried(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return retriedErrors.has(error.name) || ('$fault' in error && error.$fault === 'server');
}
