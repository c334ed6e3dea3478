import { AsyncLocalStorage } from 'node:async_hooks';
import type { JsonValue } from '../../json.ts';

/** What is invoked, and with what. */
export interface Invoked {
  readonly functionName: string;
  readonly payload: JsonValue;
}

/**
 * One run of a function's code. Once it is dead (timed out, or killed between two calls) nothing it still does may have
 * an effect, so whatever carries its API calls asks here first.
 */
export class Invocation {
  readonly invoked: Invoked;
  #dead = false;
  #calls = 0;
  readonly #killBeforeCall: number;
  readonly #onKilled: () => void;

  /**
   * `killBeforeCall` n: killed once it has made n API calls, instead of making another one or answering. `Infinity`: not
   * at all.
   */
  constructor(invoked: Invoked, killBeforeCall: number, onKilled: () => void) {
    this.invoked = invoked;
    this.#killBeforeCall = killBeforeCall;
    this.#onKilled = onKilled;
  }

  run<T>(work: () => T): T {
    return invocations.run(this, work);
  }

  /** Whether the next API call may go out. */
  admitsCall(): boolean {
    const alive = this.admitsAnswer();
    this.#calls += 1;
    return alive;
  }

  /** Whether what it returns may be seen. */
  admitsAnswer(): boolean {
    if (!this.#dead && this.#calls >= this.#killBeforeCall) {
      this.end();
      this.#onKilled();
    }
    return !this.#dead;
  }

  end(): void {
    this.#dead = true;
  }
}

/** The invocation whose code is running, or whose call is being answered, if it is a function's. */
export function currentInvocation(): Invocation | undefined {
  return invocations.getStore();
}

/** Resolves where the caller may make an API call, and never where it runs in an invocation that is dead. */
export async function admitCall(): Promise<void> {
  const invocation = currentInvocation();
  if (invocation && !invocation.admitsCall()) await new Promise(() => {});
}

/** An SDK request handler that lets no call of a dead invocation through. */
export function forLiveInvocations<Request, Response>(handler: { handle(request: Request): Promise<Response> }) {
  return {
    async handle(request: Request): Promise<Response> {
      await admitCall();
      return await handler.handle(request);
    },
  };
}

const invocations = new AsyncLocalStorage<Invocation>();
