import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import { type JsonValue, objectAt } from '../../simulator/json.ts';
import { instanceIdOf } from '../../simulator/scenarios/event-file.ts';
import type { RunUpdate } from '../shared/run-update.ts';

/** An execution that runs elsewhere, and when the first one that is shown began. */
export interface AttachedExecution {
  readonly name: string;
  readonly instanceId: string;
  readonly startedAt: number;
}

/**
 * What an event of an execution says: the event itself, and what its outputs tell of the instance (its notice, how it left) and
 * of the group (what a look has found), which nobody else tells here.
 */
export function updatesFrom(event: ExecutionEvent, execution: AttachedExecution): RunUpdate[] {
  const { name, instanceId } = execution;
  const history: RunUpdate = { kind: 'history', execution: name, instanceId, event };
  const isExit = event.type.endsWith('StateExited');
  if (!isExit) return event.type === 'ExecutionSucceeded' ? [history, ...concluded(event, execution)] : [history];
  const { output = null, state } = event;
  return [
    history,
    ...(state === 'DescribeInstance' ? noticeIn(output, execution) : []),
    ...(state === 'CheckCapacity' ? groupIn(output, execution) : []),
    ...(state === 'DetachInstances' || state === 'CheckCapacity' ? leavingIn(output, execution) : []),
  ];
}

/** The instance that an execution's input is about. */
export function instanceIn(input: JsonValue | undefined): string {
  return instanceIdOf(input ?? null) ?? 'no instance';
}

function noticeIn(output: JsonValue, execution: AttachedExecution): RunUpdate[] {
  const { noticeAt, reclaimAt, weight } = objectAt(output, 'interruption');
  const at = secondsOf(noticeAt, execution);
  const reclaim = secondsOf(reclaimAt, execution);
  if (at === undefined || reclaim === undefined) return [];
  const { instanceId } = execution;
  const notice = {
    instanceId,
    at,
    reclaimAt: reclaim,
    lifecycleState: 'InService',
    serving: true,
    weight: Number(weight ?? 1),
  };
  return [
    { kind: 'notice', notice },
    { kind: 'instance', atSeconds: at, instanceId, phase: 'serving' },
  ];
}

function groupIn(output: JsonValue, execution: AttachedExecution): RunUpdate[] {
  const { lookedAt, desiredCapacity, usualSize, floor, serving } = objectAt(objectAt(output, 'capacity'), 'group');
  const atSeconds = secondsOf(lookedAt, execution);
  if (atSeconds === undefined) return [];
  const sizes = { desired: Number(desiredCapacity), usual: Number(usualSize), floor: Number(floor) };
  return [{ kind: 'group', atSeconds, ...sizes, serving: Number(serving) }];
}

function leavingIn(output: JsonValue, execution: AttachedExecution): RunUpdate[] {
  const atSeconds = secondsOf(leftIn(output).at, execution);
  if (atSeconds === undefined) return [];
  return [{ kind: 'instance', atSeconds, instanceId: execution.instanceId, phase: 'draining' }];
}

function concluded({ output = null, timestamp }: ExecutionEvent, execution: AttachedExecution): RunUpdate[] {
  const { reason } = leftIn(output);
  const atSeconds = secondsOf(timestamp, execution);
  if (typeof reason !== 'string' || atSeconds === undefined) return [];
  return [{ kind: 'concluded', atSeconds, execution: execution.name, reason: `left: ${reason}` }];
}

/** How the instance left: by its own execution, or by another's as a look found. */
function leftIn(output: JsonValue): { readonly [key: string]: unknown } {
  const own = objectAt(objectAt(output, 'detachment'), 'how');
  return own.at === undefined ? objectAt(objectAt(output, 'capacity'), 'left') : own;
}

function secondsOf(timestamp: unknown, { startedAt }: AttachedExecution): number | undefined {
  const milliseconds = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : (milliseconds - startedAt) / 1000;
}
