/** What can go wrong with one call of a simulated service, and how long it takes. */

/** One API call as it reached a service: the fronts of every simulated service ask the same `Intercept` about it. */
export interface ApiCall {
  readonly service:
    | 'autoscaling'
    | 'cloudformation'
    | 'dynamodb'
    | 'ec2'
    | 'elasticloadbalancing'
    | 'events'
    | 'fis'
    | 'lambda'
    | 'ssm'
    | 'states';
  readonly action: string;
  /** The call's parameters as they were sent: form fields of the Query protocol, or the members of a JSON body. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * What becomes of a call. `latencyMs` (virtual milliseconds) replaces the service's usual latency.
 * - `slow`: only takes longer.
 * - `throttle`: refused without an effect, with the service's own error (Throttling, ThrottlingException, …).
 * - `contention`: ResourceContention, without an effect.
 * - `internal`: InternalFailure, HTTP 500, without an effect.
 * - `timeout-before`: no effect and no answer; the connection ends after `seconds`, the client's request timeout.
 * - `timeout-after`: takes effect, but no answer; the connection ends after `seconds`.
 * - `stale`: a Describe call shows what was `seconds` ago (at most `maxStaleSeconds`). No effect on other calls.
 */
export type Fault =
  | { readonly kind: 'slow'; readonly latencyMs: number }
  | { readonly kind: 'throttle' | 'contention' | 'internal'; readonly latencyMs?: number }
  | { readonly kind: 'timeout-before' | 'timeout-after'; readonly seconds: number; readonly latencyMs?: number }
  | { readonly kind: 'stale'; readonly seconds: number; readonly latencyMs?: number };

/** Decides about each call in turn. Undefined: it succeeds after the usual latency. */
export type Intercept = (call: ApiCall) => Fault | undefined;

/** How far back a stale read can look. */
export const maxStaleSeconds = 10;
