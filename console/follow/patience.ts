import { isNotYetVisible, mayPass } from './passing-errors.ts';

export interface PatienceOptions {
  readonly signal: AbortSignal;
  /** Told once each time nothing can be had for a while. */
  readonly onUnreachable: (error: unknown) => void;
  /** For how long that is borne. Default 60. */
  readonly patienceSeconds?: number;
}

/** Bears errors that may pass, such as throttling, for a while: what is watched does not depend on who watches it. */
export class Patience {
  readonly #options: PatienceOptions;
  #since: number | undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Undefined: it could not be had this time. Throws what the signal was aborted with, and what does not pass. */
  async bear<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await read();
      this.#since = undefined;
      return answer;
    } catch (error) {
      if (this.#options.signal.aborted || !mayPass(error)) throw error;
      if (this.#since === undefined && !isNotYetVisible(error)) this.#options.onUnreachable(error);
      this.#since ??= Date.now();
      if (Date.now() - this.#since >= (this.#options.patienceSeconds ?? 60) * 1000) throw error;
      return undefined;
    }
  }
}
