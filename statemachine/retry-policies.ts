import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import { errorNames } from '../functions/shared/contract.ts';

/** What is matched in order: the first policy that names an error decides how often it is retried. */
export type RetryPolicy = readonly RetryProps[];

/**
 * DescribeInstance, which a notice must not be lost in: for as long as the notice lasts. 45 attempts, at most 5 s apart
 * and 2.5 s on average, fill two minutes. Jitter keeps the executions of one storm from being throttled in step.
 */
export const asLongAsTheNotice: RetryPolicy = [
  never(errorNames.invalidEvent),
  {
    errors: ['States.ALL'],
    interval: Duration.seconds(1),
    backoffRate: 1.5,
    maxDelay: Duration.seconds(5),
    maxAttempts: 45,
    jitterStrategy: JitterType.FULL,
  },
];

/**
 * Steps inside the loop: once, within 1 s, because the loop comes back to them anyway and looks at the clock in between.
 * What a function was throttled in, it has repeated by itself before it fails.
 * What may have taken a whole timeout already is not retried here: two of those would cost the time to detach in.
 */
export const withinTheLoop: RetryPolicy = [
  never(
    'States.Timeout',
    'Sandbox.Timedout',
    'Lambda.ClientExecutionTimeoutException',
    'TimeoutError',
    errorNames.noAnswerInTime,
    errorNames.tableUnavailable,
  ),
  {
    errors: ['States.ALL'],
    interval: Duration.seconds(1),
    maxAttempts: 1,
    jitterStrategy: JitterType.FULL,
  },
];

/** As within the loop, but what the same call would only answer again goes straight to the Catch. */
export function withinTheLoopExcept(...errors: string[]): RetryPolicy {
  return [never(...errors), ...withinTheLoop];
}

/**
 * DetachInstances: about 6 s, well within the 35 s that the last decision leaves before the reclaim (with the default
 * drain window). After that the loop comes back to it, until the reclaim.
 */
export const detaching: RetryPolicy = [
  {
    errors: [errorNames.groupBusy],
    interval: Duration.seconds(1),
    backoffRate: 1,
    maxAttempts: 3,
    jitterStrategy: JitterType.FULL,
  },
  {
    errors: ['States.ALL'],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxDelay: Duration.seconds(3),
    maxAttempts: 3,
  },
];

/** ReleaseInterruption: nothing waits for it any more, and a record that stays expires by itself. */
export const bestEffort: RetryPolicy = [
  { errors: ['States.ALL'], interval: Duration.seconds(2), backoffRate: 2, maxAttempts: 3 },
];

function never(...errors: string[]): RetryProps {
  return { errors, maxAttempts: 0 };
}
