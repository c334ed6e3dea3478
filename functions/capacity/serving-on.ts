import type { ServingOn } from '../shared/contract.ts';
import { totalWeight } from '../shared/total-weight.ts';
import type { InterruptionRecord } from './interruption-record.ts';
import { dueAt } from './plan.ts';
import type { Serving } from './serving.ts';

/** An instance that gave way at MaxSize, was registered with its target groups again, and has not been reclaimed yet. */
export interface Former {
  readonly instanceId: string;
  /** Capacity units. */
  readonly weight: number;
  readonly detachByMilliseconds: number;
  /** The execution that took it out, and that will deregister it. */
  readonly by: string;
}

/** Those of a group. They are of interest until the reclaim, so that it is seen that they are deregistered. */
export function formersOf(
  interruptions: ReadonlyMap<string, InterruptionRecord>,
  drainSeconds: number,
  nowMilliseconds: number,
): readonly Former[] {
  return [...interruptions].flatMap(([instanceId, { detachByMilliseconds, left }]) => {
    if (left?.servesOn === undefined || nowMilliseconds >= detachByMilliseconds + drainSeconds * 1000) return [];
    return [{ instanceId, weight: left.servesOn, detachByMilliseconds, by: left.by }];
  });
}

/** In capacity units: what of them serves. */
export function formerServing(formers: readonly Former[], { instanceIds }: Pick<Serving, 'instanceIds'>): number {
  return totalWeight(formers.filter(({ instanceId }) => instanceIds?.has(instanceId)));
}

export interface FormersPlan extends Pick<ServingOn, 'register' | 'end'> {
  /** Those that still wait for a replacement, or are still registered. */
  readonly open: readonly Former[];
  /** When the first of them has to be deregistered, in epoch milliseconds; undefined where none has to. */
  readonly dueAtMilliseconds: number | undefined;
}

/**
 * As many serve on as the group is short of (`missing`, capacity units), those that have most time; nobody past its time.
 * Where target health could not be had, nobody but those is deregistered.
 */
export function planForFormers(
  formers: readonly Former[],
  missing: number,
  { instanceIds, registered }: Pick<Serving, 'instanceIds' | 'registered'>,
  { nowMilliseconds, lookSeconds }: { readonly nowMilliseconds: number; readonly lookSeconds: number },
): FormersPlan {
  const isRegistered = ({ instanceId }: Former) => registered?.has(instanceId) ?? true;
  const due = new Map(
    formers
      .toSorted((a, b) => a.detachByMilliseconds - b.detachByMilliseconds)
      .map((former, rank) => [former, dueAt(former.detachByMilliseconds, rank, formers.length, lookSeconds)]),
  );
  const inTime = formers.filter((former) => nowMilliseconds < (due.get(former) ?? 0));
  let short = instanceIds ? missing : Number.POSITIVE_INFINITY;
  const needed = new Set(
    inTime
      .toSorted((a, b) => b.detachByMilliseconds - a.detachByMilliseconds)
      .filter(({ weight }) => {
        short -= weight;
        return short + weight > 0;
      }),
  );
  const open = formers.filter((former) => needed.has(former) || isRegistered(former));
  const firstDue = Math.min(...[...needed].map((former) => due.get(former) ?? 0));
  return {
    register: idsOf([...needed].filter((former) => !isRegistered(former))),
    end: idsOf(open.filter((former) => !needed.has(former))),
    open,
    dueAtMilliseconds: needed.size > 0 ? firstDue : undefined,
  };
}

function idsOf(formers: readonly Former[]): readonly string[] {
  return formers.map(({ instanceId }) => instanceId);
}
