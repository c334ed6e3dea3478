import type { AutoScalingGroup, SimulatedAws } from '../aws/index.ts';

/** What an actor has to act with: a group, and its time, in which each of its doings is told as its own. */
export interface Stage {
  readonly group: AutoScalingGroup;
  /** Does something in `seconds`, unless the actor or the account has been stopped by then. */
  after(seconds: number, act: () => void): void;
  /** Does something again and again, until it returns false. */
  every(times: Times, act: (secondsSinceStart: number) => boolean): void;
  stop(): void;
}

interface Times {
  readonly firstAfterSeconds: number;
  readonly everySeconds: number;
  /** How long after the start it goes on. Default: for ever. */
  readonly untilSeconds?: number | undefined;
}

export function stageFor(aws: SimulatedAws, group: AutoScalingGroup, actor: string): Stage {
  let stopped = false;
  const stage: Stage = {
    group,
    after(seconds, act) {
      aws.schedule(seconds, actor, () => {
        if (!stopped) act();
      });
    },
    every({ firstAfterSeconds, everySeconds, untilSeconds = Number.POSITIVE_INFINITY }, act) {
      const actAt = (seconds: number, waitSeconds: number) => {
        if (seconds > untilSeconds) return;
        stage.after(waitSeconds, () => {
          if (act(seconds)) actAt(seconds + everySeconds, everySeconds);
        });
      };
      actAt(firstAfterSeconds, firstAfterSeconds);
    },
    stop() {
      stopped = true;
    },
  };
  return stage;
}

/** The desired capacity that comes closest to a number within the group's limits. */
export function withinLimits(group: AutoScalingGroup, desiredCapacity: number): number {
  const { minSize, maxSize } = group.state();
  return Math.min(maxSize, Math.max(minSize, Math.round(desiredCapacity)));
}
