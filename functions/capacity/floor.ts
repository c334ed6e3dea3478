import { type MinServing, minServingOf } from '../configuration/values.ts';
import type { FloorSource } from '../shared/contract.ts';
import type { GroupSnapshot } from './group-snapshot.ts';

export interface Floor {
  readonly minServing: MinServing;
  readonly from: FloorSource;
}

/** The group's tags that overrule the stack's configuration. */
export const minServingTag = 'spot-interruption-handler:min-serving';
export const drainSecondsTag = 'spot-interruption-handler:drain-seconds';

/** Of the group's usual size, in capacity units: never more than that. A share is rounded up. */
export function floorOf(minServing: MinServing, usualSize: number): number {
  if (minServing.kind === 'units') return Math.min(minServing.units, usualSize);
  // Whole numbers first: 0.07 * 100 is more than 7.
  return Math.ceil((minServing.percent * usualSize) / 100);
}

/** The group's tag, else its instance maintenance policy, else the configuration. */
export function floorFor({ tags, minHealthyPercentage }: GroupSnapshot, configured: MinServing): Floor {
  const tagged = minServingOf(tags.get(minServingTag) ?? '');
  if (tagged) return { minServing: tagged, from: 'tag' };
  if (minHealthyPercentage !== undefined) {
    return { minServing: { kind: 'share', percent: minHealthyPercentage }, from: 'instance maintenance policy' };
  }
  return { minServing: configured, from: 'configuration' };
}

/** The drain window of the group's tag, in whole seconds from 0 to 90; undefined without one, or where it is unreadable. */
export function taggedDrainSeconds({ tags }: Pick<GroupSnapshot, 'tags'>): number | undefined {
  const text = tags.get(drainSecondsTag);
  return text !== undefined && /^(?:[0-8]?\d|90)$/.test(text) ? Number(text) : undefined;
}

/** The keys of the group's tags that are ours, but say nothing that can be read. */
export function unreadableTags({ tags }: Pick<GroupSnapshot, 'tags'>): readonly string[] {
  const minServing = tags.get(minServingTag);
  const isMinServingWrong = minServing !== undefined && minServingOf(minServing) === undefined;
  const isDrainWrong = tags.has(drainSecondsTag) && taggedDrainSeconds({ tags }) === undefined;
  return [...(isMinServingWrong ? [minServingTag] : []), ...(isDrainWrong ? [drainSecondsTag] : [])];
}
