/** CloudWatch namespace of the handler's own metrics. Their one dimension is `service`: which handler emitted them. */
export const metricNamespace = 'SpotInterruptionHandler';

/** Each is emitted once per event of interest, never per poll. Where a state has the name, the metric counts its ends. */
export const metricUnits = {
  /** Notices that DescribeInstance has read, duplicates included. */
  NoticesReceived: 'Count',
  /** Of them: left alone, since the instance is not ours to handle. The log line's `reason` says why. */
  NotManaged: 'Count',
  /** Of them: the instance was detached, or was found to be gone when it was to be. */
  Handled: 'Count',
  /** Of them: the instance left its group while it was looked at. */
  AlreadyDetached: 'Count',
  /** Handled, by reason. */
  DetachedPeersServe: 'Count',
  DetachedAtDeadline: 'Count',
  DetachedCapacityUnknown: 'Count',
  GaveWayAtMaxSize: 'Count',
  WasGoneAlready: 'Count',
  /** Detached because the time was up, without enough peers known to serve: at the deadline, or capacity unknown. */
  CapacityAtRisk: 'Count',
  /** Raises of DesiredCapacity. */
  ScaleOuts: 'Count',
  /** Times that an execution found the group busy with another one's change, and looked again later. */
  LeaseWaits: 'Count',
  /** From the notice to the detach. */
  SecondsToDetach: 'Seconds',
  /** From the detach to the reclaim; negative when it came too late. */
  SecondsBeforeReclaim: 'Seconds',
} as const;

export type MetricName = keyof typeof metricUnits;
