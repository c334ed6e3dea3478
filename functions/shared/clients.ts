/**
 * How the functions' SDK clients are made: one attempt a call, since retrying is the workflow's, and given up within
 * seconds, since a notice lasts two minutes.
 */
export const clientSettings = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2500, throwOnRequestTimeout: true },
};
