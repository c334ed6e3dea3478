import type { FunctionName } from './contract.ts';

/**
 * Lambda gives CPU in proportion to memory. The functions need about 100 MB; what they wait for is TLS handshakes and
 * parsing, which a quarter of a CPU (512 MB) does in tens of milliseconds, and 128 MB in hundreds.
 */
export const memoryMegabytes = 512;

/**
 * An observation is one or two calls of at most 2.5 s each; a change is up to five under the group's lease. No timeout
 * may reach the lease's own duration: a function that was killed must not act once the lease has lapsed.
 */
export const timeoutSeconds: Readonly<Record<FunctionName, number>> = {
  'describe-instance': 5,
  'check-capacity': 5,
  'set-desired-capacity': 10,
  'detach-instances': 10,
};
