import { describe, expect, it } from 'vitest';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import { type InProcessApp, type InProcessAppOptions, inProcessApp } from '../../simulator/account/in-process-app.ts';
import type { GroupOptions } from '../../simulator/aws/index.ts';
import type { Execution } from '../../simulator/aws/step-functions/workflow-runner.ts';
import type { JsonObject } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { createWeb, defaultSettings, failing, instanceId, outputOf, visited } from '../support/handling.ts';

const minutes = 5;

describe('a detached instance that EC2 does not reclaim', () => {
  it('is terminated when the minutes are over', () =>
    started({}, {}, async (app, execution, id) => {
      await app.time.runFor((minutes - 1) * 60_000);
      expect([execution.status, app.aws.isRunning(id)]).toEqual(['RUNNING', true]);
      await app.untilAllEnded();
      expect([execution.finalState, app.aws.isRunning(id)]).toEqual(['Handled', false]);
      expect(visited(execution).slice(-5)).toEqual([
        'WaitForReclaim',
        'FindInGroups',
        'InNoGroup?',
        'TerminateLeftBehind',
        'Handled',
      ]);
    }));

  it('is left alone where somebody has attached it to a group again', () =>
    started({}, {}, async (app, execution, id) => {
      await app.time.runFor(60_000);
      app.aws.createGroup({ name: 'again', instances: 0, maxSize: 1 });
      attach(app, id);
      await app.untilAllEnded();
      expect([execution.finalState, app.aws.isRunning(id)]).toEqual(['Handled', true]);
      expect(visited(execution)).not.toContain('TerminateLeftBehind');
    }));

  it.each(['DescribeAutoScalingInstances', 'TerminateInstances'])(
    'is handled, too, where %s fails, and runs on',
    (action) => {
      const isWorkflows = (call: { readonly parameters: Readonly<Record<string, unknown>> }) =>
        Array.isArray(call.parameters.InstanceIds);
      return started(
        { intercept: failing(action, { kind: 'internal' }, isWorkflows) },
        {},
        async (app, execution, id) => {
          await app.untilAllEnded();
          expect([execution.finalState, app.aws.isRunning(id)]).toEqual(['Handled', true]);
          expect(outputOf(execution, 'leftBehindError')).toMatchObject({ Error: expect.stringMatching(/Exception$/) });
        },
      );
    },
  );
});

it('nothing is waited for where the group terminates its instances itself', () =>
  started({}, { lifecycleHooks: [{ name: 'upload', transition: 'terminating' }] }, async (app, execution) => {
    await app.untilAllEnded();
    expect(visited(execution).slice(-2)).toEqual(['Detached?', 'Handled']);
  }));

it('nothing is there for it in a dry run, which detaches nothing', () => {
  const { States } = exportedDefinition({ dryRun: true, terminateLeftBehindAfterMinutes: minutes });
  expect(States).toEqual(exportedDefinition({ dryRun: true }).States);
});

/** One of two, of which one has to serve: it leaves at once, and there is no notice of EC2's. */
function started(
  options: Pick<InProcessAppOptions, 'intercept'>,
  group: Partial<GroupOptions>,
  work: (app: InProcessApp, execution: Execution, id: string) => Promise<void>,
): Promise<void> {
  const definition: JsonObject = JSON.parse(
    JSON.stringify(exportedDefinition({ terminateLeftBehindAfterMinutes: minutes })),
  );
  const functions: InProcessAppOptions['functions'] = (clients) => handlerFunctions(clients, defaultSettings);
  return inProcessApp({ definition, functions, ...options }, async (app) => {
    const tags = { 'spot-interruption-handler:min-serving': '1' };
    const id = instanceId(createWeb(app, { instances: 2, tags, ...group }));
    await work(app, app.start({ detail: { 'instance-id': id } }), id);
  });
}

/** The simulated group has no AttachInstances: it is as if the other group had it. */
function attach({ aws }: InProcessApp, id: string): void {
  const again = aws.group('again');
  const member = { id, lifecycleState: 'InService' };
  Object.defineProperty(again, 'instances', { get: () => [member] });
}
