import { Template } from 'aws-cdk-lib/assertions';
import { afterEach, expect, test, vi } from 'vitest';
import { configFromContext } from '../../infra/context.ts';
import { createStacks } from '../../infra/stacks.ts';
import { createApp, text } from './synthesis.ts';

afterEach(() => vi.unstubAllEnvs());

test('without regions there is one stack for every account and region', () => {
  expect(stacksOf({})).toEqual([['SpotInterruptionHandler', 'unknown-account', 'unknown-region']]);
});

test('each region has a stack of its own name, in the account of the credentials', () => {
  vi.stubEnv('CDK_DEFAULT_ACCOUNT', '123456789012');
  expect(stacksOf({ regions: 'eu-west-1,us-east-1' })).toEqual([
    ['SpotInterruptionHandler-eu-west-1', '123456789012', 'eu-west-1'],
    ['SpotInterruptionHandler-us-east-1', '123456789012', 'us-east-1'],
  ]);
});

test('a region without credentials has a stack for any account', () => {
  vi.stubEnv('CDK_DEFAULT_ACCOUNT', undefined);
  expect(stacksOf({ regions: 'eu-west-1' })).toEqual([
    ['SpotInterruptionHandler-eu-west-1', 'unknown-account', 'eu-west-1'],
  ]);
});

test('the same region in two accounts has two stacks of different names', () => {
  expect(stacksOf({ regions: '123456789012/eu-west-1,210987654321/eu-west-1' })).toEqual([
    ['SpotInterruptionHandler-123456789012-eu-west-1', '123456789012', 'eu-west-1'],
    ['SpotInterruptionHandler-210987654321-eu-west-1', '210987654321', 'eu-west-1'],
  ]);
});

test('no two stacks share the name of an alarm, a dashboard or an export', () => {
  const app = createApp();
  const stacks = createStacks(app, configFromContext({ regions: 'eu-west-1,us-east-1' }));
  const names = stacks.flatMap((stack) => namesIn(Template.fromStack(stack)));
  expect(names).toHaveLength(2 * 6);
  expect(new Set(names).size).toBe(names.length);
});

function stacksOf(context: Readonly<Record<string, unknown>>) {
  const stacks = createStacks(createApp(), configFromContext(context));
  return stacks.map((stack) => [stack.stackName, ...stack.environment.replace('aws://', '').split('/')]);
}

function namesIn(template: Template): string[] {
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const dashboards = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const exports = Object.values(template.findOutputs('*')).map((output) => output.Export?.Name);
  return [
    ...alarms.map(({ Properties }) => text(Properties.AlarmName)),
    ...dashboards.map(({ Properties }) => text(Properties.DashboardName)),
    ...exports.filter((name) => name !== undefined).map(text),
  ];
}
