import type { Settings } from '../functions/configuration/settings.ts';

/** A row of ours that is configured otherwise than by default, to show what a setting buys and what it costs. */
export interface Variant {
  readonly row: string;
  readonly settings: Partial<Settings>;
}

/** The only place of the bench that names the floor. */
export const otherFloors: readonly Variant[] = [
  { row: 'ours, minServing 90%', settings: { minServing: { kind: 'share', percent: 90 } } },
  { row: 'ours, minServing 1', settings: { minServing: { kind: 'units', units: 1 } } },
];

/** Played with every median launch: beside Capacity Rebalancing, which acts on the same recommendations. */
export const withRecommendations: Variant = {
  row: 'ours, with recommendations',
  settings: { rebalance: { budget: { kind: 'share', percent: 10 }, timeoutMinutes: 15 } },
};
