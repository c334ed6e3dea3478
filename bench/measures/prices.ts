/** Public list prices of us-east-1 in US dollars, without free tiers and discounts, as of November 2026. */
export const pricesAsOf = 'November 2026';

export const prices = {
  /** Step Functions, Standard. */
  stateTransition: 0.025 / 1000,
  lambdaRequest: 0.2 / 1_000_000,
  lambdaGigabyteSecondArm: 0.0000133334,
  lambdaGigabyteSecondX86: 0.0000166667,
  /** DynamoDB, on demand: one write of an item of up to 1 KB. */
  tableWrite: 0.625 / 1_000_000,
  /** DynamoDB, on demand: one strongly consistent read of up to 4 KB. */
  tableRead: 0.125 / 1_000_000,
  /** CloudWatch Logs, standard class: ingestion of a gigabyte. */
  logGigabyte: 0.5,
  /** X-Ray: a trace recorded. */
  trace: 5 / 1_000_000,
  /** CloudWatch, a month of each: a metric while it is emitted, an alarm, a dashboard. */
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
} as const;
