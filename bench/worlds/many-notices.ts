import type { SimulatedAws } from '../../simulator/services/index.ts';
import { launchTimes } from './month.ts';
import { randomStream } from './random.ts';
import type { BuiltWorld, World } from './world.ts';

export interface ManyNotices {
  readonly groups: number;
  readonly noticesInEach: number;
  readonly instancesInEach: number;
  /** As in the month; default: 40 s always. */
  readonly variedLaunches?: boolean;
}

/** Simultaneous notices without traffic: for scale, and for polling. */
export function manyNotices(name: string, facts: ManyNotices, seed: number): World {
  const { groups, noticesInEach, instancesInEach } = facts;
  return {
    name,
    shows: `${noticesInEach} of ${instancesInEach} instances noticed at once, in ${groups} groups.`,
    replacementInTime: true,
    build: (aws) => build(aws, facts, seed),
  };
}

function build(aws: SimulatedAws, facts: ManyNotices, seed: number): BuiltWorld {
  const groups = Array.from({ length: facts.groups }, (_, index) => {
    const name = `group-${index + 1}`;
    const targetGroup = aws.createTargetGroup({ name, healthCheckSeconds: 10, requestsPerSecond: 0 });
    const group = aws.createGroup({
      name,
      instances: facts.instancesInEach,
      minSize: 1,
      maxSize: facts.instancesInEach + 10,
      targetGroups: [targetGroup],
      ...(facts.variedLaunches && { launchSeconds: launchTimes(randomStream(seed, name)) }),
    });
    return { group, minimumServing: 1 };
  });
  const noticed = groups.flatMap(({ group }) => group.instances.slice(0, facts.noticesInEach).map(({ id }) => id));
  return {
    groups,
    durationSeconds: 300,
    plan(agenda, ec2) {
      agenda.at(0, () => {
        for (const instanceId of noticed) ec2.notice(instanceId);
      });
    },
  };
}
