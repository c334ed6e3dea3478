import { describe, expect, it } from 'vitest';
import type { Settings } from '../../functions/configuration/settings.ts';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import { type InProcessApp, inProcessApp } from '../../simulator/account/in-process-app.ts';
import type { GroupOptions } from '../../simulator/aws/index.ts';
import type { JsonObject } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { createWeb, defaultSettings, instanceId, interrupt, outputOf, visited } from '../support/handling.ts';

const definition: JsonObject = JSON.parse(JSON.stringify(exportedDefinition({ dryRun: true })));
const settings: Settings = { ...defaultSettings, dryRun: true };

function dryRun<T>(work: (app: InProcessApp) => Promise<T>): Promise<T> {
  return inProcessApp({ definition, functions: (clients) => handlerFunctions(clients, settings) }, work);
}

/** With it one of ten may leave at once. */
const lowFloor = { tags: { 'spot-interruption-handler:min-serving': '90%' } };

describe.each<[string, Partial<GroupOptions>, number[]]>([
  ['1 of 1', {}, [0]],
  ['2 of 2', { instances: 2 }, [0, 1]],
  ['1 of 10', { instances: 10, ...lowFloor }, [0]],
  ['1 of 1 at MaxSize', { maxSize: 1 }, [0]],
  ['3 of 3 with MinSize = MaxSize', { instances: 3, minSize: 3, maxSize: 3 }, [0, 1, 2]],
  ['1 of 1 while Launch is suspended', { suspendedProcesses: ['Launch'] }, [0]],
])('a dry run of %s', (_, options, indexes) => {
  it('never calls SetDesiredCapacity or DetachInstances', () =>
    dryRun(async (app) => {
      await interrupt(app, createWeb(app, options), ...indexes);
      expect(app.aws.apiCalls).not.toHaveProperty('SetDesiredCapacity');
      expect(app.aws.apiCalls).not.toHaveProperty('DetachInstances');
    }));

  it('ends every execution in Handled', () =>
    dryRun(async (app) => {
      const executions = await interrupt(app, createWeb(app, options), ...indexes);
      expect(executions.map(({ finalState }) => finalState)).toEqual(indexes.map(() => 'Handled'));
    }));
});

describe('a dry run says', () => {
  it('to what it would have raised, and does not wait for a replacement', () =>
    dryRun(async (app) => {
      const [execution] = await interrupt(app, createWeb(app, {}), 0);
      expect(execution && outputOf(execution, 'scaleOut')).toEqual({ from: 1, to: 2, dryRun: true });
      expect(execution && visited(execution).slice(-3)).toEqual(['SetDesiredCapacity', 'WouldRaise?', 'Handled']);
    }));

  it('that its instance would have left, as the floor holds without it', () =>
    dryRun(async (app) => {
      const [execution] = await interrupt(app, createWeb(app, { instances: 10, ...lowFloor }), 0);
      expect(execution && outputOf(execution, 'detachment')).toMatchObject({
        left: true,
        how: { decremented: false, reason: 'the floor holds without it' },
        dryRun: true,
      });
    }));

  it('that it would have given way at MaxSize', () =>
    dryRun(async (app) => {
      const [execution] = await interrupt(app, createWeb(app, { maxSize: 1 }), 0);
      expect(execution && outputOf(execution, 'detachment')).toMatchObject({
        how: { reason: 'gave way at MaxSize' },
        dryRun: true,
      });
    }));

  it('that it would have left at the deadline', () =>
    dryRun(async (app) => {
      const [execution] = await interrupt(app, createWeb(app, { suspendedProcesses: ['Launch'] }), 0);
      expect(execution && outputOf(execution, 'detachment')).toMatchObject({
        how: { reason: 'deadline' },
        dryRun: true,
      });
    }));
});

describe('a dry run notes', () => {
  it('no raise, neither as pending nor as made', () =>
    dryRun(async (app) => {
      await interrupt(app, createWeb(app, {}), 0);
      expect(await itemsOf(app)).not.toMatch(/"(raised|known|pending|changedAt|holder)"/);
    }));

  it('nobody as having left', () =>
    dryRun(async (app) => {
      await interrupt(app, createWeb(app, { maxSize: 1 }), 0);
      expect(await itemsOf(app)).not.toContain('departure');
    }));

  it('that the instance is interrupted, so that a duplicate ends as one', () =>
    dryRun(async (app) => {
      const event = app.aws.interrupt(instanceId(createWeb(app, { instances: 10 })));
      await app.execute(event);
      expect((await app.execute(event)).finalState).toBe('DuplicateNotice');
    }));
});

/** All that is written about the group, as text. */
async function itemsOf(app: InProcessApp): Promise<string> {
  const items = await app.time.runUntilSettled(
    app.dynamoDb.callFromWorkflow('Query', {
      TableName: settings.tableName,
      KeyConditionExpression: 'autoScalingGroupName = :group',
      ExpressionAttributeValues: { ':group': { S: 'web' } },
    }),
  );
  return JSON.stringify(items);
}
