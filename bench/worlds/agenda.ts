/** What is to happen when, in seconds since the beginning. Entries may make further ones. */
export class Agenda {
  #entries: { readonly atSeconds: number; readonly act: () => void }[] = [];

  at(atSeconds: number, act: () => void): void {
    const later = this.#entries.findIndex((entry) => entry.atSeconds > atSeconds);
    this.#entries.splice(later === -1 ? this.#entries.length : later, 0, { atSeconds, act });
  }

  get nextAtSeconds(): number | undefined {
    return this.#entries[0]?.atSeconds;
  }

  actNext(): void {
    this.#entries.shift()?.act();
  }
}
