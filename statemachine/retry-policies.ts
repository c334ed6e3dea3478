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
  except(errorNames.invalidEvent),
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
 * RecordInterruption, inside the loop: once, within 1 s, because the loop comes back to it anyway and looks at the clock in
 * between. A refusal would only be answered again, and two timeouts would cost the time to detach in.
 */
export const recording: RetryPolicy = [
  except('DynamoDB.ConditionalCheckFailedException', 'States.Timeout'),
  onceWithinASecond('States.ALL'),
];

/**
 * CheckCapacity: what failed before the function ran, like the step above. A look that failed has kept others from looking, and
 * would keep its own retry from it: the loop comes back when that is over. What it was throttled in, it has repeated itself.
 */
export const looking: RetryPolicy = [
  onceWithinASecond(
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ),
];

/** SetDesiredCapacity: what it was decided on may not hold any more, so that the loop looks again instead. */
export const never: RetryPolicy = [];

/**
 * DetachInstances: about 5 s, within the drain window. After that the loop comes back to it, until the reclaim. Where the group
 * has changed since the look, the same call would only be refused again.
 */
export const detaching: RetryPolicy = [
  except(errorNames.groupBusy),
  {
    errors: ['States.ALL'],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxDelay: Duration.seconds(3),
    maxAttempts: 3,
    jitterStrategy: JitterType.FULL,
  },
];

/**
 * The command on an instance that has left: within the drain window. A refusal that comes of the document or the instance would
 * only be answered again. Errors are named as the exceptions of AWS SDK for Java 2 (AWS SDK service integrations).
 */
export const commanding: RetryPolicy = [
  except('Ssm.InvalidParametersException', 'Ssm.InvalidInstanceIdException', 'Ssm.InvalidDocumentException'),
  {
    errors: ['States.ALL'],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxDelay: Duration.seconds(3),
    maxAttempts: 2,
    jitterStrategy: JitterType.FULL,
  },
];

/** ReleaseInterruption: nothing waits for it any more, and a record that stays expires by itself. */
export const bestEffort: RetryPolicy = [
  {
    errors: ['States.ALL'],
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxAttempts: 3,
    jitterStrategy: JitterType.FULL,
  },
];

function onceWithinASecond(...errors: string[]): RetryProps {
  return { errors, interval: Duration.seconds(1), maxAttempts: 1, jitterStrategy: JitterType.FULL };
}

function except(...errors: string[]): RetryProps {
  return { errors, maxAttempts: 0 };
}
