import type { JsonValue } from '../../simulator/json.ts';
import type { AutoScalingGroup, Change } from '../../simulator/services/index.ts';
import type { Execution } from '../../simulator/workflow-runner.ts';
import type { Injected } from './fault-dice.ts';
import type { World } from './world.ts';

/** Whose doing an API call is: the invocation of a function. */
export interface Actor {
  readonly functionName: string;
  readonly executionArn: string;
  readonly instanceId: string;
  readonly giveWay: boolean;
  readonly invokedAt: number;
}

/** Everything that happened in a run, as the guarantees are held against it. Times are seconds since its beginning. */
export interface WorldLog {
  readonly world: World;
  readonly groups: readonly GroupLog[];
  /** The first notice of each instance, in order. */
  readonly notices: readonly NoticeLog[];
  readonly injected: readonly (Injected & { readonly at: number })[];
  readonly executions: readonly ExecutionLog[];
  readonly calls: readonly CallLog[];
  /** For a reader. */
  readonly timeline: readonly TimelineEntry[];
  readonly endedAt: number;
  readonly allEnded: boolean;
}

export interface GroupLog {
  readonly name: string;
  readonly weight: number;
  readonly instancesBefore: number;
  readonly desiredBefore: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly managed: boolean;
  readonly desiredChanges: readonly DesiredChange[];
  readonly departures: readonly Departure[];
  /** After each change, beginning with how it was at first. */
  readonly snapshots: readonly GroupSnapshot[];
}

export interface DesiredChange {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly by: Actor | undefined;
}

/** An instance begins to leave its group. */
export interface Departure {
  readonly at: number;
  readonly instanceId: string;
  readonly how: 'detached' | 'terminated';
  readonly by: Actor | undefined;
  /** How many snapshots there were before it. */
  readonly snapshotsBefore: number;
}

export interface GroupSnapshot {
  readonly at: number;
  readonly desired: number;
  /** InService and Healthy, and healthy as a target. */
  readonly serving: readonly string[];
  /** InService and Healthy. */
  readonly inService: readonly string[];
  /** Pending or InService, and Healthy. */
  readonly present: readonly string[];
  /** Of what is Pending or InService. */
  readonly capacity: number;
  /** Serving, and EC2 has not taken it. */
  readonly alive: number;
}

export interface NoticeLog {
  readonly instanceId: string;
  readonly group: string | undefined;
  readonly at: number;
  readonly reclaimAt: number;
  readonly lifecycleState: string | undefined;
  readonly weight: number;
}

export interface ExecutionLog {
  readonly name: string;
  readonly arn: string;
  readonly instanceId: string;
  readonly startedAt: number;
  readonly status: Execution['status'];
  readonly finalState: string | undefined;
  readonly endedAt: number | undefined;
  readonly error: string | undefined;
  readonly output: unknown;
  readonly history: readonly StateEvent[];
}

export interface StateEvent {
  readonly at: number;
  readonly type: string;
  readonly timestamp: string;
  readonly state: string | undefined;
  readonly error: string | undefined;
  /** Of a Choice, which decides by it. */
  readonly input?: JsonValue;
}

export interface CallLog {
  readonly at: number;
  readonly action: string;
  readonly instanceId: string | undefined;
  readonly by: Actor | undefined;
}

export interface TimelineEntry {
  readonly at: number;
  readonly text: string;
}

/** How a change is told in the timeline. */
export function textOf(change: Change, names: (instanceId: string) => string): string {
  const where = change.groupName === undefined ? '' : `${change.groupName}: `;
  switch (change.kind) {
    case 'desired capacity':
      return `${where}DesiredCapacity ${change.from} → ${change.to}`;
    case 'lifecycle':
      return `${where}${names(change.instanceId)} ${change.from ?? 'new'} → ${change.to ?? 'gone'}`;
    case 'health':
      return `${where}${names(change.instanceId)} is ${change.to}`;
    case 'launch failed':
      return `${where}launch failed`;
    case 'target':
      return `${where}target ${names(change.instanceId)} ${change.from} → ${change.to}`;
    case 'interrupted':
      return `${where}EC2 gives notice for ${names(change.instanceId)}`;
    case 'reclaimed':
      return `${where}EC2 takes ${names(change.instanceId)}`;
  }
}

/** What the group is at a moment, as an onlooker who knows everything sees it. */
export function snapshotOf(group: AutoScalingGroup, at: number): GroupSnapshot {
  const members = group.instances.filter(
    ({ lifecycleState }) => lifecycleState === 'InService' || lifecycleState.startsWith('Pending'),
  );
  const present = members.filter(({ healthStatus }) => healthStatus === 'Healthy');
  const inService = present.filter(({ lifecycleState }) => lifecycleState === 'InService');
  const serving = inService.filter(({ id }) =>
    group.settings.targetGroups.every((targetGroup) => targetGroup.state(id) === 'healthy'),
  );
  const snapshot = group.snapshot();
  return {
    at,
    desired: snapshot.desired,
    serving: serving.map(({ id }) => id),
    inService: inService.map(({ id }) => id),
    present: present.map(({ id }) => id),
    capacity: members.reduce((sum, { weight }) => sum + weight, 0),
    alive: snapshot.serving,
  };
}
