import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import { type InProcessApp, type InProcessAppOptions, inProcessApp } from '../../simulator/account/in-process-app.ts';
import { isJsonObject, type JsonObject, type JsonValue, objectAt } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { createWeb, defaultSettings, failing, instanceId, interrupt, visited } from '../support/handling.ts';

const withTopic = exportedDefinition({ notificationTopicName: 'alerts' });
const ofAll = exportedDefinition({ notificationTopicName: 'alerts', notify: 'all' });
const topicArn = 'arn:aws:sns:us-east-2:123456789012:alerts';

/** The workflow with a topic. The simulator knows no SNS, so a function stands in for sns:publish, and keeps what it gets. */
async function notifying(
  options: Pick<InProcessAppOptions, 'intercept'>,
  work: (app: InProcessApp) => Promise<unknown>,
  exported = withTopic,
): Promise<JsonObject[]> {
  const published: JsonObject[] = [];
  const definition: JsonObject = JSON.parse(
    JSON.stringify(exported).replaceAll(
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

/** What a chat channel shows. */
function shown(message: JsonObject | undefined): unknown {
  return JSON.parse(String(objectAt(message, 'Message').default));
}

it.each([
  ['failures', withTopic],
  ['all', ofAll],
])('is valid Amazon States Language: told of %s', (_, definition) => {
  const { isValid, errorsText } = validate(definition, { checkArn: true, checkPaths: true });
  expect(isValid ? '' : errorsText('\n')).toBe('');
});

it('says which instance of which group was not handled, why, and where to look', async () => {
  let id = '';
  const messages = await notifying({ intercept: failing('DetachInstances', { kind: 'throttle' }) }, async (app) => {
    const group = createWeb(app, { instances: 2 });
    id = instanceId(group);
    await interrupt(app, group, 0);
  });
  const title = `Spot interruption of ${id} was not handled`;
  const description = expect.stringMatching(
    new RegExp(
      `^The interrupted instance ${id} was not taken out of its Auto Scaling group web, because of Throttling: .+ - ` +
        'The execution: https://us-east-2\\.console\\.aws\\.amazon\\.com/states/home\\?region=us-east-2#/v2/executions/' +
        'details/arn:aws:states:us-east-2:123456789012:execution:spot-interruption:execution-1 - ' +
        `The notice: .*"instance-id":"${id}"`,
    ),
  );
  expect(messages).toMatchObject([
    { TopicArn: topicArn, Subject: title, MessageStructure: 'json', Message: { email: description } },
  ]);
  const { email } = objectAt(messages[0], 'Message');
  const notification = {
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title, description: email },
    metadata: { threadId: 'web', summary: title },
  };
  // The interpreter drops the backslashes of what States.JsonToString makes; Step Functions does not.
  const withoutBackslashes = JSON.stringify(notification).replaceAll('\\', '');
  expect(objectAt(messages[0], 'Message').default).toBe(withoutBackslashes);
});

it('shows the notice where DescribeInstance could not read it', async () => {
  const [message] = await notifying({}, (app) => app.execute({ detail: { 'instance-id': 'web-1' } }));
  expect(message).toMatchObject({
    Subject: 'Spot interruption of unknown was not handled',
    Message: {
      email: expect.stringMatching(/because of InvalidEvent: .* - The notice: {"detail":{"instance-id":"web-1"}}$/),
    },
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

describe('of a handling that succeeds, where that is asked for', () => {
  it('is sent, with what is handled', async () => {
    let id = '';
    const work = async (app: InProcessApp) => {
      const group = createWeb(app, { instances: 2 });
      id = instanceId(group);
      const [execution] = await interrupt(app, group, 0);
      expect(execution && visited(execution).slice(-2)).toEqual(['NotifyOfSuccess', 'Handled']);
    };
    const messages = await notifying({}, work, ofAll);
    expect(messages).toMatchObject([{ Subject: `Interruption of ${id} was handled` }]);
    expect(shown(messages[0])).toMatchObject({
      content: {
        title: `Interruption of ${id} was handled`,
        description: expect.stringContaining(
          `The instance ${id} of the Auto Scaling group web was handled. Signal: Spot interruption at `,
        ),
      },
    });
  });

  it('is not sent of an instance that is left alone', async () => {
    const messages = await notifying({}, (app) => app.execute(app.aws.interrupt(app.aws.createInstance())), ofAll);
    expect(messages).toEqual([]);
  });

  it('that fails leaves the handling a success', () => {
    const intercept: NonNullable<InProcessAppOptions['intercept']> = ({ service, parameters }) =>
      service === 'lambda' && parameters.FunctionName === 'publish' ? { kind: 'internal' } : undefined;
    const work = async (app: InProcessApp) => {
      const [execution] = await interrupt(app, createWeb(app, { instances: 2 }), 0);
      expect(execution?.finalState).toBe('Handled');
    };
    return notifying({ intercept }, work, ofAll);
  });

  it('says of a dry run that it would have been handled', () => {
    const dryRun = exportedDefinition({ notificationTopicName: 'alerts', notify: 'all', dryRun: true });
    expect(JSON.stringify(dryRun.States)).toContain('would have been handled (dry run)');
  });
});
