import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../functions/configuration/settings.ts';
import { settlingSeconds } from '../../functions/shared/timing.ts';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import { type InProcessApp, inProcessApp } from '../../simulator/account/in-process-app.ts';
import type { AutoScalingGroup, GroupOptions } from '../../simulator/aws/index.ts';
import type { Execution } from '../../simulator/aws/step-functions/workflow-runner.ts';
import type { JsonObject } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { createWeb, defaultSettings, handling, instanceId, visited } from '../support/handling.ts';

const states = ['NoticeTookOver', 'NotReplaced'];
const rebalance: NonNullable<Settings['rebalance']> = { budget: { kind: 'share', percent: 10 }, timeoutMinutes: 15 };
const definition: JsonObject = JSON.parse(JSON.stringify(exportedDefinition({ rebalanceTimeoutMinutes: 15 })));

interface World {
  readonly app: InProcessApp;
  readonly group: AutoScalingGroup;
  /** EC2 recommends to replace the group's first instances. */
  recommend(count: number): readonly Execution[];
  /** In seconds since the beginning, by instance id. */
  readonly leftAt: ReadonlyMap<string, number>;
}

/** A group of ten, whose replacements serve after about 55 s. */
function replacing(group: Partial<GroupOptions>, work: (world: World) => Promise<void>): Promise<void> {
  const settings = { ...defaultSettings, rebalance };
  return inProcessApp({ definition, functions: (clients) => handlerFunctions(clients, settings) }, async (app) => {
    const startedAt = Date.now();
    const leftAt = new Map<string, number>();
    app.aws.onChange((change) => {
      if (change.kind !== 'lifecycle' || change.to !== 'Detaching') return;
      leftAt.set(change.instanceId, (change.at.getTime() - startedAt) / 1000);
    });
    const web = createWeb(app, { instances: 10, launchSeconds: 40, ...group });
    const ids = web.instances.map(({ id }) => id);
    const recommend = (count: number) => ids.slice(0, count).map((id) => app.start(app.aws.recommendRebalance(id)));
    await work({ app, group: web, recommend, leftAt });
  });
}

it('is valid Amazon States Language', () => {
  const { isValid, errorsText } = validate(definition, { checkArn: true, checkPaths: true });
  expect(isValid ? '' : errorsText('\n')).toBe('');
});

it('has no state by default', () => {
  expect(Object.keys(exportedDefinition().States).filter((name) => states.includes(name))).toEqual([]);
});

it('is left alone where recommendations are ignored, even if it is started by hand', () =>
  handling({}, async (app) => {
    const group = createWeb(app, { instances: 2 });
    const execution = await app.execute(app.aws.recommendRebalance(instanceId(group)));
    expect(execution).toMatchObject({
      finalState: 'NotManaged',
      output: { interruption: { reason: 'rebalance recommendations are ignored' } },
    });
  }));

describe('a recommended instance', () => {
  it('leaves when its replacement serves, and takes its raise along', () =>
    replacing({}, async ({ app, group, leftAt, recommend }) => {
      const [execution] = recommend(1);
      const id = instanceId(group);
      let least = Number.POSITIVE_INFINITY;
      app.aws.onChange(() => {
        least = Math.min(least, group.snapshot().serving);
      });
      await app.untilAllEnded();
      expect(execution).toMatchObject({
        finalState: 'Handled',
        output: { detachment: { how: { reason: 'replaced on a recommendation', decremented: true } } },
      });
      expect(leftAt.get(id)).toBeGreaterThan(50);
      expect([least, group.desiredCapacity]).toEqual([10, 10]);
    }));

  it('is replaced first even where the floor would hold without it', () =>
    replacing(
      { tags: { 'spot-interruption-handler:min-serving': '50%' } },
      async ({ app, group, leftAt, recommend }) => {
        recommend(1);
        const id = instanceId(group);
        await app.untilAllEnded();
        expect(leftAt.get(id)).toBeGreaterThan(50);
      },
    ));

  it('stays where no replacement comes, and the raise is taken back after the timeout', () =>
    replacing({ launchSeconds: 'never' }, async ({ app, group, leftAt, recommend }) => {
      const [execution] = recommend(1);
      await app.time.runFor(14 * 60_000);
      expect(group.desiredCapacity).toBe(11);
      await app.untilAllEnded();
      expect(execution?.finalState).toBe('NotReplaced');
      expect(
        execution && (Date.parse(execution.stoppedAt ?? '') - Date.parse(execution.startedAt)) / 1000,
      ).toBeLessThan(15 * 60 + settlingSeconds);
      expect([group.desiredCapacity, leftAt.size]).toEqual([10, 0]);
    }));

  it('stays at MaxSize, since it never gives way', () =>
    replacing({ maxSize: 10 }, async ({ app, group, leftAt, recommend }) => {
      const [execution] = recommend(1);
      await app.untilAllEnded();
      expect(execution?.finalState).toBe('NotReplaced');
      expect([group.desiredCapacity, leftAt.size]).toEqual([10, 0]);
    }));

  it('is left alone where it is protected from scale-in', () =>
    replacing({ instances: [{ protectedFromScaleIn: true }] }, async ({ app, recommend }) => {
      const [execution] = recommend(1);
      await app.untilAllEnded();
      expect(execution).toMatchObject({
        finalState: 'NotManaged',
        output: { interruption: { reason: 'protected from scale-in, and so not replaced on a recommendation' } },
      });
    }));
});

it('is replaced with others within the budget only, in turn', () =>
  replacing({}, async ({ app, group, leftAt, recommend }) => {
    const executions = recommend(3);
    let most = 0;
    app.aws.onChange(() => {
      most = Math.max(most, group.desiredCapacity);
    });
    await app.untilAllEnded();
    expect(executions.map(({ finalState }) => finalState)).toEqual(Array(3).fill('Handled'));
    const [first = 0, second = 0, third = 0] = [...leftAt.values()];
    expect([second - first, third - second].every((seconds) => seconds > 50)).toBe(true);
    expect([most, group.desiredCapacity]).toEqual([11, 10]);
  }));

describe('a notice for the same instance', () => {
  it('takes over within a second, with the raise', () =>
    replacing({}, async ({ app, group, leftAt, recommend }) => {
      const id = instanceId(group);
      const [recommended] = recommend(1);
      await app.time.runFor(30_000);
      const noticed = app.start(app.aws.interrupt(id));
      await app.time.runFor(1000);
      const [item] = (await app.time.runUntilSettled(app.dynamoDb.items('interruptions'))).filter(
        ({ instanceId: key }) => JSON.stringify(key) === JSON.stringify({ S: id }),
      );
      expect(item).toMatchObject({ executionArn: { S: noticed.arn }, recommended: { N: '0' } });
      await app.untilAllEnded();
      expect([recommended?.finalState, noticed.finalState]).toEqual(['NoticeTookOver', 'Handled']);
      // The replacement that the recommendation had raised for: no second launch was waited for.
      expect(leftAt.get(id)).toBeLessThan(30 + 45);
      expect([app.aws.apiCalls.SetDesiredCapacity, group.desiredCapacity]).toEqual([1, 10]);
    }));

  it('that came before it is not disturbed', () =>
    replacing({}, async ({ app, group, recommend }) => {
      const noticed = app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(5000);
      const [recommended] = recommend(1);
      await app.untilAllEnded();
      expect([recommended?.finalState, noticed.finalState]).toEqual(['DuplicateNotice', 'Handled']);
    }));

  it('that comes after it has left finds it in no group', () =>
    replacing({}, async ({ app, group, recommend }) => {
      const id = instanceId(group);
      recommend(1);
      await app.untilAllEnded();
      const noticed = await app.execute(app.aws.interrupt(id));
      expect(noticed.finalState).toBe('NotManaged');
    }));
});

it('waits for an instance with a notice to leave first', () =>
  replacing({ maxSize: 11 }, async ({ app, group, leftAt, recommend }) => {
    const [recommended, interrupted] = [instanceId(group, 0), instanceId(group, 1)];
    recommend(1);
    app.start(app.aws.interrupt(interrupted));
    await app.untilAllEnded();
    expect([...leftAt.keys()]).toEqual([interrupted, recommended]);
    expect(group.desiredCapacity).toBe(10);
  }));

it('never leaves by an outage, and is no failure after it', async () => {
  const settings = { ...defaultSettings, rebalance };
  const intercept = ({ service, parameters }: { service: string; parameters: Readonly<Record<string, unknown>> }) =>
    service === 'lambda' && parameters.FunctionName === 'check-capacity' ? ({ kind: 'internal' } as const) : undefined;
  const functions: Parameters<typeof inProcessApp>[0]['functions'] = (clients) => handlerFunctions(clients, settings);
  await inProcessApp({ definition, functions, intercept }, async (app) => {
    const group = createWeb(app, { instances: 10 });
    const execution = await app.execute(app.aws.recommendRebalance(instanceId(group)));
    expect(visited(execution)).not.toContain('DetachInstances');
    expect(execution.finalState).toBe('NotReplaced');
  });
});
