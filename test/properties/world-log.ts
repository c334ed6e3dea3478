import type { Change } from '../../simulator/aws/index.ts';
import type { JsonValue } from '../../simulator/json.ts';
import type { RunLog } from '../../simulator/judging/run-log.ts';
import type { World } from './world.ts';

/** Whose doing an API call is: the invocation of a function. */
export interface Actor {
  readonly functionName: string;
  readonly instanceId: string | undefined;
  readonly autoScalingGroupName: string | undefined;
}

/** Everything that happened in a world. Times are seconds since its beginning. */
export interface WorldLog extends RunLog {
  readonly world: World;
  /** The actions of all API calls, in order. */
  readonly calls: readonly string[];
  /** Of each execution. */
  readonly histories: readonly (readonly StateEvent[])[];
  /** For a reader. */
  readonly timeline: readonly TimelineEntry[];
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

export interface TimelineEntry {
  readonly at: number;
  readonly text: string;
}

/** How a change is told in the timeline. */
export function textOf(change: Change, names: (instanceId: string) => string): string {
  const where = change.groupName === undefined ? '' : `${change.groupName}: `;
  switch (change.kind) {
    case 'desired capacity':
      return `${where}DesiredCapacity ${change.from} → ${change.to}${change.by ? ` by ${change.by}` : ''}`;
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
