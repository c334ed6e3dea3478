import { type DrillRecord, lastLook, reclaimOf, type WatchedExecution } from './drill-record.ts';
import { hasFailed } from './experiment.ts';
import { type GroupLook, isHealthyTarget, isMember, isUnhealthy, servingCapacity } from './group-look.ts';

type Result = 'passed' | 'failed' | 'not checked';

export interface Check {
  readonly title: string;
  readonly result: Result;
  /** What was seen. */
  readonly why: string;
}

/** What can be checked from outside of the handler, by what the services say. */
export function checksOf(record: DrillRecord): Check[] {
  const ran = experimentRan(record);
  const others = [handled, outInTime, noneUnhealthy, desiredCapacityRestored, capacityRestored];
  if (ran.result === 'passed') return [ran, ...others.map((check) => check(record))];
  return [ran, ...others.map((check): Check => ({ ...check(record), result: 'not checked', why: 'no interruption' }))];
}

export function failureLines(checks: readonly Check[]): string[] {
  return checks.filter(({ result }) => result === 'failed').map(({ title, why }) => `Failed: ${title}: ${why}.`);
}

function experimentRan({ experiment, interrupted }: DrillRecord): Check {
  const { status, reason } = experiment;
  const why = `${status}${reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`}; ${counted(interrupted.length)} interrupted`;
  return checked('The experiment interrupted instances', !hasFailed(experiment) && interrupted.length > 0, why);
}

function handled(record: DrillRecord): Check {
  const problems = record.interrupted.flatMap((instanceId) => {
    const own = record.executions.filter(({ summary }) => summary.instanceId === instanceId);
    return own.some(tookItOut) ? [] : [`${instanceId}: ${own.map(stateText).join(', ') || 'no execution was started'}`];
  });
  const why = `${record.executions.length} ${record.executions.length === 1 ? 'execution' : 'executions'}, all as they should end`;
  return checked('Every interrupted instance was handled', problems.length === 0, problems.join('; ') || why);
}

function tookItOut({ summary }: WatchedExecution): boolean {
  return ['Handled', 'AlreadyDetached'].includes(summary.finalState);
}

function stateText({ summary, outcome }: WatchedExecution): string {
  return outcome?.replace(/\.$/, '') ?? `still in ${summary.finalState}`;
}

/** As exact as looks are frequent: an instance counts as there until a look does not show it. */
function outInTime(record: DrillRecord): Check {
  const seen = record.interrupted.map((instanceId) => ({
    instanceId,
    before: secondsBeforeReclaim(record, instanceId),
  }));
  const late = seen.filter(({ before }) => before === undefined || before <= 0);
  const text = ({ instanceId, before }: (typeof seen)[number]) =>
    before === undefined ? `${instanceId} was still there` : `${instanceId} ${before.toFixed(0)} s before`;
  const why = (late.length === 0 ? seen : late).map(text).join(', ');
  return checked('Every interrupted instance was out of its group before its reclaim', late.length === 0, why);
}

/** From the first look that did not show the instance until its reclaim; undefined where there is no such look. */
export function secondsBeforeReclaim(record: DrillRecord, instanceId: string): number | undefined {
  const lastSeen = record.looks.findLastIndex((look) => isMember(look, instanceId));
  const out = record.looks[lastSeen + 1];
  return out && (reclaimOf(record, instanceId) - out.atMilliseconds) / 1000;
}

/** A host that has never been healthy is a new one which is still starting: load balancers call that unhealthy, too. */
function noneUnhealthy({ looks }: DrillRecord): Check {
  const title = 'No host that served became unhealthy';
  if (!looks[0].hasTargetGroups) return { title, result: 'not checked', why: 'the group has no target group' };
  const hosts = new Set(looks.flatMap(({ targetStates }) => [...targetStates.keys()]));
  const unhealthy = [...hosts].filter((instanceId) => becameUnhealthy(looks, instanceId));
  return checked(title, unhealthy.length === 0, unhealthy.join(', ') || `${hosts.size} hosts seen`);
}

function becameUnhealthy(looks: readonly GroupLook[], instanceId: string): boolean {
  const healthy = looks.findIndex((look) => isHealthyTarget(look, instanceId));
  return healthy >= 0 && looks.slice(healthy).some((look) => isUnhealthy(look, instanceId));
}

function desiredCapacityRestored(record: DrillRecord): Check {
  const before = record.looks[0].desiredCapacity;
  const after = lastLook(record).desiredCapacity;
  const why = `${before} before, ${after} after, ${peakDesiredCapacity(record)} at the most`;
  return checked('DesiredCapacity is what it was', before === after, why);
}

function capacityRestored(record: DrillRecord): Check {
  const before = servingCapacity(record.looks[0]);
  const after = servingCapacity(lastLook(record));
  const why = `${before} before, ${after} after, ${leastServing(record)} at the least`;
  return checked('As much serves as before', after >= before, why);
}

export function peakDesiredCapacity({ looks }: DrillRecord): number {
  return Math.max(...looks.map(({ desiredCapacity }) => desiredCapacity));
}

/** Not checked, since the floor of the group decides whether it is as it should be. */
export function leastServing({ looks }: DrillRecord): number {
  return Math.min(...looks.map(servingCapacity));
}

function checked(title: string, holds: boolean, why: string): Check {
  return { title, result: holds ? 'passed' : 'failed', why };
}

function counted(instances: number): string {
  return `${instances} ${instances === 1 ? 'instance' : 'instances'}`;
}
