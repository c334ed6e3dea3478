import { type LeaveBy, leaveByChoices } from '../shared/contract.ts';

/** How much of a group has to serve: a share of its usual size, or a number of its capacity units (instances). */
export type MinServing =
  | { readonly kind: 'share'; readonly percent: number }
  | { readonly kind: 'units'; readonly units: number };

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

/** What a tag or the configuration may say, for messages. */
export const leaveByAllowed = '"auto", "detach" or "terminate"';

/** Undefined where it is none of the choices. */
export function leaveByOf(text: string | undefined): LeaveBy | undefined {
  return leaveByChoices.find((choice) => choice === text);
}
