/** CloudWatch namespace of the handler's own metrics. Their one dimension is `service`: which handler emitted them. */
export const metricNamespace = 'SpotInterruptionHandler';

/** Each is emitted once per event of interest, never per poll. Where a state has the name, the metric counts its ends. */
export const metricUnits = {
  /** Notices that DescribeInstance has read, duplicates included. */
  NoticesReceived: 'Count',
  /** Rebalance recommendations that DescribeInstance has read, where these are handled. */
  RecommendationsReceived: 'Count',
  /** Of them: no replacement served in time, and the instance stays. */
  RecommendationsGivenUp: 'Count',
  /** Of them: a notice came for the instance while it waited. */
  RecommendationsTakenOver: 'Count',
  /** Of them and the notices: left alone, since the instance is not ours to handle. The log line's `reason` says why. */
  NotManaged: 'Count',
  /** Of them: the instance left by one of our executions, its own or another's, or was found to be gone when it was to. */
  Handled: 'Count',
  /** Of them: somebody else took the instance out of its group meanwhile. */
  AlreadyDetached: 'Count',
  /** Handled, by reason. */
  LeftWithFloorHeld: 'Count',
  LeftAtDeadline: 'Count',
  LeftCapacityUnknown: 'Count',
  GaveWayAtMaxSize: 'Count',
  GaveWayVoidRaise: 'Count',
  LeftOnRecommendation: 'Count',
  WasGoneAlready: 'Count',
  /** Handled, by another execution of the same storm. */
  TakenAlong: 'Count',
  /** Left because the time was up, while the floor did not hold without it or was not known to. */
  CapacityAtRisk: 'Count',
  /** Raises of DesiredCapacity, each for all instances that were short. */
  ScaleOuts: 'Count',
  /** Capacity units that had no replacement on their way when the group was raised or gave way, since MaxSize left no room. */
  NoHeadroom: 'Count',
  /** Times that a function found the group busy with another execution's look or change, or changed by others: it is tried again. */
  LeaseWaits: 'Count',
  /** Tags of groups that are for this handler, but cannot be read. They are ignored. */
  UnreadableTags: 'Count',
  /** Commands on instances that have left, which could not be sent: no agent, no such document, no permission. */
  ShutdownCommandsFailed: 'Count',
  /** From the notice until the instance left. */
  SecondsToLeave: 'Seconds',
  /** From then until the reclaim; negative when it came too late. */
  SecondsBeforeReclaim: 'Seconds',
} as const;

/** A metric of the handler's own: a key of `metricUnits`. */
export type MetricName = keyof typeof metricUnits;
