import type { MinServing } from '../../functions/configuration/values.ts';
import { totalWeight } from '../../functions/shared/total-weight.ts';
import type { ApiCall, AutoScalingGroup, Change, Fault, SimulatedAws } from '../aws/index.ts';
import type {
  Caller,
  Departure,
  DesiredChange,
  ExecutionLog,
  FaultLog,
  GroupEvent,
  GroupLog,
  LookLog,
  Moment,
  NoticeLog,
  Registration,
  RunLog,
} from './run-log.ts';

/** What a group's guarantees depend on, besides what happens to it. */
export interface GroupFacts {
  readonly minServing: MinServing;
  readonly drainSeconds: number;
  readonly managed: boolean;
  readonly replacementSeconds: number;
}

interface RecordedGroup extends GroupFacts {
  readonly group: AutoScalingGroup;
  readonly desiredBefore: number;
  readonly desiredChanges: DesiredChange[];
  readonly departures: Departure[];
  readonly registrations: Registration[];
  readonly moments: Moment[];
  servingIds: ReadonlySet<string>;
  servedBefore: ReadonlySet<string>;
}

/** Writes down what happens in simulated AWS from now on. */
export class RunRecorder {
  readonly notices: NoticeLog[] = [];
  readonly recommendations: NoticeLog[] = [];
  readonly faults: FaultLog[] = [];
  readonly #looks: LookLog[] = [];
  readonly #launchFailures: GroupEvent[] = [];
  readonly #groups: RecordedGroup[] = [];
  readonly #startedAt = Date.now();

  constructor(aws: SimulatedAws) {
    aws.onChange((change) => this.#changed(change));
  }

  watch(group: AutoScalingGroup, facts: GroupFacts): void {
    const { moment, servingIds } = momentOf(group, this.now());
    this.#groups.push({
      ...facts,
      group,
      desiredBefore: group.desiredCapacity,
      desiredChanges: [],
      departures: [],
      registrations: [],
      moments: [moment],
      servingIds,
      servedBefore: servingIds,
    });
  }

  called({ action, parameters }: ApiCall, { functionName }: Caller = {}): void {
    if (action !== 'DescribeAutoScalingGroups') return;
    const group = String(parameters['AutoScalingGroupNames.member.1']);
    this.#looks.push({ at: this.now(), group, compares: functionName !== 'describe-instance' });
  }

  /** `caller`: whose call it was, as far as it is known. */
  failed({ action, service }: ApiCall, { kind }: Fault, caller: Caller = {}): void {
    this.faults.push({ at: this.now(), kind, service, action, ...caller });
  }

  noticed(instanceId: string, group: AutoScalingGroup | undefined, reclaimSeconds: number, at = this.now()): void {
    this.notices.push(noticeLog(instanceId, group, at, at + reclaimSeconds));
  }

  /** A recommendation that is acted on, and given up after this time. */
  recommended(instanceId: string, group: AutoScalingGroup | undefined, timeoutSeconds: number): void {
    this.recommendations.push(noticeLog(instanceId, group, this.now(), this.now() + timeoutSeconds));
  }

  log(executions: readonly ExecutionLog[]): RunLog {
    return {
      groups: this.#groups.map(groupLog),
      notices: this.notices,
      recommendations: this.recommendations,
      executions,
      faults: this.faults,
      launchFailures: this.#launchFailures,
      looks: this.#looks,
      endedAt: this.now(),
      allEnded: executions.every(({ status }) => status !== 'RUNNING'),
    };
  }

  /** Seconds since the beginning. */
  now(): number {
    return this.secondsAt(Date.now());
  }

  secondsAt(milliseconds: number): number {
    return (milliseconds - this.#startedAt) / 1000;
  }

  #taken(instanceId: string): void {
    const index = this.notices.findIndex((notice) => notice.instanceId === instanceId);
    const notice = this.notices[index];
    if (notice) this.notices[index] = { ...notice, takenAt: this.now() };
  }

  #changed(change: Change): void {
    if (change.kind === 'reclaimed') this.#taken(change.instanceId);
    const recorded = this.#groups.find(({ group }) => group.name === change.groupName);
    if (!recorded) return;
    const at = this.now();
    if (change.kind === 'launch failed') this.#launchFailures.push({ at, group: recorded.group.name });
    const by = change.by === undefined ? {} : { by: change.by };
    if (change.kind === 'desired capacity') {
      recorded.desiredChanges.push({ at, from: change.from, to: change.to, ...by });
    }
    if (change.kind === 'lifecycle' && (change.to === 'Detaching' || change.to?.startsWith('Terminating'))) {
      const terminated = change.onRequest ? 'terminated on request' : 'terminated';
      const how = change.to === 'Detaching' ? 'detached' : terminated;
      recordDeparture(recorded, { at, instanceId: change.instanceId, how, ...by });
    }
    if (change.kind === 'target') recordRegistration(recorded, change, at);
    const { moment, servingIds } = momentOf(recorded.group, at);
    // Several changes of one step are told one after another, but all is done when the first is told.
    if (recorded.moments.at(-1)?.at !== at) recorded.servedBefore = recorded.servingIds;
    recorded.servingIds = servingIds;
    recorded.moments.push(moment);
  }
}

function noticeLog(instanceId: string, group: AutoScalingGroup | undefined, at: number, reclaimAt: number): NoticeLog {
  const instance = group?.instances.find(({ id }) => id === instanceId);
  return {
    instanceId,
    ...(group && { group: group.name }),
    at,
    reclaimAt,
    ...(instance && { lifecycleState: instance.lifecycleState }),
    serving: group !== undefined && momentOf(group, at).servingIds.has(instanceId),
    weight: instance?.weight ?? 1,
  };
}

function recordDeparture(recorded: RecordedGroup, departure: Omit<Departure, 'weight' | 'served'>): void {
  const { departures, group, moments, servedBefore, servingIds } = recorded;
  const { at, instanceId } = departure;
  if (departures.some((one) => one.instanceId === instanceId)) return;
  const served = (moments.at(-1)?.at === at ? servedBefore : servingIds).has(instanceId);
  const { weight = 1 } = group.instances.find(({ id }) => id === instanceId) ?? {};
  departures.push({ ...departure, weight, served });
}

function recordRegistration(
  { group, registrations }: RecordedGroup,
  { instanceId, targetGroupName, to }: Extract<Change, { kind: 'target' }>,
  at: number,
): void {
  const index = registrations.findIndex(
    (one) => one.instanceId === instanceId && one.targetGroupName === targetGroupName && one.until === undefined,
  );
  const open = registrations[index];
  const isMember = group.instances.some(
    ({ id, lifecycleState }) => id === instanceId && lifecycleState === 'InService',
  );
  if (to === 'initial' && !isMember && !open) registrations.push({ at, instanceId, targetGroupName });
  if (open && (to === 'draining' || to === 'unused')) registrations[index] = { ...open, until: at };
}

function groupLog({ group, servedBefore: _, servingIds: __, ...recorded }: RecordedGroup): GroupLog {
  const { minSize, maxSize } = group.state();
  return { ...recorded, name: group.name, minSize, maxSize };
}

function momentOf(group: AutoScalingGroup, at: number): { moment: Moment; servingIds: ReadonlySet<string> } {
  const inService = group.instances.filter(
    ({ healthStatus, lifecycleState }) => lifecycleState === 'InService' && healthStatus === 'Healthy',
  );
  const { targetGroups } = group.settings;
  const serving = inService.filter(({ id }) =>
    targetGroups.every((target) => !target.hasListener || target.state(id) === 'healthy'),
  );
  return {
    moment: {
      at,
      desired: group.desiredCapacity,
      inService: totalWeight(inService),
      serving: totalWeight(serving),
      alive: totalWeight(group.servingInstances) + totalWeight(group.servingDetachedInstances),
    },
    servingIds: new Set(serving.map(({ id }) => id)),
  };
}
