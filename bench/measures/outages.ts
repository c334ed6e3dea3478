import type { AutoScalingGroup, Change } from '../../simulator/aws/index.ts';

/**
 * From the beginning of a launch until its instance serves, at the most, for a replacement that is asked for at the
 * notice to serve before the instance has to leave: 90 s, less what asking for it and the last look take.
 */
export const longestLaunchSeconds = 84;
/** A launch that failed so shortly before an outage is its cause. */
const failureSeconds = 120;

/**
 * Tells apart the seconds below the minimum that nobody can prevent once the notice is there: a replacement that took too
 * long, or whose launch failed, or the only instance of a group that is at its MaxSize.
 */
export class Outages {
  readonly #cannotReplaceFirst: boolean;
  readonly #launchedAt = new Map<string, number>();
  #launchFailedAt = Number.NEGATIVE_INFINITY;
  #begunAt: number | undefined;
  #unpreventableSeconds = 0;

  constructor(group: AutoScalingGroup, instancesBefore: number, minimum: number) {
    const { desired, max } = group.snapshot();
    this.#cannotReplaceFirst = instancesBefore <= minimum && max - desired < (group.settings.weight ?? 1);
  }

  changed(change: Change, isBelowMinimum: boolean): void {
    const now = Date.now();
    if (change.kind === 'lifecycle' && change.to === 'Pending') this.#launchedAt.set(change.instanceId, now);
    if (change.kind === 'launch failed') this.#launchFailedAt = now;
    if (isBelowMinimum) this.#begunAt ??= now;
    else this.#end('instanceId' in change ? change.instanceId : undefined);
  }

  /** Until now. */
  unpreventableSeconds(): number {
    this.#end(undefined);
    return this.#unpreventableSeconds;
  }

  #end(endedBy: string | undefined): void {
    if (this.#begunAt === undefined) return;
    const now = Date.now();
    const launchedAt = this.#launchedAt.get(endedBy ?? '') ?? now;
    const tookTooLong = now - launchedAt > longestLaunchSeconds * 1000;
    const launchFailed = this.#begunAt - this.#launchFailedAt < failureSeconds * 1000;
    if (this.#cannotReplaceFirst || tookTooLong || launchFailed) {
      this.#unpreventableSeconds += (now - this.#begunAt) / 1000;
    }
    this.#begunAt = undefined;
  }
}
