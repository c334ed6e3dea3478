import type { Instance, LaunchSeconds, SimulatedAws } from '../../simulator/aws/index.ts';
import { burstyTraffic, steadyTraffic } from '../measures/traffic-meter.ts';
import { logNormal, poisson, randomOf, randomStream } from './random.ts';
import type { BuiltWorld, World, WorldGroup } from './world.ts';

/** What the month is made of. Everything not said here is the simulator's default. */
export const monthFacts = {
  groups: 40,
  smallestGroup: 1,
  largestGroup: 60,
  /** Of the groups: MaxSize is what they have, so that nothing can be raised. */
  shareAtMaxSize: 0.15,
  zones: ['us-east-2a', 'us-east-2b', 'us-east-2c'],
  instanceTypes: ['c7g.large', 'm7g.large', 'r7g.large', 'm6g.large'],
  /** How often EC2 takes back capacity in one pool (an instance type in a zone). */
  reclaimsPerPoolAndMonth: 3,
  /** Which share of the pool's instances it takes, and how often so much. */
  reclaimedShares: [
    { probability: 0.6, from: 0.05, to: 0.2 },
    { probability: 0.3, from: 0.2, to: 0.6 },
    { probability: 0.1, from: 1, to: 1 },
  ],
  /** Over which the notices of one reclaim are spread. */
  noticesWithinSeconds: 20,
  duplicateShare: 0.02,
  /** The recommendation comes with the notice in this share of the cases, else up to this number of seconds before it. */
  recommendedWithNoticeShare: 0.5,
  recommendedAtMostSecondsBefore: 600,
  /** From launch to InService: log-normal. */
  launchMedianSeconds: 35,
  launchSigma: 0.35,
  launchAtMostSeconds: 300,
  /** Launches for which EC2 has no capacity; the group tries again after 15 s. */
  launchFailureShare: 0.02,
  /** Two checks, ten seconds apart. */
  healthCheckSeconds: 20,
  deregistrationDelaySeconds: 90,
  /** What an instance can answer, and how much of that is asked of it. */
  requestsPerInstance: 20,
  usualLoad: 0.6,
  burstLoad: 0.9,
  burstSeconds: 600,
} as const;

export interface Month {
  readonly days: number;
  /** Default: that of the facts. */
  readonly launchMedianSeconds?: number;
  /** The groups keep their Availability Zones balanced. Default false. */
  readonly zonesBalanced?: boolean;
}

/** Of the world in which the groups keep their zones balanced. */
const balancedMonthName = 'month, zones kept balanced';

/** Of the world at a median launch. */
export function monthName(launchMedianSeconds: number): string {
  const isUsual = launchMedianSeconds === monthFacts.launchMedianSeconds;
  return isUsual ? 'month' : `month, launches of ${launchMedianSeconds} s`;
}

export function monthWorld(seed: number, month: Month): World {
  return {
    name: month.zonesBalanced
      ? balancedMonthName
      : monthName(month.launchMedianSeconds ?? monthFacts.launchMedianSeconds),
    shows: `${month.days} days of a fleet of ${monthFacts.groups} groups.`,
    replacementInTime: true,
    build: (aws, maxSizeMargin) => buildMonth(aws, maxSizeMargin, seed, month),
  };
}

/** How many of the groups that a seed draws are at their MaxSize. */
export function groupsAtMaxSize(seed: number): number {
  const groups = Array.from({ length: monthFacts.groups }, (_, index) => drawGroup(seed, index));
  return groups.filter(({ instances, maxSize }) => instances === maxSize).length;
}

function buildMonth(aws: SimulatedAws, maxSizeMargin: number, seed: number, month: Month): BuiltWorld {
  const { days } = month;
  const groups = Array.from({ length: monthFacts.groups }, (_, index) =>
    createGroup(aws, maxSizeMargin, seed, index, month),
  );
  return {
    groups,
    durationSeconds: days * 86_400,
    plan(agenda, ec2) {
      for (const [index, reclaim] of reclaims(seed, days).entries()) {
        // Who is taken is decided before the earliest recommendation, whatever a strategy does with it.
        agenda.at(reclaim.atSeconds - monthFacts.recommendedAtMostSecondsBefore, () => {
          for (const instanceId of taken(groups, reclaim, `${seed} reclaim ${index}`)) {
            const random = randomStream(seed, `notice ${index} ${instanceId}`);
            const noticeAt = reclaim.atSeconds + random() * monthFacts.noticesWithinSeconds;
            agenda.at(noticeAt - secondsRecommendedBefore(random), () => ec2.recommendRebalance(instanceId));
            agenda.at(noticeAt, () => ec2.notice(instanceId));
            if (random() < monthFacts.duplicateShare) agenda.at(noticeAt + 5, () => ec2.notice(instanceId));
          }
        });
      }
    },
  };
}

interface Reclaim {
  readonly atSeconds: number;
  readonly pool: string;
  readonly share: number;
}

/** Poisson for each pool; not within the first and the last hour, so that all of it can be seen. */
function reclaims(seed: number, days: number): Reclaim[] {
  const pools = monthFacts.zones.flatMap((zone) => monthFacts.instanceTypes.map((type) => `${type} ${zone}`));
  return pools
    .flatMap((pool) => {
      const random = randomStream(seed, `pool ${pool}`);
      const count = poisson(random, (monthFacts.reclaimsPerPoolAndMonth * days) / 30);
      return Array.from({ length: count }, () => ({
        atSeconds: 3600 + random() * (days * 86_400 - 7200),
        pool,
        share: reclaimedShare(random),
      }));
    })
    .toSorted((a, b) => a.atSeconds - b.atSeconds);
}

function reclaimedShare(random: () => number): number {
  let left = random();
  for (const { probability, from, to } of monthFacts.reclaimedShares) {
    if (left < probability) return from + random() * (to - from);
    left -= probability;
  }
  return 1;
}

function taken(groups: readonly WorldGroup[], { pool, share }: Reclaim, key: string): string[] {
  return groups.flatMap(({ group }) =>
    group.instances
      .filter((instance) => instance.lifecycleState === 'InService' && poolOf(group.name, instance) === pool)
      .filter(({ id }) => randomOf(0, `${key} ${id}`) < share)
      .map(({ id }) => id),
  );
}

function poolOf(groupName: string, { availabilityZone, id }: Instance): string {
  // A group uses two or three of the types, which its instances are spread over.
  const first = Math.floor(randomOf(1, groupName) * monthFacts.instanceTypes.length);
  const count = 2 + Math.floor(randomOf(2, groupName) * 2);
  const type = (first + Math.floor(randomOf(3, id) * count)) % monthFacts.instanceTypes.length;
  return `${monthFacts.instanceTypes[type]} ${availabilityZone}`;
}

function secondsRecommendedBefore(random: () => number): number {
  const isWithNotice = random() < monthFacts.recommendedWithNoticeShare;
  return isWithNotice ? 0 : random() * monthFacts.recommendedAtMostSecondsBefore;
}

interface GroupDraw {
  readonly name: string;
  readonly instances: number;
  readonly minSize: number;
  readonly maxSize: number;
}

function drawGroup(seed: number, index: number): GroupDraw {
  const name = `group-${String(index + 1).padStart(2, '0')}`;
  const random = randomStream(seed, name);
  const { smallestGroup, largestGroup } = monthFacts;
  const instances = Math.round(smallestGroup * (largestGroup / smallestGroup) ** random());
  const maxSize = random() < monthFacts.shareAtMaxSize ? instances : Math.ceil(instances * 1.5);
  const minSize = random() < 0.5 ? 1 : Math.ceil(instances / 2);
  return { name, instances, minSize, maxSize };
}

function createGroup(
  aws: SimulatedAws,
  maxSizeMargin: number,
  seed: number,
  index: number,
  { launchMedianSeconds, zonesBalanced = false }: Month,
): WorldGroup {
  const { name, instances, minSize, maxSize } = drawGroup(seed, index);
  const { requestsPerInstance, usualLoad, burstLoad, burstSeconds } = monthFacts;
  const launches = () => launchTimes(randomStream(seed, `launches of ${name}`), launchMedianSeconds);
  const targetGroup = aws.createTargetGroup({
    name,
    healthCheckSeconds: monthFacts.healthCheckSeconds,
    deregistrationDelaySeconds: monthFacts.deregistrationDelaySeconds,
    requestsPerSecond: 0,
  });
  const group = aws.createGroup({
    name,
    instances: Array.from({ length: instances }, (_, number) => ({ id: instanceId(index, number) })),
    minSize,
    maxSize: maxSize + Math.ceil(maxSizeMargin * instances),
    availabilityZones: monthFacts.zones,
    availabilityZoneRebalancing: zonesBalanced,
    launchSeconds: launches(),
    targetGroups: [targetGroup],
  });
  const fullRate = instances * requestsPerInstance;
  return {
    group,
    minimumServing: 1,
    launches: launches(),
    traffic: {
      targetGroup,
      requestsPerInstance,
      kinds: {
        steady: steadyTraffic(fullRate * usualLoad),
        bursty: burstyTraffic({
          usualRate: fullRate * usualLoad,
          burstRate: fullRate * burstLoad,
          burstSeconds,
          startInHour: (hour) => randomOf(seed, `burst ${name} ${hour}`),
        }),
      },
    },
  };
}

export function launchTimes(
  random: () => number,
  medianSeconds: number = monthFacts.launchMedianSeconds,
): () => LaunchSeconds {
  return () => {
    if (random() < monthFacts.launchFailureShare) return 'never';
    const seconds = logNormal(random, medianSeconds, monthFacts.launchSigma);
    return Math.min(monthFacts.launchAtMostSeconds, Math.round(seconds * 10) / 10);
  };
}

function instanceId(group: number, number: number): string {
  return `i-0${group.toString(16).padStart(4, '0')}${number.toString(16).padStart(12, '0')}`;
}
