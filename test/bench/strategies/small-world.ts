import type { World } from '../../../bench/worlds/world.ts';
import type { LaunchSeconds } from '../../../simulator/aws/index.ts';

export interface SmallWorld {
  readonly instances: number;
  readonly maxSize: number;
  /** In their order. */
  readonly launches: readonly LaunchSeconds[];
  /** By the number of the instance, in seconds. */
  readonly recommendedAt?: Readonly<Record<number, number>>;
  readonly noticedAt: Readonly<Record<number, number>>;
}

/** One group that reacts after 1 s, whose health checks take 10 s. */
export function smallWorld({ instances, maxSize, launches, recommendedAt = {}, noticedAt }: SmallWorld): World {
  const drawn = () => {
    const left = launches.values();
    return () => left.next().value ?? 'never';
  };
  return {
    name: 'small',
    shows: 'A few instances.',
    replacementInTime: true,
    build(aws) {
      const targetGroup = aws.createTargetGroup({ name: 'web', healthCheckSeconds: 10, requestsPerSecond: 0 });
      const group = aws.createGroup({
        name: 'web',
        instances,
        maxSize,
        launchSeconds: drawn(),
        targetGroups: [targetGroup],
      });
      const ids = group.instances.map(({ id }) => id);
      return {
        groups: [{ group, minimumServing: 1, launches: drawn() }],
        durationSeconds: 600,
        plan(agenda, ec2) {
          for (const [number, at] of Object.entries(recommendedAt))
            agenda.at(at, () => ec2.recommendRebalance(ids[Number(number)] ?? ''));
          for (const [number, at] of Object.entries(noticedAt))
            agenda.at(at, () => ec2.notice(ids[Number(number)] ?? ''));
        },
      };
    },
  };
}
