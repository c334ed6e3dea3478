import { sleep } from '../../time/virtual-time.ts';
import { type ApiCall, type Fault, type Intercept, maxStaleSeconds } from './faults.ts';
import { ConnectionLost } from './service-endpoint.ts';

/** The calls of a service: how many there were, what each takes, and what goes wrong with it. */
export class ServiceCalls {
  readonly #latencyMs: number;
  readonly #counts: Record<string, number> = {};
  intercept: Intercept | undefined;

  constructor(latencyMs: number) {
    this.#latencyMs = latencyMs;
  }

  /** By action, failed calls included. */
  get counts(): Readonly<Record<string, number>> {
    return this.#counts;
  }

  /**
   * Half of the latency before the effect, half of it after: what is answered may be outdated when it arrives. Throws
   * ConnectionLost where a fault takes the answer away; every other fault is for `perform` to answer.
   */
  async make<T>(call: ApiCall, perform: (fault: Fault | undefined) => T | Promise<T>): Promise<T> {
    const fault = this.#faultOf(call);
    const latencyMs = fault?.latencyMs ?? this.#latencyMs;
    if (fault?.kind === 'timeout-before') return await loseConnection(call, fault.seconds * 1000);
    await sleep(latencyMs / 2);
    const answer = await perform(fault);
    if (fault?.kind === 'timeout-after') {
      return await loseConnection(call, Math.max(0, fault.seconds * 1000 - latencyMs / 2));
    }
    await sleep(latencyMs / 2);
    return answer;
  }

  #faultOf(call: ApiCall): Fault | undefined {
    this.#counts[call.action] = (this.#counts[call.action] ?? 0) + 1;
    const fault = this.intercept?.(call);
    if (fault?.kind === 'stale' && fault.seconds > maxStaleSeconds) {
      throw new RangeError(`A read can be stale by at most ${maxStaleSeconds} s, not ${fault.seconds} s.`);
    }
    return fault;
  }
}

async function loseConnection({ action }: ApiCall, ms: number): Promise<never> {
  await sleep(ms);
  throw new ConnectionLost(`${action}: the connection timed out without an answer.`);
}
