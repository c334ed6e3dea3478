import validate from 'asl-validator';
import { expect, it } from 'vitest';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import { type InProcessApp, type InProcessAppOptions, inProcessApp } from '../../simulator/account/in-process-app.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { createWeb, defaultSettings, failing, instanceId, interrupt, visited } from '../support/handling.ts';

const withTopic = exportedDefinition({ notificationTopicName: 'alerts' });
const topicArn = 'arn:aws:sns:us-east-2:123456789012:alerts';

/** The workflow with a topic. The simulator knows no SNS, so a function stands in for sns:publish, and keeps what it gets. */
async function notifying(
  options: Pick<InProcessAppOptions, 'intercept'>,
  work: (app: InProcessApp) => Promise<unknown>,
): Promise<JsonObject[]> {
  const published: JsonObject[] = [];
  const definition: JsonObject = JSON.parse(
    JSON.stringify(withTopic).replace(
      '"arn:aws:states:::sns:publish"',
      '"arn:aws:lambda:us-east-2:123456789012:function:publish"',
    ),
  );
  const publish = async (message: JsonValue) => {
    if (isJsonObject(message)) published.push(message);
    return { MessageId: '1' };
  };
  const functions: InProcessAppOptions['functions'] = (clients) => ({
    ...handlerFunctions(clients, defaultSettings),
    publish: { handler: publish },
  });
  await inProcessApp({ definition, functions, ...options }, work);
  return published;
}

it('is valid Amazon States Language', () => {
  const { isValid, errorsText } = validate(withTopic, { checkArn: true, checkPaths: true });
  expect(isValid ? '' : errorsText('\n')).toBe('');
});

it('says which instance of which group was not handled, why, and where to look', async () => {
  let id = '';
  const messages = await notifying({ intercept: failing('DetachInstances', { kind: 'throttle' }) }, async (app) => {
    const group = createWeb(app, { instances: 2 });
    id = instanceId(group);
    await interrupt(app, group, 0);
  });
  expect(messages).toEqual([
    {
      TopicArn: topicArn,
      Subject: `Spot interruption of ${id} was not handled`,
      Message: expect.stringMatching(
        new RegExp(
          `^The interrupted Spot Instance ${id} was not taken out of its Auto Scaling group web, because of Throttling: .+ - ` +
            'The execution: https://us-east-2\\.console\\.aws\\.amazon\\.com/states/home\\?region=us-east-2#/v2/executions/' +
            'details/arn:aws:states:us-east-2:123456789012:execution:spot-interruption:execution-1 - ' +
            `The notice: .*"instance-id":"${id}"`,
        ),
      ),
    },
  ]);
});

it('shows the notice where DescribeInstance could not read it', async () => {
  const [message] = await notifying({}, (app) => app.execute({ detail: { 'instance-id': 'web-1' } }));
  expect(message).toMatchObject({
    Subject: 'Spot interruption of unknown was not handled',
    Message: expect.stringMatching(/because of InvalidEvent: .* - The notice: {"detail":{"instance-id":"web-1"}}$/),
  });
});

it('is sent for a payload that is not even an object', async () => {
  const messages = await notifying({}, (app) => app.execute('web-1'));
  expect(messages).toHaveLength(1);
});

it('leaves the execution failed with the error of the handling', () =>
  notifying({ intercept: failing('DetachInstances', { kind: 'throttle' }) }, async (app) => {
    const [execution] = await interrupt(app, createWeb(app, { instances: 2 }), 0);
    expect(execution && visited(execution).slice(-2)).toEqual(['NotifyOfFailure', 'HandlingFailed']);
    expect(execution?.error).toBe('Throttling');
  }));

it('that fails leaves the execution failed with the error of the handling', () => {
  const intercept: NonNullable<InProcessAppOptions['intercept']> = ({ service, parameters }) =>
    service === 'lambda' && JSON.stringify(parameters).includes('"publish"') ? { kind: 'internal' } : undefined;
  return notifying({ intercept }, async (app) => {
    const execution = await app.execute('web-1');
    expect([execution.finalState, execution.error]).toEqual(['HandlingFailed', 'InvalidEvent']);
  });
});

it('is not sent of a handling that succeeds', async () => {
  const messages = await notifying({}, (app) => interrupt(app, createWeb(app, { instances: 2 }), 0));
  expect(messages).toEqual([]);
});
