import type { Context } from '../account/synthesize.ts';
import type { Notice, Scenario } from './scenario.ts';

export type { Notice, Scenario } from './scenario.ts';

/** By default the hard small case. */
export const defaultScenario = 'single';

export const scenarios: readonly Scenario[] = [
  {
    name: 'single',
    shows: 'The only instance of a group stays until its replacement serves.',
    instances: 1,
    maxSize: 3,
    notices: atOnce(1),
  },
  {
    name: 'pair',
    shows:
      'Both instances of a group, noticed within the same second: one raise for both, and both stay until they are replaced.',
    instances: 2,
    maxSize: 4,
    notices: atOnce(2),
  },
  {
    name: 'fleet',
    shows: 'One of ten, where seven are enough by the tag of the group: it leaves at once, and the group replaces it.',
    instances: 10,
    maxSize: 20,
    minServing: '70%',
    notices: atOnce(1),
  },
  {
    name: 'storm',
    shows:
      'EC2 takes back half of a fleet, twenty notices within two seconds: the group is raised by twenty, and nothing is lost.',
    instances: 40,
    maxSize: 60,
    notices: within(2, 20),
  },
  {
    name: 'wipeout',
    shows:
      'A hundred of a hundred at once, and room for fifty more: half are replaced first, then the other half as far as time allows.',
    instances: 100,
    maxSize: 150,
    notices: atOnce(100),
  },
  {
    name: 'at-max',
    shows: 'The only instance of a group that is at its MaxSize gives way, for the group to launch another.',
    instances: 1,
    maxSize: 1,
    notices: atOnce(1),
  },
  {
    name: 'at-max-serving-on',
    shows: 'The same, where that is switched on: it is registered again, and serves on until the other one does.',
    instances: 1,
    maxSize: 1,
    serveOnAtMaxSize: true,
    notices: atOnce(1),
  },
  {
    name: 'fixed-size',
    shows: 'All three of a group that can neither grow nor shrink: they give way in waves, and one always serves.',
    instances: 3,
    minSize: 3,
    maxSize: 3,
    notices: atOnce(3),
  },
  {
    name: 'fixed-size-serving-on',
    shows:
      'The same, where instances that give way serve on: the next wave leaves when those before it are healthy again.',
    instances: 3,
    minSize: 3,
    maxSize: 3,
    serveOnAtMaxSize: true,
    notices: atOnce(3),
  },
  {
    name: 'slow-launch',
    shows: 'The replacement is late: the instance stays for as long as it can, and is out in time all the same.',
    instances: 1,
    maxSize: 3,
    launchSeconds: 150,
    notices: atOnce(1),
  },
  {
    name: 'no-capacity',
    shows: 'No replacement can be launched at all: the instance is out in time, and the raise is taken back.',
    instances: 1,
    maxSize: 3,
    launchSeconds: 'never',
    notices: atOnce(1),
  },
  {
    name: 'duplicate',
    shows: 'The same notice three times: handled once.',
    instances: 1,
    maxSize: 3,
    notices: [0, 1, 20].map((afterSeconds) => ({ instance: 0, afterSeconds })),
  },
  {
    name: 'not-in-group',
    shows: 'An instance in no Auto Scaling group is left alone.',
    instances: 2,
    maxSize: 4,
    interruptedInstanceIs: 'in no group',
    notices: atOnce(1),
  },
  {
    name: 'not-opted-in',
    shows: 'An instance in a group without the opt-in tag that is configured is left alone.',
    instances: 2,
    maxSize: 4,
    groupTag: 'SpotInterruptionHandler=enabled',
    notices: atOnce(1),
  },
  {
    name: 'already-terminating',
    shows: 'An instance that is leaving its group already is left alone.',
    instances: 2,
    maxSize: 4,
    interruptedInstanceIs: 'Terminating',
    notices: atOnce(1),
  },
  {
    name: 'throttled',
    shows: 'A third of all API calls is throttled: both instances of a pair are out in time all the same.',
    instances: 2,
    maxSize: 4,
    throttledShare: 1 / 3,
    notices: atOnce(2),
  },
  {
    name: 'weighted',
    shows: 'Instances that weigh 2: the group is raised and lowered by 2 units, not by 1.',
    instances: 2,
    minSize: 2,
    maxSize: 8,
    weight: 2,
    notices: atOnce(2),
  },
  {
    name: 'capacity-block',
    shows:
      'A Capacity Block of two instances ends: the notice says when, and the group, which does not react to it, is raised for both.',
    instances: 4,
    maxSize: 8,
    notices: atOnce(2).map((notice) => ({ ...notice, signal: 'Capacity Reservation interruption' as const })),
  },
  {
    name: 'worker-fleet',
    shows:
      'Four of eight workers, each told by a command to finish its job and take no other one; one has no agent to tell it.',
    instances: 8,
    maxSize: 16,
    workers: { shortestJobSeconds: 5, longestJobSeconds: 50 },
    shutdownDocument: 'finish-jobs',
    withoutAgent: [3],
    notices: within(2, 4),
  },
  {
    name: 'recommended',
    shows:
      'Three of ten, recommended to be replaced, are so one at a time; a notice for the third takes over, and a fourth is never reclaimed.',
    instances: 10,
    maxSize: 20,
    notices: [
      ...[0, 1, 2].map((instance) => recommended(instance, 0)),
      { instance: 2, afterSeconds: 30 },
      recommended(3, 120),
      { instance: 1, afterSeconds: 240 },
    ],
  },
  {
    name: 'hooks',
    shows:
      'A group that uploads logs in a termination hook: two instances are replaced, then terminated, so that the hook runs.',
    instances: 4,
    maxSize: 8,
    terminationHook: { completedAfterSeconds: 12, heartbeatTimeoutSeconds: 300 },
    notices: atOnce(2),
  },
  {
    name: 'scaling-policy',
    shows: 'The load grows, and a target tracking policy scales out while two instances are replaced: its size stands.',
    instances: 10,
    maxSize: 20,
    notices: atOnce(2),
    others: [
      {
        kind: 'target-tracking',
        load: [
          { fromSeconds: 0, share: 0.6 },
          { fromSeconds: 20, share: 0.9 },
        ],
        firstAfterSeconds: 30,
      },
    ],
  },
  {
    name: 'scaled-in-meanwhile',
    shows:
      'Somebody scales the group in while two instances wait for replacements: their raise is void, not taken back.',
    instances: 10,
    maxSize: 20,
    notices: atOnce(2),
    others: [{ kind: 'person', afterSeconds: 20, desiredCapacity: 8 }],
  },
];

function recommended(instance: number, afterSeconds: number): Notice {
  return { instance, afterSeconds, signal: 'rebalance recommendation' };
}

/** The first instances, their notices within the same moment. */
function atOnce(instances: number): Notice[] {
  return within(0, instances);
}

/** The first instances, their notices spread evenly over some seconds. */
function within(seconds: number, instances: number): Notice[] {
  return Array.from({ length: instances }, (_, instance) => ({
    instance,
    afterSeconds: (seconds * instance) / Math.max(1, instances - 1),
  }));
}

/** There is no scenario of that name. The message says which there are. */
export class UnknownScenario extends Error {}

/** @throws UnknownScenario */
export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario) return scenario;
  const known = scenarios.map((one) => one.name).join(', ');
  throw new UnknownScenario(`There is no scenario "${name}". There are: ${known}.`);
}

/** The handler acts on rebalance recommendations in it. */
function isRecommended({ notices }: Scenario): boolean {
  return notices.some(({ signal }) => signal === 'rebalance recommendation');
}

/** The context in which a scenario's stack is synthesized. */
export function contextOf(scenario: Scenario): Context {
  const { groupTag, serveOnAtMaxSize, shutdownDocument } = scenario;
  return {
    ...(isRecommended(scenario) && { onRebalanceRecommendation: 'replace' }),
    ...(groupTag !== undefined && { groupTag }),
    ...(serveOnAtMaxSize && { serveOnAtMaxSize: 'true' }),
    ...(shutdownDocument !== undefined && { shutdownDocument }),
  };
}
