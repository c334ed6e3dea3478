import type { Change } from '../../simulator/aws/index.ts';

/** From the notice until an instance left its group and began to drain; null where EC2 took it before that. */
export type SecondsToLeave = number | null;

interface Departure {
  readonly noticedAt: number;
  leftAt?: number;
  takenAt?: number;
}

/** Follows each noticed instance until it has left its group. */
export class Departures {
  readonly #departures = new Map<string, Departure>();

  noticed(instanceId: string, stillInService: boolean): void {
    const noticedAt = Date.now();
    this.#departures.set(instanceId, { noticedAt, ...(!stillInService && { leftAt: noticedAt }) });
  }

  changed(change: Change): void {
    if (!('instanceId' in change)) return;
    const departure = this.#departures.get(change.instanceId);
    if (!departure) return;
    const at = change.at.getTime();
    if (change.kind === 'reclaimed') departure.takenAt ??= at;
    const isLeaving = change.kind === 'lifecycle' && (change.to === 'Detaching' || change.to === 'Terminating');
    if (isLeaving) departure.leftAt ??= at;
  }

  /** From the first notice until the last instance left, in milliseconds since the epoch; without a notice: both 0. */
  span(): { readonly from: number; readonly to: number } {
    const departures = [...this.#departures.values()];
    if (departures.length === 0) return { from: 0, to: 0 };
    const from = Math.min(...departures.map(({ noticedAt }) => noticedAt));
    return { from, to: Math.max(from, ...departures.map(({ leftAt, takenAt }) => leftAt ?? takenAt ?? from)) };
  }

  secondsToLeave(): SecondsToLeave[] {
    return [...this.#departures.values()].map(({ noticedAt, leftAt, takenAt }) => {
      if (leftAt === undefined || (takenAt !== undefined && takenAt <= leftAt)) return null;
      return (leftAt - noticedAt) / 1000;
    });
  }
}
