import type { FloorSource } from '../shared/contract.ts';
import type { GroupSnapshot } from './group-snapshot.ts';

/** How much of a group has to serve: a share of its usual size, or a number of its capacity units (instances). */
export type MinServing =
  | { readonly kind: 'share'; readonly percent: number }
  | { readonly kind: 'units'; readonly units: number };

export interface Floor {
  readonly minServing: MinServing;
  readonly from: FloorSource;
}

/** The group's tags that overrule the stack's configuration. */
export const minServingTag = 'spot-interruption-handler:min-serving';
export const drainSecondsTag = 'spot-interruption-handler:drain-seconds';

/** What a tag or the configuration may say, for messages. */
export const minServingAllowed = 'a share of the group from "1%" to "100%", or a number of instances from 0 to 10000';

/** Reads `"90%"`, `"2"`. Undefined where it is neither. */
export function minServingOf(text: string): MinServing | undefined {
  const percent = /^([1-9]\d?|100)%$/.exec(text)?.[1];
  if (percent !== undefined) return { kind: 'share', percent: Number(percent) };
  return /^(?:\d{1,4}|10000)$/.test(text) ? { kind: 'units', units: Number(text) } : undefined;
}

/** As it is written. */
export function minServingText(minServing: MinServing): string {
  return minServing.kind === 'share' ? `${minServing.percent}%` : String(minServing.units);
}

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
