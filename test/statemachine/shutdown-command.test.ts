import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import { type InProcessApp, type InProcessAppOptions, inProcessApp } from '../../simulator/account/in-process-app.ts';
import type { AutoScalingGroup } from '../../simulator/aws/index.ts';
import type { JsonObject } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { createWeb, defaultSettings, failing, instanceId, interrupt, visited } from '../support/handling.ts';

const states = ['SendShutdownCommand', 'SendShutdownCommandWithoutParameters', 'ShutdownCommandFailed'];
const definition: JsonObject = JSON.parse(JSON.stringify(exportedDefinition({ shutdownDocuments: ['shut-down'] })));

/** Workers, whose group has no load balancer, and the document `shut-down`. */
function withWorkers(
  work: (app: InProcessApp, group: AutoScalingGroup) => Promise<void>,
  {
    parameters = ['AutoScalingGroupName', 'InstanceId', 'ReclaimAt'],
    ...options
  }: Partial<InProcessAppOptions> & {
    readonly parameters?: readonly string[];
  } = {},
): Promise<void> {
  const settings = { ...defaultSettings, shutdownDocument: 'shut-down' };
  return inProcessApp(
    { definition, functions: (clients) => handlerFunctions(clients, settings), ...options },
    (app) => {
      app.aws.systemsManager.createDocument({ name: 'shut-down', parameters });
      return work(app, createWeb(app, { instances: 4, targetGroups: [] }));
    },
  );
}

it('is valid Amazon States Language', () => {
  const { isValid, errorsText } = validate(definition, { checkArn: true, checkPaths: true });
  expect(isValid ? '' : errorsText('\n')).toBe('');
});

it.each([
  ['by default', {}],
  ['in a dry run', { shutdownDocuments: ['shut-down'], dryRun: true }],
])('%s there is no state for it', (_, variant) => {
  expect(Object.keys(exportedDefinition(variant).States).filter((name) => states.includes(name))).toEqual([]);
});

describe('an instance that has left', () => {
  it('is sent the document with what it may need to know', () =>
    withWorkers(async (app, group) => {
      const id = instanceId(group);
      const [execution] = await interrupt(app, group, 0);
      expect(app.aws.systemsManager.commands).toMatchObject([
        {
          documentName: 'shut-down',
          instanceIds: [id],
          parameters: { AutoScalingGroupName: ['web'], InstanceId: [id], ReclaimAt: ['2026-01-01T00:02:00.000Z'] },
        },
      ]);
      expect(execution?.output).toMatchObject({
        shutdownCommand: { commandId: app.aws.systemsManager.commands[0]?.id },
      });
    }));

  it('is sent it at once', () =>
    withWorkers(async (app, group) => {
      let leftAt = 0;
      app.aws.onChange((change) => {
        if (change.kind === 'lifecycle' && change.to === 'Detaching') leftAt = change.at.getTime();
      });
      await interrupt(app, group, 0);
      const [command] = app.aws.systemsManager.commands;
      expect((command?.sentAt.getTime() ?? 0) - leftAt).toBeLessThan(1000);
    }));

  it('is sent it without parameters where the document takes none', () =>
    withWorkers(
      async (app, group) => {
        const [execution] = await interrupt(app, group, 0);
        expect(app.aws.systemsManager.commands).toMatchObject([{ documentName: 'shut-down', parameters: {} }]);
        expect(execution?.finalState).toBe('Handled');
      },
      { parameters: [] },
    ));

  it('with others, by whichever execution, is sent it by detachBy, once', () =>
    withWorkers(async (app, group) => {
      const ids = [0, 1, 2, 3].map((index) => instanceId(group, index));
      const executions = await interrupt(app, group, 0, 1, 2, 3);
      const { commands } = app.aws.systemsManager;
      expect(commands.flatMap(({ instanceIds }) => instanceIds).toSorted()).toEqual(ids.toSorted());
      expect(commands.filter(({ sentAt }) => sentAt.getTime() > Date.parse('2026-01-01T00:01:30.000Z'))).toEqual([]);
      expect(executions.map(({ finalState }) => finalState)).toEqual(Array(4).fill('Handled'));
    }));
});

describe('a command that cannot be sent', () => {
  it('because there is no agent is shown and counted, and the instance is handled', () =>
    withWorkers(async (app, group) => {
      app.aws.systemsManager.removeAgent(instanceId(group));
      const [execution] = await interrupt(app, group, 0);
      expect(execution && visited(execution)).toContain('ShutdownCommandFailed');
      expect(execution).toMatchObject({
        finalState: 'Handled',
        output: {
          shutdownCommand: { Error: 'Ssm.InvalidInstanceIdException' },
          capacity: { shutdownFailureCounted: true },
        },
      });
      expect(app.aws.apiCalls.SendCommand).toBe(1);
    }));

  it.each([
    ['is throttled', { kind: 'throttle' }, 'Ssm.SsmException'],
    ['fails', { kind: 'internal' }, 'Ssm.SsmException'],
    ['is never answered', { kind: 'timeout-before', seconds: 3 }, 'Ssm.SdkClientException'],
  ] as const)('because it %s is tried three times, and the instance is handled', (_, fault, error) =>
    withWorkers(
      async (app, group) => {
        const [execution] = await interrupt(app, group, 0);
        expect(execution).toMatchObject({ finalState: 'Handled', output: { shutdownCommand: { Error: error } } });
        expect(app.aws.apiCalls.SendCommand).toBe(3);
        expect(group.desiredCapacity).toBe(4);
      },
      { intercept: failing('SendCommand', fault) },
    ),
  );

  it('without parameters either is shown, too', () =>
    withWorkers(
      async (app, group) => {
        app.aws.systemsManager.removeAgent(instanceId(group));
        const [execution] = await interrupt(app, group, 0);
        expect(execution && visited(execution)).toEqual(expect.arrayContaining(states));
        expect(execution?.finalState).toBe('Handled');
      },
      { parameters: ['ReclaimAt'] },
    ));
});

it('an instance that somebody else took away is sent nothing', () =>
  withWorkers(async (app, group) => {
    const execution = app.start(app.aws.interrupt(instanceId(group)));
    await app.time.runFor(10_000);
    group.terminateInstance(instanceId(group));
    await app.untilAllEnded();
    expect(execution.finalState).toBe('AlreadyDetached');
    expect(app.aws.systemsManager.commands).toEqual([]);
  }));
