import type { SimulatedAws } from '../../simulator/aws/index.ts';
import { launchTimes } from './month.ts';
import { randomStream } from './random.ts';
import type { BuiltWorld, World } from './world.ts';

export interface ManyNotices {
  readonly groups: number;
  readonly noticesInEach: number;
  readonly instancesInEach: number;
  /** As in the month; default: always `launchSeconds`. */
  readonly variedLaunches?: boolean;
}

export const launchSeconds = 40;

/** Simultaneous notices without traffic, with room to raise for all of them: for scale, and for polling. */
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
    const launches = () => launchTimes(randomStream(seed, name));
    const targetGroup = aws.createTargetGroup({ name, healthCheckSeconds: 10, requestsPerSecond: 0 });
    const group = aws.createGroup({
      name,
      instances: facts.instancesInEach,
      minSize: 1,
      maxSize: facts.instancesInEach + Math.max(facts.noticesInEach, Math.ceil(facts.instancesInEach / 2)),
      targetGroups: [targetGroup],
      launchSeconds: facts.variedLaunches ? launches() : launchSeconds,
    });
    return { group, minimumServing: 1, ...(facts.variedLaunches && { launches: launches() }) };
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
