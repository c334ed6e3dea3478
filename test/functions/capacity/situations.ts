import type { GroupInstance, GroupSnapshot, Phase } from '../../../functions/capacity/group-snapshot.ts';
import type { InterruptionRecord } from '../../../functions/capacity/interruption-record.ts';
import { type Plan, planFor, type Situation } from '../../../functions/capacity/plan.ts';
import { type MinServing, minServingOf } from '../../../functions/configuration/values.ts';
import type { Left } from '../../../functions/shared/contract.ts';

/** An instance of a group. Default: in service, serving, weight 1, not interrupted. */
export interface Member {
  readonly phase?: Phase;
  readonly healthy?: boolean;
  /** Healthy in its target groups, which are asked for instances in service. */
  readonly healthyTarget?: boolean;
  readonly weight?: number;
  /** When it was noticed, in seconds. It has to leave 90 s later. */
  readonly noticed?: number;
  readonly left?: Left;
  /** It is only recommended to replace it, and given up after as long. */
  readonly recommended?: true;
}

/** What a test says about a group; sizes are in capacity units. */
export interface Group {
  readonly members: readonly Member[];
  /** Default: the capacity of the members that are pending or in service. */
  readonly desired?: number;
  /** Default 0. */
  readonly min?: number;
  /** Default 1000. */
  readonly max?: number;
  /** Default 0. */
  readonly raised?: number;
  /** When somebody else's change has voided a raise, in seconds. */
  readonly voidedAt?: number;
  /** Default 100%. */
  readonly floor?: string;
  /** Default: recommendations are ignored. */
  readonly rebalanceBudget?: string;
  /** In seconds. Default 10. */
  readonly now?: number;
  readonly canLaunch?: boolean;
  /** Default 0.1. */
  readonly lookSeconds?: number;
  /** Default true. */
  readonly isServingKnown?: boolean;
  /** Recorded as interrupted, but not in the group. */
  readonly elsewhere?: readonly string[];
}

export const drainedBySeconds = 90;

/** In epoch milliseconds. */
export function at(seconds: number): number {
  return Date.parse('2026-01-01T00:00:00Z') + seconds * 1000;
}

export function planOf(group: Group): Plan {
  return planFor(situationOf(group));
}

export function situationOf(group: Group): Situation {
  const instances = group.members.map(instanceOf);
  return {
    group: snapshotOf(group, instances),
    interruptions: new Map([
      ...group.members.flatMap(({ left, noticed, recommended }, index): [string, InterruptionRecord][] =>
        noticed === undefined
          ? []
          : [[idOf(index), { ...recordOf(noticed), ...(left && { left }), ...(recommended && { recommended }) }]],
      ),
      ...(group.elsewhere ?? []).map((id): [string, InterruptionRecord] => [id, recordOf(0)]),
    ]),
    ledger: {
      raised: group.raised ?? 0,
      ...(group.voidedAt !== undefined && { voidedAtMilliseconds: at(group.voidedAt) }),
    },
    minServing: minServing(group.floor ?? '100%'),
    ...(group.rebalanceBudget !== undefined && { rebalanceBudget: minServing(group.rebalanceBudget) }),
    serving: group.isServingKnown === false ? undefined : new Set(healthyTargets(group)),
    nowMilliseconds: at(group.now ?? 10),
    lookSeconds: group.lookSeconds ?? 0.1,
  };
}

/** The members' ids, in their order. */
export function idOf(index: number): string {
  return `i-${String(index).padStart(4, '0')}`;
}

export function times<T>(count: number, member: T): readonly T[] {
  return Array.from({ length: count }, () => member);
}

export function minServing(text: string): MinServing {
  const read = minServingOf(text);
  if (!read) throw new Error(`${text} is no floor.`);
  return read;
}

function instanceOf(member: Member, index: number): GroupInstance {
  const { healthy = true, phase = 'in service', weight = 1 } = member;
  return { instanceId: idOf(index), phase, detachable: phase === 'in service' || phase === 'standby', healthy, weight };
}

function snapshotOf(group: Group, instances: readonly GroupInstance[]): GroupSnapshot {
  const counted = instances.filter(({ phase }) => phase === 'pending' || phase === 'in service');
  return {
    desiredCapacity: group.desired ?? counted.reduce((sum, { weight }) => sum + weight, 0),
    minSize: group.min ?? 0,
    maxSize: group.max ?? 1000,
    canLaunch: group.canLaunch ?? true,
    registersTargets: true,
    targetGroupArns: [],
    hasOtherTrafficSources: false,
    rebalancesCapacity: false,
    tags: new Map(),
    instances,
  };
}

function healthyTargets({ members }: Group): readonly string[] {
  return members.flatMap(({ healthyTarget = true }, index) => (healthyTarget ? [idOf(index)] : []));
}

function recordOf(noticed: number): InterruptionRecord {
  return { by: 'arn', noticeAtMilliseconds: at(noticed), detachByMilliseconds: at(noticed + drainedBySeconds) };
}
