import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it, test } from 'vitest';
import type { DescribeInstanceInput } from '../../../functions/shared/contract.ts';
import { secondsUntil } from '../../../functions/shared/timestamps.ts';
import {
  decideSeconds,
  groupFactsSeconds,
  jitterSeconds,
  longestRetrySeconds,
  outageSeconds,
  shortestRetrySeconds,
} from '../../../functions/shared/timing.ts';
import { sleep } from '../../../simulator/time/virtual-time.ts';
import { alterGroups } from '../../support/altered-answers.ts';
import { type Functions, ofTable, withFunctions } from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';

describe('an instance of a group', () => {
  it('is managed, with its deadlines', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      expect(await described(functions, instanceId(group))).toMatchObject({
        managed: true,
        instanceId: instanceId(group),
        instanceAction: 'stop',
        autoScalingGroupName: 'web',
        weight: 1,
        drainSeconds: 30,
        noticeAt: '2026-01-01T00:00:00.000Z',
        detachBy: '2026-01-01T00:01:30.000Z',
        reclaimAt: '2026-01-01T00:02:00.000Z',
      });
    }));

  it('waits for what is unavailable until a step that hangs could keep it past its deadline', () =>
    withFunctions({}, async (functions) => {
      const { detachBy, retryUntil } = await managed(functions);
      expect(secondsUntil(detachBy, Date.parse(retryUntil))).toBe(outageSeconds);
    }));

  it('decides in time for a look and a call, a random moment earlier', () =>
    withFunctions({}, async (functions) => {
      const { decideBy, detachBy } = await managed(functions);
      const seconds = secondsUntil(detachBy, Date.parse(decideBy));
      expect(seconds).toBeGreaterThan(decideSeconds);
      expect(seconds).toBeLessThanOrEqual(decideSeconds + jitterSeconds);
    }));

  it('tries a failed step again after a time of its own', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 30 });
      const seconds = new Set<number>();
      for (const { id } of group.instances) seconds.add((await managed(functions, id)).retrySeconds);
      expect([...seconds].toSorted()).toEqual([shortestRetrySeconds, 3, longestRetrySeconds]);
    }));

  it('is to be detached earlier where more time is wanted for draining', () =>
    withFunctions({ settings: { drainSeconds: 60 } }, async (functions) => {
      expect(await managed(functions)).toMatchObject({ drainSeconds: 60, detachBy: '2026-01-01T00:01:00.000Z' });
    }));

  it("is to be detached as its group's tag wants it", () =>
    withFunctions({ settings: { drainSeconds: 60 } }, async (functions) => {
      const group = createWeb(functions.app, { tags: { 'spot-interruption-handler:drain-seconds': '45' } });
      expect(await managed(functions, instanceId(group))).toMatchObject({
        drainSeconds: 45,
        detachBy: '2026-01-01T00:01:15.000Z',
      });
    }));

  it('is handled without the tags of its group that cannot be read, which are reported', () =>
    withFunctions({}, async (functions) => {
      const tags = {
        'spot-interruption-handler:drain-seconds': 'long',
        'spot-interruption-handler:min-serving': 'most',
      };
      expect(await managed(functions, instanceId(createWeb(functions.app, { tags })))).toMatchObject({
        drainSeconds: 30,
        unreadableTags: ['spot-interruption-handler:min-serving', 'spot-interruption-handler:drain-seconds'],
      });
    }));

  it('says nothing of unreadable tags where there are none', () =>
    withFunctions({}, async (functions) => {
      expect(await managed(functions)).not.toHaveProperty('unreadableTags');
    }));

  it('counts for its weight', () =>
    withFunctions({}, async (functions) => {
      expect(await managed(functions, instanceId(createWeb(functions.app, { weight: 4 })))).toMatchObject({
        weight: 4,
      });
    }));
});

test.each([
  ['Pending', true, undefined],
  ['InService', true, undefined],
  ['Standby', true, undefined],
  ['Terminating', false, 'already leaving its Auto Scaling group'],
  ['Detaching', false, 'already leaving its Auto Scaling group'],
  ['Warmed:Stopped', false, 'in a warm pool, not in service'],
] as const)('an instance that is %s: managed %s', (lifecycleState, isManaged, reason) =>
  withFunctions({}, async (functions) => {
    const group = createWeb(functions.app, { instances: [{ lifecycleState }], desiredCapacity: 1 });
    const answer = await described(functions, instanceId(group));
    expect(answer).toMatchObject({ managed: isManaged, ...(reason && { reason }) });
  }),
);

it('an instance in no group is left alone', () =>
  withFunctions({}, async (functions) => {
    const answer = await described(functions, functions.app.aws.createInstance());
    expect(answer).toMatchObject({ managed: false, reason: 'not in an Auto Scaling group' });
    expect(answer).not.toHaveProperty('autoScalingGroupName');
  }));

describe('a group that another service manages for itself', () => {
  const groups: [string, Record<string, string>, Partial<AutoScalingGroup>][] = [
    [
      'group of an EKS managed node group, which drains and replaces its nodes itself',
      { 'eks:nodegroup-name': 'a' },
      {},
    ],
    ['group of AWS Batch, which manages it itself', { AWSBatchServiceTag: 'batch' }, {}],
    ['group of Amazon EMR, which manages it itself', { 'aws:elasticmapreduce:job-flow-id': 'j-1' }, {}],
    [
      'group with Capacity Rebalancing, which replaces its interrupted instances itself',
      {},
      { CapacityRebalance: true },
    ],
  ];

  test.each(groups)('is left alone: %s', (reason, tags, answer) =>
    withFunctions({}, async (functions) => {
      alterGroups(functions.app.clients.autoScaling, answer);
      const group = createWeb(functions.app, { tags });
      expect(await described(functions, instanceId(group))).toMatchObject({
        managed: false,
        reason,
        autoScalingGroupName: 'web',
      });
    }),
  );

  test.each(groups)('is handled where that is configured: %s', (_, tags, answer) =>
    withFunctions({ settings: { includeServiceManagedGroups: true } }, async (functions) => {
      alterGroups(functions.app.clients.autoScaling, answer);
      const group = createWeb(functions.app, { tags });
      expect(await described(functions, instanceId(group))).toMatchObject({ managed: true });
    }),
  );
});

describe('where an opt-in tag is asked for', () => {
  test.each([
    ['yes', true],
    ['no', false],
  ])('a group with spot=%s: managed %s', (value, isManaged) =>
    withFunctions({ settings: { groupTag: { key: 'spot', value: 'yes' } } }, async (functions) => {
      const group = createWeb(functions.app, { tags: { spot: value } });
      expect(await described(functions, instanceId(group))).toMatchObject({ managed: isManaged });
    }),
  );
});

describe('the shutdown document', () => {
  const settings = { shutdownDocument: 'finish-jobs', shutdownDocuments: ['drain'] };
  const shutdownDocumentTag = 'spot-interruption-handler:shutdown-document';

  test.each([
    ["the stack's, without a tag", {}, { shutdownDocument: 'finish-jobs' }],
    ["the tag's, where the stack lists it", { [shutdownDocumentTag]: 'drain' }, { shutdownDocument: 'drain' }],
    [
      "the stack's, where it does not list the tag's",
      { [shutdownDocumentTag]: 'AWS-RunShellScript' },
      { shutdownDocument: 'finish-jobs', unreadableTags: [shutdownDocumentTag] },
    ],
  ])('is %s', (_, tags, expected) =>
    withFunctions({ settings }, async (functions) => {
      expect(await managed(functions, instanceId(createWeb(functions.app, { tags })))).toMatchObject(expected);
    }),
  );

  it('is none by default', () =>
    withFunctions({}, async (functions) => {
      const answer = await managed(functions, instanceId(createWeb(functions.app, {})));
      expect(answer).not.toHaveProperty('shutdownDocument');
    }));
});

describe("a group's tags", () => {
  it('are read once for a storm of 50', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 50 });
      const answers = group.instances.map(({ id }) => untilAnswered(functions, id));
      const all = await functions.settled(Promise.all(answers));
      expect(all.map(({ managed }) => managed)).toEqual(group.instances.map(() => true));
      expect(functions.app.aws.apiCalls.DescribeAutoScalingGroups).toBe(1);
    }));

  it('are claimed by a few executions of a storm, for a refused claim is a write, too', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 50 });
      const answers = group.instances.map(({ id }) => functions.describeInstance(inputFor(id)));
      await functions.settled(Promise.allSettled(answers));
      expect(functions.app.dynamoDb.apiCalls.UpdateItem).toBeLessThan(25);
    }));

  it('that were read for another execution say the same', () =>
    withFunctions({}, async (functions) => {
      const tags = { 'spot-interruption-handler:drain-seconds': '45' };
      const group = createWeb(functions.app, { instances: 2, tags });
      await described(functions, instanceId(group, 0));
      expect(await described(functions, instanceId(group, 1))).toMatchObject({ drainSeconds: 45 });
      expect(functions.app.aws.apiCalls.DescribeAutoScalingGroups).toBe(1);
    }));

  it('that cannot be read are reported by one execution', () =>
    withFunctions({}, async (functions) => {
      const tags = { 'spot-interruption-handler:drain-seconds': 'long' };
      const group = createWeb(functions.app, { instances: 2, tags });
      await described(functions, instanceId(group, 0));
      expect(await described(functions, instanceId(group, 1))).not.toHaveProperty('unreadableTags');
    }));

  it('are read again after a minute', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      await described(functions, instanceId(group, 0));
      await functions.app.time.runFor(groupFactsSeconds * 1000);
      await described(functions, instanceId(group, 1));
      expect(functions.app.aws.apiCalls.DescribeAutoScalingGroups).toBe(2);
    }));

  it('are waited for while another execution reads them', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      await ofTable(functions, (table) => table.claimLook('web'));
      await expect(described(functions, instanceId(group))).rejects.toMatchObject({
        name: 'GroupBusy',
        message: 'Another execution looks at web right now.',
      });
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DescribeAutoScalingGroups');
    }));

  it('are read by each execution while the table is away', () =>
    withFunctions({}, async (functions) => {
      functions.app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
      const group = createWeb(functions.app, { tags: { 'spot-interruption-handler:drain-seconds': '45' } });
      expect(await described(functions, instanceId(group))).toMatchObject({ managed: true, drainSeconds: 45 });
    }));

  it('are not asked for where the instance is left alone anyway', () =>
    withFunctions({}, async (functions) => {
      await described(functions, functions.app.aws.createInstance());
      expect(functions.app.aws.apiCalls).toEqual({ DescribeAutoScalingInstances: 1 });
    }));
});

test.each(['DescribeAutoScalingInstances', 'DescribeAutoScalingGroups'])(
  'passes the errors of %s on by their names',
  (action) =>
    withFunctions({ intercept: failing(action, { kind: 'throttle' }) }, async (functions) => {
      const answer = described(functions, instanceId(createWeb(functions.app, {})));
      await expect(answer).rejects.toMatchObject({ name: 'Throttling' });
    }),
);

function inputFor(id: string): DescribeInstanceInput {
  const execution = {
    arn: `arn:aws:states:us-east-2:123456789012:execution:spot:${id}`,
    startedAt: '2026-01-01T00:00:01.000Z',
  };
  return {
    event: { time: '2026-01-01T00:00:00Z', detail: { 'instance-id': id, 'instance-action': 'stop' } },
    execution,
  };
}

function described({ describeInstance, settled }: Functions, id: string) {
  return settled(describeInstance(inputFor(id)));
}

/** Of the first instance of a group, unless said otherwise, which has to be ours. */
async function managed(functions: Functions, id?: string) {
  const answer = await described(functions, id ?? instanceId(createWeb(functions.app, {})));
  if (!answer.managed) throw new Error(`It is left alone: ${answer.reason}.`);
  return answer;
}

/** As the workflow does: once more a little later, where another execution reads the tags. */
async function untilAnswered(functions: Functions, id: string): ReturnType<Functions['describeInstance']> {
  try {
    return await functions.describeInstance(inputFor(id));
  } catch {
    await sleep(Math.random() * 1000);
    return untilAnswered(functions, id);
  }
}
