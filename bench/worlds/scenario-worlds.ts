import type { AutoScalingGroup } from '../../simulator/aws/index.ts';
import { type Scenario, scenarios } from '../../simulator/scenarios/scenarios.ts';
import { interceptOf, stage } from '../../simulator/scenarios/staging.ts';
import { steadyTraffic } from '../measures/traffic-meter.ts';
import { monthFacts } from './month.ts';
import type { GroupTraffic, World } from './world.ts';

/** After the last notice: the two minutes, and time for the group to see that an instance is gone, and to replace it. */
export const settlingSeconds = 420;

/** What a regular handling takes besides the replacement itself: looks at the group, and the detach. */
const handlingSeconds = 10;
const secondsUntilDetach = 90;

/**
 * The scenarios of `npm start` that every strategy can be tried in: of Spot interruption notices, and requests. `recommendedSecondsBefore`:
 * how long before each notice its recommendation comes.
 */
export function scenarioWorlds(recommendedSecondsBefore: number): World[] {
  return scenarios.filter(isForAll).map((scenario) => scenarioWorld(scenario, recommendedSecondsBefore));
}

function scenarioWorld(scenario: Scenario, recommendedSecondsBefore: number): World {
  return {
    name: scenario.name,
    shows: scenario.shows,
    replacementInTime: replacementInTime(scenario),
    settings: {
      ...(scenario.groupTag !== undefined && { groupTag: tagOf(scenario.groupTag) }),
      ...(scenario.serveOnAtMaxSize && { serveOnAtMaxSize: true }),
    },
    intercept: () => interceptOf(scenario),
    build(aws, maxSizeMargin) {
      const { group, instanceIds } = stage(withMargin(scenario, maxSizeMargin), aws, 'i-1234567890abcdef0');
      return {
        groups: [{ group, minimumServing: 1, traffic: trafficOf(group) }],
        durationSeconds: recommendedSecondsBefore + lastNotice(scenario) + settlingSeconds,
        plan(agenda, ec2) {
          for (const { instance, afterSeconds } of scenario.notices) {
            const instanceId = instanceIds[instance] ?? '';
            const noticeAt = recommendedSecondsBefore + afterSeconds;
            agenda.at(noticeAt - recommendedSecondsBefore, () => ec2.recommendRebalance(instanceId));
            agenda.at(noticeAt, () => ec2.notice(instanceId));
          }
        },
      };
    },
  };
}

function isForAll({ notices, workers }: Scenario): boolean {
  return !workers && notices.every(({ signal }) => signal === undefined);
}

/** As in the month, but steady: each scenario is over before a burst would come. */
function trafficOf(group: AutoScalingGroup): GroupTraffic {
  const [targetGroup] = group.settings.targetGroups;
  if (!targetGroup)
    throw new Error(`The group ${group.name} has no target group that its requests could come through.`);
  const { requestsPerInstance, usualLoad } = monthFacts;
  const rate = group.snapshot().serving * requestsPerInstance * usualLoad;
  return { targetGroup, requestsPerInstance, kinds: { steady: steadyTraffic(rate) } };
}

function lastNotice({ notices }: Scenario): number {
  return Math.max(...notices.map(({ afterSeconds }) => afterSeconds));
}

function withMargin(scenario: Scenario, margin: number): Scenario {
  return { ...scenario, maxSize: scenario.maxSize + Math.ceil(margin * scenario.instances) * (scenario.weight ?? 1) };
}

/** At MaxSize somebody has to leave before a replacement can be launched, so that of a single instance none is in time. */
function replacementInTime({ instances, maxSize, weight = 1, launchSeconds = 40 }: Scenario): boolean {
  const isAtMaxSize = maxSize - instances * weight < weight;
  if (launchSeconds === 'never' || (isAtMaxSize && instances === 1)) return false;
  return launchSeconds + handlingSeconds + handlingSeconds <= secondsUntilDetach;
}

function tagOf(keyAndValue: string): { readonly key: string; readonly value: string } {
  const [key = '', value = ''] = keyAndValue.split('=');
  return { key, value };
}
