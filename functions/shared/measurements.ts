import {
  type CapacityReport,
  type DescribeInstanceOutput,
  type Detachment,
  type DetachReason,
  errorNames,
  type HandlingState,
  type Interruption,
  type ScaleOut,
} from './contract.ts';
import { keysOf, type LogKeys } from './log-keys.ts';
import type { MetricName } from './metric-names.ts';
import { secondsUntil } from './timestamps.ts';

/** What is measured of one event of interest; nothing where there is no metric. */
export interface Measurements {
  readonly metrics: Partial<Readonly<Record<MetricName, number>>>;
  /** Written beside the metrics, to be searched for: never dimensions, of which each value would be billed as a metric. */
  readonly properties: LogKeys & { readonly reason?: string; readonly dryRun?: true };
}

/** Of a notice, once it is known whose instance it names. */
export function ofNotice(output: DescribeInstanceOutput): Measurements {
  if (output.managed) return { metrics: { NoticesReceived: 1 }, properties: keysOf(output) };
  const { reason } = output;
  return { metrics: { NoticesReceived: 1, NotManaged: 1 }, properties: { ...keysOf(output), reason } };
}

/** Of a look at the group: only of the last one, which finds the instance gone with nothing left to do. */
export function ofCapacity(report: CapacityReport, { interruption }: HandlingState): Measurements {
  const isOver = !report.attached && !report.raised && !report.raisePending;
  return { metrics: isOver ? { AlreadyDetached: 1 } : {}, properties: keysOf(interruption) };
}

/** Of a raise. In a dry run, where there is no replacement to wait for, it is the end of the handling, too. */
export function ofScaleOut({ reason, dryRun }: ScaleOut, { interruption }: HandlingState): Measurements {
  const metrics = reason === 'raised' ? { ScaleOuts: 1, ...(dryRun && { Handled: 1 }) } : {};
  return { metrics, properties: { ...keysOf(interruption), ...(dryRun && { dryRun }) } };
}

/** Of a detach, be it by DetachInstances or by GiveWay. */
export function ofDetachment(detachment: Detachment, interruption: Interruption): Measurements {
  if (!detachment.detached) return { metrics: {}, properties: keysOf(interruption) };
  const { detachedAt, dryRun, reason, secondsBeforeReclaim } = detachment;
  const times = {
    SecondsToDetach: secondsUntil(detachedAt, Date.parse(interruption.noticeAt)),
    SecondsBeforeReclaim: secondsBeforeReclaim,
  };
  return {
    metrics: {
      Handled: 1,
      [metricOf[reason]]: 1,
      ...((reason === 'deadline' || reason === 'capacity unknown') && { CapacityAtRisk: 1 }),
      ...(reason !== 'was gone already' && times),
    },
    properties: { ...keysOf(interruption), reason, ...(dryRun && { dryRun }) },
  };
}

/** Of an error that a function throws under the group's lease. */
export function ofLeaseError(error: unknown, interruption: Interruption): Measurements {
  const isBusy = error instanceof Error && error.name === errorNames.groupBusy;
  return { metrics: isBusy ? { LeaseWaits: 1 } : {}, properties: keysOf(interruption) };
}

const metricOf: Readonly<Record<DetachReason, MetricName>> = {
  'peers serve': 'DetachedPeersServe',
  deadline: 'DetachedAtDeadline',
  'capacity unknown': 'DetachedCapacityUnknown',
  'gave way at MaxSize': 'GaveWayAtMaxSize',
  'was gone already': 'WasGoneAlready',
};
