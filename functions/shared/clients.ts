import { mostAttempts, repeatThrottled } from './repeat-throttled.ts';
import { connectionTimeoutSeconds, requestTimeoutSeconds } from './timing.ts';

/**
 * How the functions' SDK clients are made. Retrying is the workflow's, with one exception: a call that was throttled is
 * repeated at once. A change under a group's lease takes four calls in a row, and any one that fails throws away the rest.
 */
export const clientSettings = {
  maxAttempts: mostAttempts,
  retryStrategy: repeatThrottled,
  requestHandler: {
    connectionTimeout: connectionTimeoutSeconds * 1000,
    requestTimeout: requestTimeoutSeconds * 1000,
    throwOnRequestTimeout: true,
  },
};
