import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { limits, problemsOf } from '../../../functions/configuration/handler-config.ts';
import { minServingOf } from '../../../functions/configuration/values.ts';
import { functionNames } from '../../../functions/shared/contract.ts';
import { configFromContext } from '../../../infra/context.ts';
import { SpotInterruptionStack, type SpotInterruptionStackProps } from '../../../infra/spot-interruption-stack.ts';
import { isObject, type JsonObject } from '../../../packaging/template/json.ts';
import { cloudFormationTemplate } from '../../../packaging/template/template.ts';
import { createApp, createValidatedApp } from '../../infra/synthesis.ts';
import { brokenRules, deployedResources } from './deployed.ts';

const template = cloudFormationTemplate();
const folder = mkdtempSync(join(tmpdir(), 'template-'));
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const groupTag = { key: 'spot-handler', value: 'yes=1' };
const tagParameters = { GroupTagKey: groupTag.key, GroupTagValue: groupTag.value };
const email = 'ops@example.com';
const topicArn = 'arn:aws:sns:eu-west-1:123456789012:alerts';
const byEmail = { notifications: { emails: [email] } };
const byTopic = { notifications: { topicArn, emails: [] } };

describe('deployed with parameters, the resources are those that CDK synthesizes with the same configuration', () => {
  test.each<[string, Record<string, string>, SpotInterruptionStackProps]>([
    ['the defaults', {}, {}],
    ['a floor', { MinServing: '2' }, { minServing: 2 }],
    ['another pace', { PollSeconds: '5', DrainSeconds: '90' }, { pollSeconds: 5, drainSeconds: 90 }],
    ['a group tag', tagParameters, { groupTag }],
    ['service-managed groups', { IncludeServiceManagedGroups: 'true' }, { includeServiceManagedGroups: true }],
    ['a dry run', { DryRun: 'true' }, { dryRun: true }],
    ['an address', { NotificationEmail: email }, byEmail],
    ['a topic', { NotificationTopicArn: topicArn }, byTopic],
    ['logs for a week', { LogRetentionDays: '7' }, { logRetention: 7 }],
    [
      'a dry run with a tag and a topic',
      { ...tagParameters, DryRun: 'true', NotificationTopicArn: topicArn },
      { groupTag, dryRun: true, ...byTopic },
    ],
    ['a tag and an address', { ...tagParameters, NotificationEmail: email }, { groupTag, ...byEmail }],
  ])('%s', (_, parameters, props) => {
    const deployed = deployedResources(template, { ...parameters, 'AWS::StackName': 'SpotInterruptionHandler' });
    expect(comparable(deployed)).toEqual(comparable(deployedResources(synthesized(props))));
  });
});

describe('the template', () => {
  test('needs neither a bootstrapped account nor assets of CDK', () => {
    const text = JSON.stringify(template);
    expect(text).not.toMatch(/bootstrap|cdk-hnb659fds|aws:cdk|S3Bucket/i);
  });

  test('names the folder of each function, for the AWS CLI to upload', () => {
    const functions = Object.values(deployedResources(template)).filter(
      (resource) => isObject(resource) && resource.Type === 'AWS::Lambda::Function',
    );
    const codes = functions.map(
      (resource) => isObject(resource) && isObject(resource.Properties) && resource.Properties.Code,
    );
    expect(codes).toEqual(functionNames.map((name) => `./functions/${name}`));
  });

  test("passes CDK's validation against CloudFormation's rules, packaged", () => {
    const templateFile = join(folder, 'template.json');
    const uploaded = '"Code":{"S3Bucket":"bucket","S3Key":"key"}';
    writeFileSync(templateFile, JSON.stringify(template).replaceAll(/"Code":"[^"]*"/g, uploaded));
    const app = createValidatedApp();
    vi.spyOn(console, 'error').mockReturnValue();
    new CfnInclude(new Stack(app, 'Included'), 'Template', { templateFile });
    expect(() => app.synth()).not.toThrow();
  }, 300_000);

  test('has a row in docs/adopt.md for each parameter', () => {
    const document = readFileSync(new URL('../../../docs/adopt.md', import.meta.url), 'utf8');
    const rows = document.split('\n').filter((line) => line.startsWith('| `'));
    const names = Object.keys(isObject(template.Parameters) ? template.Parameters : {});
    expect(names.filter((name) => !rows.some((row) => row.split('|')[1]?.includes(`\`${name}\``)))).toEqual([]);
  });

  test('shows every parameter in the form, each once', () => {
    const { Metadata, Parameters } = template;
    const shown = [...JSON.stringify(Metadata).matchAll(/"Parameters":(\[.*?\])/g)].flatMap(([, names = '[]']) =>
      JSON.parse(names),
    );
    expect(shown.sort()).toEqual(Object.keys(isObject(Parameters) ? Parameters : {}).sort());
  });
});

describe('the parameters refuse what the configuration refuses:', () => {
  test('a floor', () => {
    const floors = ['', '0', '2', '10000', '10001', '1%', '0%', '100%', '101%', '01%', '1.5', '-1', ' 2', '99999'];
    const pattern = new RegExp(String(parameter('MinServing').AllowedPattern));
    expect(floors.filter((floor) => pattern.test(floor))).toEqual(floors.filter((floor) => minServingOf(floor)));
  });

  test('times that do not fit into the notice', () => {
    const pollSeconds = Number(parameter('PollSeconds').MaxValue);
    const drainSeconds = Number(parameter('DrainSeconds').MaxValue);
    const { handler } = configFromContext({});
    expect(drainSeconds).toBe(limits.drainSeconds.max);
    expect(problemsOf({ ...handler, drainSeconds, pollSeconds })).toEqual([]);
    expect(problemsOf({ ...handler, drainSeconds, pollSeconds: pollSeconds + 1 })).toHaveLength(1);
  });

  test.each([
    ['GroupTagKey', ['', 'team', 'Team:a/b @1'], ['aws:team', 'a=b', '*', 'a?', '$', '"', 'a\\']],
    ['GroupTagValue', ['', 'yes', 'a=b'], ['*', '"', '$x', 'a\\']],
    ['NotificationEmail', ['', email], ['ops', 'a@b.c,d@e.f']],
    ['NotificationTopicArn', ['', topicArn, topicArn.replace('aws', 'aws-us-gov')], ['alerts', `${topicArn}.fifo`]],
  ])('%s', (name, allowed, refused) => {
    const pattern = new RegExp(String(parameter(name).AllowedPattern));
    expect([...allowed, ...refused].filter((value) => pattern.test(value))).toEqual(allowed);
  });

  test('an address and a topic at once', () => {
    const both = { NotificationEmail: email, NotificationTopicArn: topicArn, GroupTagKey: '', GroupTagValue: '' };
    expect(brokenRules(template, both)).toEqual([expect.stringContaining('do not go together')]);
    expect(brokenRules(template, { ...both, NotificationEmail: '' })).toEqual([]);
  });

  test('a value for a tag without a key', () => {
    const none = { NotificationEmail: '', NotificationTopicArn: '' };
    expect(brokenRules(template, { ...none, GroupTagKey: '', GroupTagValue: 'yes' })).toEqual([
      expect.stringContaining('without GroupTagKey'),
    ]);
    expect(brokenRules(template, { ...none, ...tagParameters })).toEqual([]);
  });
});

function synthesized(props: SpotInterruptionStackProps): JsonObject {
  return Template.fromStack(new SpotInterruptionStack(createApp(), 'SpotInterruptionHandler', props)).toJSON();
}

/**
 * Without what has to differ: where the code is, the id of a subscription, which CDK makes of the address, and the line of the
 * drain window in seconds after the notice. CloudFormation hands numbers over as text.
 */
function comparable(resources: JsonObject): unknown {
  const entries = Object.entries(resources).map(([logicalId, resource]) => {
    const text = JSON.stringify(resource, (key, value) => {
      if (key === 'Code') return undefined;
      if (key === 'annotations' && JSON.stringify(value).includes('"reclaim"') === false) return undefined;
      return typeof value === 'number' ? String(value) : value;
    });
    const id = isObject(resource) && resource.Type === 'AWS::SNS::Subscription' ? 'Subscription' : logicalId;
    return [id, JSON.parse(text)];
  });
  return Object.fromEntries(entries);
}

function parameter(name: string): JsonObject {
  const { Parameters } = template;
  const found = isObject(Parameters) ? Parameters[name] : undefined;
  if (isObject(found)) return found;
  throw new Error(`There is no parameter ${name}.`);
}
