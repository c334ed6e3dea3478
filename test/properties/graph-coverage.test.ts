import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { groupWith, noticesWith, noticeWith, worldWith } from './known-worlds.ts';
import { definition, definitionFor, runWorld } from './run-world.ts';
import { edgesOf, edgesTaken } from './transitions-taken.ts';
import type { World } from './world.ts';

const forGood = { share: 1, fromSeconds: 0 };
const two = [groupWith({ instances: 2 })];
const never = [groupWith({ launchSeconds: ['never'] })];
const noRoom = [groupWith({ instances: 3, above: 0 })];

/** Between them, they take every way through the graph. */
const ways: Readonly<Record<string, World>> = {
  'peers serve': worldWith({ groups: two }),
  'a replacement is waited for': worldWith(),
  'a replacement never comes': worldWith({ groups: never }),
  'an instance in no group': worldWith({ notices: [noticeWith({ group: -1 })] }),
  'a notice delivered twice': worldWith({ notices: [noticeWith({ deliveredAfterSeconds: [1, 2] })] }),
  'two at once, for one of whom the lease is taken': worldWith({
    groups: two,
    notices: noticesWith(2),
  }),
  'three at MaxSize': worldWith({ groups: noRoom, notices: noticesWith(3) }),
  'those that give way serve on': worldWith({
    groups: [groupWith({ instances: 3, above: 0, healthCheckSeconds: 10 })],
    notices: noticesWith(3),
    serveOnAtMaxSize: true,
  }),
  'giving way comes too late to be needed': worldWith({
    groups: noRoom,
    notices: noticesWith(3),
    kills: [2, 3].map((invocation) => ({ functionName: 'detach-instances', invocation, afterCalls: 0 })),
  }),
  'no table': worldWith({ faults: [{ where: 'dynamodb', kind: 'internal', ...forGood }] }),
  'no description of the group': worldWith({
    faults: [{ where: 'DescribeAutoScalingGroups', kind: 'throttle', share: 1, fromSeconds: 1.15 }],
  }),
  'no function that looks, for a while': worldWith({
    faults: [{ where: 'check-capacity', kind: 'throttle', share: 1, fromSeconds: 0, toSeconds: 20 }],
  }),
  'no raise': worldWith({ faults: [{ where: 'SetDesiredCapacity', kind: 'throttle', ...forGood }] }),
  'no description of the instance': worldWith({
    faults: [{ where: 'describe-instance', kind: 'throttle', ...forGood }],
  }),
  'no detaching': worldWith({ groups: two, faults: [{ where: 'DetachInstances', kind: 'throttle', ...forGood }] }),
  'no detaching, and no releasing of the record': worldWith({
    groups: two,
    faults: [
      { where: 'DetachInstances', kind: 'throttle', ...forGood },
      { where: 'dynamodb', kind: 'internal', share: 1, fromSeconds: 80 },
    ],
  }),
  'a function that dies twice around its raise': worldWith({
    kills: [
      { functionName: 'set-desired-capacity', invocation: 1, afterCalls: 5 },
      { functionName: 'set-desired-capacity', invocation: 2, afterCalls: 0 },
    ],
  }),
  'someone terminates an instance that was raised for': worldWith({
    notices: [noticeWith({ vanishes: { how: 'terminated', afterSeconds: 20 } })],
  }),
  'someone terminates an instance that was not raised for': worldWith({
    notices: [noticeWith({ vanishes: { how: 'terminated', afterSeconds: 20 } })],
    faults: [{ where: 'SetDesiredCapacity', kind: 'throttle', ...forGood }],
  }),
  'a replacement is interrupted while it is Pending': worldWith({
    groups: [groupWith({ launchSeconds: [60], interruptedLaunches: [{ launch: 1, afterSeconds: 5 }] })],
  }),
};

/** With the options that add states: what leads to them, and what goes wrong in them. */
const withLeftBehind: JsonObject = JSON.parse(
  JSON.stringify(exportedDefinition({ terminateLeftBehindAfterMinutes: 3 })),
);
const leftBehindWays: Readonly<Record<string, World>> = {
  'EC2 reclaims it': worldWith({ groups: two }),
  'its group terminates it': worldWith({ groups: two, leaveBy: 'terminate' }),
  'who is in a group cannot be found out': worldWith({
    groups: two,
    faults: [{ where: 'DescribeAutoScalingInstances', kind: 'internal', share: 1, fromSeconds: 20 }],
  }),
  'it cannot be terminated': worldWith({
    groups: two,
    faults: [{ where: 'TerminateInstances', kind: 'internal', ...forGood }],
  }),
  'the ledger is settled last': worldWith({
    faults: [{ where: 'DescribeAutoScalingGroups', kind: 'throttle', share: 1, fromSeconds: 1.15 }],
  }),
  'it waits for its replacement': worldWith({ notices: noticesWith(2), groups: two }),
};

describe('the graph with what is left behind', () => {
  const taken = new Set<string>();
  beforeAll(async () => {
    for (const world of Object.values(leftBehindWays)) {
      for (const edge of edgesTaken(withLeftBehind, await runWorld(world, { definition: withLeftBehind })))
        taken.add(edge);
    }
  }, 120_000);

  // An instance cannot be attached to a simulated group: test/statemachine/left-behind.test.ts takes that edge.
  const added = edgesOf(withLeftBehind).filter((edge) => !edgesOf(definition).includes(edge));
  it.each(added.filter((edge) => edge !== 'InNoGroup? → Handled: otherwise'))('%s', (edge) => {
    expect([...taken]).toContain(edge);
  });
});

/** What is only there with recommendations and shutdown documents. */
const configured = { rebalance: { budget: '1', timeoutMinutes: 2 }, shutdown: 'agent' } as const;
const recommended = { group: 0, instance: 0, atSeconds: 0, deliveredAfterSeconds: [1] };
const furtherWays: Readonly<Record<string, World>> = {
  'a recommendation, and nothing else': worldWith({ ...configured, notices: [], recommendations: [recommended] }),
  'a recommendation without a replacement': worldWith({
    ...configured,
    groups: never,
    notices: [],
    recommendations: [recommended],
  }),
  'a notice for the same instance': worldWith({
    ...configured,
    recommendations: [recommended],
    notices: [noticeWith({ atSeconds: 10 })],
  }),
  'a recommendation, and no function that looks': worldWith({
    ...configured,
    notices: [],
    recommendations: [recommended],
    faults: [{ where: 'check-capacity', kind: 'throttle', ...forGood }],
  }),
  'two that leave together': worldWith({ ...configured, groups: two, notices: noticesWith(2) }),
  'no agent': worldWith({ ...configured, shutdown: 'no agent', groups: two, notices: noticesWith(2) }),
  'a document with other parameters': worldWith({ ...configured, shutdown: 'other parameters', groups: two }),
  'no command': worldWith({
    ...configured,
    groups: two,
    faults: [{ where: 'SendCommand', kind: 'internal', ...forGood }],
  }),
  'no command, with other parameters': worldWith({
    ...configured,
    shutdown: 'other parameters',
    groups: two,
    seed: 3,
    faults: [{ where: 'SendCommand', kind: 'internal', share: 0.6, fromSeconds: 0 }],
  }),
};

describe.each([
  ['the graph', definition, ways],
  ['the graph with all that can be configured', definitionFor(configured), { ...ways, ...furtherWays }],
] as const)('%s', (_, graph, worlds) => {
  const taken = new Set<string>();
  beforeAll(async () => {
    for (const world of Object.values(worlds)) {
      const configuredSo = graph === definition ? world : { ...configured, ...world };
      for (const edge of edgesTaken(graph, await runWorld(configuredSo))) taken.add(edge);
    }
  }, 120_000);

  it.each(edgesOf(graph))('%s', (edge) => {
    expect([...taken]).toContain(edge);
  });
});
