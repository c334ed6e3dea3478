import { describe, expect, it, test } from 'vitest';
import { hooksPatienceSeconds } from '../../../functions/shared/timing.ts';
import type { LifecycleHookOptions } from '../../../simulator/aws/index.ts';
import { type Functions, withFunctions } from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';

const launching: LifecycleHookOptions = { name: 'warm-up', transition: 'launching' };
const terminating = (heartbeatTimeoutSeconds: number): LifecycleHookOptions => {
  return { name: `upload-${heartbeatTimeoutSeconds}`, transition: 'terminating', heartbeatTimeoutSeconds };
};

describe('by default', () => {
  it('an instance of a group without a termination hook is detached', () =>
    withFunctions({}, async (functions) => {
      const answer = await describedIn(functions, [launching]);
      expect(answer).toMatchObject({ leaveBy: 'detach' });
      expect(answer).not.toHaveProperty('hookSeconds');
    }));

  it('one of a group with termination hooks is terminated, with the longest time that they may take', () =>
    withFunctions({}, async (functions) => {
      const answer = await describedIn(functions, [launching, terminating(60), terminating(300)]);
      expect(answer).toMatchObject({ leaveBy: 'terminate', hookSeconds: 300 });
    }));

  it('hooks are asked for once for a storm, and not where the instance is left alone', () =>
    withFunctions({ settings: { groupTag: { key: 'spot', value: 'yes' } } }, async (functions) => {
      const group = createWeb(functions.app, { instances: 3, tags: { spot: 'yes' } });
      for (const { id } of group.instances) await described(functions, id);
      await described(
        functions,
        functions.app.aws.createGroup({ name: 'other', instances: 1, maxSize: 1 }).instances[0]?.id,
      );
      expect(functions.app.aws.apiCalls.DescribeLifecycleHooks).toBe(1);
    }));
});

describe('configured or tagged', () => {
  test.each([
    ['detach', undefined, 'detach', 0],
    ['terminate', undefined, 'terminate', 1],
    ['auto', 'detach', 'detach', 0],
    ['auto', 'terminate', 'terminate', 1],
  ] as const)('%s, and by the tag %s: %s', (leaveBy, tag, way, calls) =>
    withFunctions({ settings: { leaveBy } }, async (functions) => {
      expect(await describedIn(functions, [], tag)).toMatchObject({ leaveBy: way });
      expect(functions.app.aws.apiCalls.DescribeLifecycleHooks ?? 0).toBe(calls);
    }),
  );

  it('to detach, a group with a hook is detached from', () =>
    withFunctions({ settings: { leaveBy: 'detach' } }, async (functions) => {
      expect(await describedIn(functions, [terminating(60)])).toMatchObject({ leaveBy: 'detach' });
    }));

  it('a tag that cannot be followed is reported', () =>
    withFunctions({ settings: { leaveBy: 'detach' } }, async (functions) => {
      expect(await describedIn(functions, [], 'terminate')).toMatchObject({
        leaveBy: 'detach',
        unreadableTags: ['spot-interruption-handler:leave-by'],
      });
    }));
});

describe('where the hooks cannot be read', () => {
  const unknown = { intercept: failing('DescribeLifecycleHooks', { kind: 'internal' } as const) };

  it('it is tried again at first, as detaching would skip them', () =>
    withFunctions(unknown, async (functions) => {
      await expect(describedIn(functions, [terminating(60)])).rejects.toMatchObject({ name: 'InternalFailure' });
    }));

  it('the instance is detached in the end, and it is said', () =>
    withFunctions(unknown, async (functions) => {
      const group = createWeb(functions.app, { lifecycleHooks: [terminating(60)] });
      await functions.app.time.runFor(hooksPatienceSeconds * 1000);
      expect(await described(functions, instanceId(group))).toMatchObject({ leaveBy: 'detach', hooksUnknown: true });
    }));

  it('an instance that is to be terminated anyway is terminated at once', () =>
    withFunctions({ ...unknown, settings: { leaveBy: 'terminate' } }, async (functions) => {
      expect(await describedIn(functions, [terminating(60)])).toMatchObject({ leaveBy: 'terminate' });
    }));
});

function describedIn(functions: Functions, lifecycleHooks: readonly LifecycleHookOptions[], tag?: string) {
  const tags = tag === undefined ? {} : { 'spot-interruption-handler:leave-by': tag };
  return described(functions, instanceId(createWeb(functions.app, { lifecycleHooks, tags })));
}

/** Noticed at the world's beginning. */
function described({ describeInstance, settled }: Functions, id = 'none') {
  const execution = {
    arn: `arn:aws:states:us-east-2:123456789012:execution:spot:${id}`,
    startedAt: '2026-01-01T00:00:00.000Z',
  };
  return settled(
    describeInstance({ event: { time: '2026-01-01T00:00:00Z', detail: { 'instance-id': id } }, execution }),
  );
}
