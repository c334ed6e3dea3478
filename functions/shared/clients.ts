import { mostAttempts, repeatThrottled } from './repeat-throttled.ts';

/**
 * How the functions' SDK clients are made. Retrying is the workflow's, with one exception: a call that was throttled is
 * repeated at once. A change under a group's lease takes seven calls in a row, and any one that fails throws away the rest:
 * where every third call is throttled, nearly all of them.
 * A call is given up within seconds, since a notice lasts two minutes.
 */
export const clientSettings = {
  maxAttempts: mostAttempts,
  retryStrategy: repeatThrottled,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2500, throwOnRequestTimeout: true },
};
