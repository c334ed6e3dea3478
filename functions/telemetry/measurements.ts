import {
  type CapacityReport,
  type DescribeInstanceOutput,
  type Detachment,
  errorNames,
  type HandlingState,
  type Interruption,
  type LeaveReason,
  type Left,
  type ScaleOut,
} from '../shared/contract.ts';
import { secondsUntil } from '../shared/timestamps.ts';
import { keysOf, type LogKeys } from './log-keys.ts';
import type { MetricName } from './metric-names.ts';

/** What is measured of one event of interest; nothing where there is no metric. */
export interface Measurements {
  readonly metrics: Partial<Readonly<Record<MetricName, number>>>;
  /** Written beside the metrics, to be searched for: never dimensions, of which each value would be billed as a metric. */
  readonly properties: LogKeys & { readonly reason?: string; readonly dryRun?: true };
}

/** Of a notice, once it is known whose instance it names. */
export function ofNotice(output: DescribeInstanceOutput): Measurements {
  const received = output.signal === 'rebalance recommendation' ? 'RecommendationsReceived' : 'NoticesReceived';
  if (output.managed) {
    const { unreadableTags } = output;
    const metrics = { [received]: 1, ...(unreadableTags && { UnreadableTags: unreadableTags.length }) };
    return { metrics, properties: keysOf(output) };
  }
  const { reason } = output;
  return { metrics: { [received]: 1, NotManaged: 1 }, properties: { ...keysOf(output), reason } };
}

/** Of a look at the group: only of the last one, which finds the instance gone with nothing left to do. */
export function ofCapacity(report: CapacityReport, handling: HandlingState): Measurements {
  const { capacity, detachment, interruption } = handling;
  const isMeasuredAlready = detachment?.left === true || (capacity !== undefined && isOver(capacity));
  const { metrics, properties } =
    isOver(report) && !isMeasuredAlready ? ofGone(report, interruption) : noneOf(interruption);
  if (report.recommendation && isSettled(report)) return ofRecommendation(report.recommendation, interruption);
  const isFailureNew = report.shutdownFailureCounted && !capacity?.shutdownFailureCounted;
  return { metrics: { ...metrics, ...(isFailureNew && { ShutdownCommandsFailed: 1 }) }, properties };
}

function isOver(report: CapacityReport): boolean {
  return !report.attached && isSettled(report);
}

function isSettled({ changeBy, unsettled }: CapacityReport): boolean {
  return changeBy === 0 && unsettled === 0;
}

/** Of one that came to nothing, or that a notice has taken over from. */
function ofRecommendation(
  recommendation: NonNullable<CapacityReport['recommendation']>,
  interruption: Interruption,
): Measurements {
  const name = recommendation === 'given up' ? 'RecommendationsGivenUp' : 'RecommendationsTakenOver';
  return { metrics: { [name]: 1 }, properties: keysOf(interruption) };
}

function ofGone({ left }: CapacityReport, interruption: Interruption): Measurements {
  return left ? ofLeft(left, interruption) : { metrics: { AlreadyDetached: 1 }, properties: keysOf(interruption) };
}

function noneOf(interruption: Interruption): Measurements {
  return { metrics: {}, properties: keysOf(interruption) };
}

/** Of a raise. In a dry run, where there is no replacement to wait for, it is the end of the handling, too. */
export function ofScaleOut({ dryRun, from, to }: ScaleOut, { capacity, interruption }: HandlingState): Measurements {
  const metrics = to > from && { ScaleOuts: 1, ...(dryRun && { Handled: 1 }), ...ofHeadroom(capacity) };
  return { metrics: metrics || {}, properties: { ...keysOf(interruption), ...(dryRun && { dryRun }) } };
}

/** Of what DetachInstances did for its own instance; those that it took along are measured by their own executions. */
export function ofDetachment({ dryRun, how, instanceIds }: Detachment, handling: HandlingState): Measurements {
  const { capacity, interruption } = handling;
  const gaveWay = capacity?.leave.some(
    ({ instanceId, reason }) => reason === 'gave way at MaxSize' && instanceIds.includes(instanceId),
  );
  // Later runs of the same execution, which deregister those that serve on, do not take it out again.
  const isNow = how && instanceIds.includes(interruption.instanceId);
  const { metrics, properties } = isNow ? ofLeft(how, interruption) : noneOf(interruption);
  return {
    metrics: { ...metrics, ...(gaveWay && ofHeadroom(capacity)) },
    properties: { ...properties, ...(dryRun && { dryRun }) },
  };
}

/** Of an error of a function that has to wait for other executions. */
export function ofLeaseError(error: unknown, properties: LogKeys): Measurements {
  const isBusy = error instanceof Error && error.name === errorNames.groupBusy;
  return { metrics: isBusy ? { LeaseWaits: 1 } : {}, properties };
}

function ofHeadroom(capacity: CapacityReport | undefined): Measurements['metrics'] {
  const noHeadroom = capacity?.group?.noHeadroom ?? 0;
  return noHeadroom > 0 ? { NoHeadroom: noHeadroom } : {};
}

function ofLeft({ at, by, reason }: Left, interruption: Interruption): Measurements {
  const times = {
    SecondsToLeave: secondsUntil(at, Date.parse(interruption.noticeAt)),
    SecondsBeforeReclaim: secondsUntil(interruption.reclaimAt, Date.parse(at)),
  };
  return {
    metrics: {
      Handled: 1,
      [metricOf[reason]]: 1,
      ...(by !== interruption.executionArn && { TakenAlong: 1 }),
      ...((reason === 'deadline' || reason === 'capacity unknown') && { CapacityAtRisk: 1 }),
      ...(reason !== 'was gone already' && interruption.recommended === 0 && times),
    },
    properties: { ...keysOf(interruption), reason },
  };
}

const metricOf: Readonly<Record<LeaveReason, MetricName>> = {
  'the floor holds without it': 'LeftWithFloorHeld',
  deadline: 'LeftAtDeadline',
  'capacity unknown': 'LeftCapacityUnknown',
  'gave way at MaxSize': 'GaveWayAtMaxSize',
  'gave way, its raise was void': 'GaveWayVoidRaise',
  'replaced on a recommendation': 'LeftOnRecommendation',
  'was gone already': 'WasGoneAlready',
};
