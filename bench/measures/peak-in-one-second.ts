/** The most that comes together within any one second, not only within one of the clock's. */
export class PeakInOneSecond {
  readonly #recent: { readonly at: number; readonly amount: number }[] = [];
  #sum = 0;
  #most = 0;

  /** It comes now. */
  add(amount = 1): void {
    const now = Date.now();
    this.#recent.push({ at: now, amount });
    this.#sum += amount;
    for (let first = this.#recent[0]; first && first.at <= now - 1000; first = this.#recent[0]) {
      this.#sum -= first.amount;
      this.#recent.shift();
    }
    this.#most = Math.max(this.#most, this.#sum);
  }

  get most(): number {
    return this.#most;
  }
}
