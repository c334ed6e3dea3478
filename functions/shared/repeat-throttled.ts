import { setTimeout as wait } from 'node:timers/promises';
import type { AutoScalingClientConfig } from '@aws-sdk/client-auto-scaling';

/** Of one call: the first, and three repetitions. */
export const mostAttempts = 4;

/** The longest wait before the first repetition; it doubles before each further one: 0.7 s in all. */
const longestFirstWaitMilliseconds = 100;

/** Longer than any wait: the function has answered meanwhile, and was frozen until its next invocation. */
const frozenMilliseconds = 1000;

/**
 * Repeats a call that was throttled, within a second and at random times, and nothing else. What was throttled has
 * certainly had no effect, so that this is safe for SetDesiredCapacity and DetachInstances, too. The SDK's own strategies
 * would also repeat a call whose answer was lost, and would wait for seconds after throttling.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const repeatThrottled: RetryStrategy = {
  acquireInitialRetryToken: async () => tokenOf(0),
  refreshRetryTokenForRetry: async (token, { error, errorType }) => {
    const repetition = token.getRetryCount() + 1;
    if (errorType !== 'THROTTLING' || repetition >= mostAttempts) throw error;
    const askedAt = Date.now();
    await wait(Math.random() * longestFirstWaitMilliseconds * 2 ** (repetition - 1));
    if (Date.now() - askedAt >= frozenMilliseconds) throw error;
    return tokenOf(repetition);
  },
  recordSuccess: () => undefined,
};

type RetryStrategy = Extract<AutoScalingClientConfig['retryStrategy'], { acquireInitialRetryToken: unknown }>;

/** Without a delay of its own: the strategy has waited already. */
function tokenOf(repetition: number) {
  return { getRetryCount: () => repetition, getRetryDelay: () => 0 };
}
