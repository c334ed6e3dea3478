import type { Settings } from '../functions/shared/settings.ts';

/** A row of ours with another floor than the default, to show what the setting buys and what it costs. */
export interface Floor {
  readonly row: string;
  readonly settings: Partial<Settings>;
}

/** The only place of the bench that names the setting. */
export const otherFloors: readonly Floor[] = [
  { row: 'ours, minServing 90%', settings: { minServing: { kind: 'share', percent: 90 } } },
  { row: 'ours, minServing 1', settings: { minServing: { kind: 'units', units: 1 } } },
];
