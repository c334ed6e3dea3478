import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultConfig } from '../../functions/configuration/handler-config.ts';
import { configFromContext, contextKeys } from '../../infra/context.ts';

const defaults = {
  handler: defaultConfig,
  environments: [],
  notifications: { emails: [] },
};
const topicArn = 'arn:aws:sns:eu-west-1:123456789012:alerts';

describe('reads', () => {
  test.each([
    ['nothing: the defaults', {}, ['100%', 4, 30]],
    ['numbers, as in cdk.json', { minServing: 2, pollSeconds: 1, drainSeconds: 0 }, [2, 1, 0]],
    ['strings, as from -c', { minServing: '2', pollSeconds: '10', drainSeconds: '45' }, ['2', 10, 45]],
    ['a share', { minServing: '90%' }, ['90%', 4, 30]],
    ['the highest values', { minServing: 10_000, pollSeconds: 5, drainSeconds: 90 }, [10_000, 5, 90]],
    ['the lowest values', { minServing: 0, pollSeconds: 1, drainSeconds: 0 }, [0, 1, 0]],
    ['times that just fit into the notice', { pollSeconds: 10, drainSeconds: 80 }, ['100%', 10, 80]],
  ])('%s', (_, context, [minServing, pollSeconds, drainSeconds]) => {
    expect(configFromContext(context).handler).toMatchObject({ minServing, pollSeconds, drainSeconds });
  });

  test.each([
    ['spot-handler=yes', { key: 'spot-handler', value: 'yes' }],
    ['team=a=b', { key: 'team', value: 'a=b' }],
    ['opted-in=', { key: 'opted-in', value: '' }],
    ['Umgebung:größe=Tag 1', { key: 'Umgebung:größe', value: 'Tag 1' }],
  ])('the group tag %s', (groupTag, expected) => {
    expect(configFromContext({ groupTag }).handler.groupTag).toEqual(expected);
  });

  test.each([
    [{ shutdownDocument: 'finish-jobs', shutdownDocuments: 'drain, stop.now' }, ['finish-jobs', ['drain', 'stop.now']]],
    [{ shutdownDocument: null, shutdownDocuments: null }, [undefined, []]],
  ])('shutdown documents %j', (context, expected) => {
    const { shutdownDocument, shutdownDocuments } = configFromContext(context).handler;
    expect([shutdownDocument, shutdownDocuments]).toEqual(expected);
  });

  test('recommendations', () => {
    const context = { onRebalanceRecommendation: 'replace', rebalanceBudget: '25%', rebalanceTimeoutMinutes: '20' };
    expect(configFromContext(context).handler).toMatchObject({ ...context, rebalanceTimeoutMinutes: 20 });
  });

  test('no group tag where it is null, as in cdk.json', () => {
    expect(configFromContext({ groupTag: null }).handler).not.toHaveProperty('groupTag');
  });

  test.each([
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
  ])('dryRun, includeServiceManagedGroups and serveOnAtMaxSize %j', (given, expected) => {
    const { dryRun, includeServiceManagedGroups, serveOnAtMaxSize } = configFromContext({
      dryRun: given,
      includeServiceManagedGroups: given,
      serveOnAtMaxSize: given,
    }).handler;
    expect([dryRun, includeServiceManagedGroups, serveOnAtMaxSize]).toEqual([expected, expected, expected]);
  });

  test.each([
    [10, 10],
    ['60', 60],
    [null, undefined],
  ])('terminateLeftBehindAfterMinutes %j', (terminateLeftBehindAfterMinutes, expected) => {
    const { handler } = configFromContext({ terminateLeftBehindAfterMinutes });
    expect(handler.terminateLeftBehindAfterMinutes).toBe(expected);
  });

  test.each(['auto', 'detach', 'terminate'])('leaveBy %s', (leaveBy) => {
    expect(configFromContext({ leaveBy }).handler.leaveBy).toBe(leaveBy);
  });

  test.each([
    [['eu-west-1'], [{ region: 'eu-west-1' }]],
    ['eu-west-1', [{ region: 'eu-west-1' }]],
    ['eu-west-1, us-gov-east-1', [{ region: 'eu-west-1' }, { region: 'us-gov-east-1' }]],
    [
      ['123456789012/eu-west-1', '210987654321/eu-west-1'],
      [
        { region: 'eu-west-1', account: '123456789012' },
        { region: 'eu-west-1', account: '210987654321' },
      ],
    ],
    [[], []],
    ['', []],
    [null, []],
  ])('regions %j', (regions, expected) => {
    expect(configFromContext({ regions }).environments).toEqual(expected);
  });

  test.each([
    [['ops@example.com'], ['ops@example.com']],
    ['ops@example.com,dev@example.com', ['ops@example.com', 'dev@example.com']],
    ['', []],
    [null, []],
  ])('notificationEmails %j', (notificationEmails, expected) => {
    expect(configFromContext({ notificationEmails }).notifications).toEqual({ emails: expected });
  });

  test.each([
    [topicArn, { topicArn, emails: [] }],
    ['', { emails: [] }],
    [null, { emails: [] }],
  ])('notificationTopicArn %j', (notificationTopicArn, expected) => {
    expect(configFromContext({ notificationTopicArn }).notifications).toEqual(expected);
  });

  test('the address of the runbook', () => {
    const runbookUrl = 'https://example.com/runbooks/spot';
    expect(configFromContext({ runbookUrl }).runbookUrl).toBe(runbookUrl);
  });

  test("CDK's own context without a word", () => {
    const context = { '@aws-cdk/aws-iam:minimizePolicies': true, 'aws:cdk:enable-path-metadata': true };
    expect(configFromContext(context)).toEqual(defaults);
  });

  test('the defaults that cdk.json shows', () => {
    const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
    expect(configFromContext(context)).toEqual(defaults);
  });
});

describe('refuses', () => {
  const floor = 'has to be a share of the group from "1%" to "100%", or a number of instances from 0 to 10000.';
  test.each([
    [{ minServing: '0%' }, `minServing is "0%", but ${floor}`],
    [{ minServing: '101%' }, `minServing is "101%", but ${floor}`],
    [{ minServing: '90 %' }, `minServing is "90 %", but ${floor}`],
    [{ minServing: 10_001 }, `minServing is 10001, but ${floor}`],
    [{ minServing: '-1' }, `minServing is "-1", but ${floor}`],
    [{ minServing: 1.5 }, `minServing is 1.5, but ${floor}`],
    [{ minServing: 0.9 }, `minServing is 0.9, but ${floor}`],
    [{ minServing: '' }, `minServing is "", but ${floor}`],
    [{ minServing: 'two' }, `minServing is "two", but ${floor}`],
    [{ minServing: true }, `minServing is true, but ${floor}`],
    [{ minServing: null }, `minServing is null, but ${floor}`],
    [{ minServing: [1] }, `minServing is [1], but ${floor}`],
    [{ minServing: '0x10' }, `minServing is "0x10", but ${floor}`],
    [{ minServingPeers: 2 }, 'minServingPeers is not known any more: set minServing, which counts all instances'],
    [{ includeServiceManagedGroups: 'yes' }, 'includeServiceManagedGroups is "yes", but has to be true or false.'],
    [{ pollSeconds: 0 }, 'pollSeconds is 0, but has to be a whole number from 1 to 30.'],
    [{ pollSeconds: '31' }, 'pollSeconds is 31, but has to be a whole number from 1 to 30.'],
    [{ drainSeconds: 91 }, 'drainSeconds is 91, but has to be a whole number from 0 to 90.'],
    [{ drainSeconds: '30s' }, 'drainSeconds is "30s", but has to be a whole number from 0 to 90.'],
    [{ groupTag: '' }, 'groupTag is "", but has to be KEY=VALUE'],
    [{ groupTag: 'spot' }, 'groupTag is "spot", but has to be KEY=VALUE'],
    [{ groupTag: '=yes' }, 'groupTag is "=yes", but has to be KEY=VALUE'],
    [{ groupTag: 7 }, 'groupTag is 7, but has to be KEY=VALUE'],
    [{ groupTag: { key: 'a', value: 'b' } }, 'groupTag is {"key":"a","value":"b"}, but has to be KEY=VALUE'],
    [{ groupTag: 'aws:x=yes' }, 'groupTag key is "aws:x", but has to be 1 to 128 letters'],
    [{ groupTag: 'a*=yes' }, 'groupTag key is "a*", but has to be'],
    [{ groupTag: 'a=*' }, 'groupTag value is "*", but has to be at most 256 letters'],
    [{ groupTag: 'a=$me' }, 'groupTag value is "$me", but has to be'],
    [
      { shutdownDocument: 'a b' },
      'shutdownDocument is "a b", but has to be the name of an SSM Command document of this account',
    ],
    [{ shutdownDocument: 'AWS-RunShellScript' }, 'shutdownDocument is "AWS-RunShellScript", but has to be'],
    [{ shutdownDocument: 7 }, 'shutdownDocument is 7, but has to be the name of an SSM Command document, or absent.'],
    [{ shutdownDocuments: 'drain,x' }, 'shutdownDocuments is "x", but has to be'],
    [
      { onRebalanceRecommendation: 'detach' },
      'onRebalanceRecommendation is "detach", but has to be "ignore" or "replace".',
    ],
    [{ rebalanceBudget: '0%' }, `rebalanceBudget is "0%", but ${floor}`],
    [{ rebalanceTimeoutMinutes: 61 }, 'rebalanceTimeoutMinutes is 61, but has to be a whole number from 2 to 60.'],
    [{ dryRun: 'yes' }, 'dryRun is "yes", but has to be true or false.'],
    [{ dryRun: 1 }, 'dryRun is 1, but has to be true or false.'],
    [{ dryRun: null }, 'dryRun is null, but has to be true or false.'],
    [
      { regions: 'europe' },
      'regions is "europe", but has to be a list of regions such as eu-west-1, or of ACCOUNT/REGION',
    ],
    [{ regions: ['12345/eu-west-1'] }, 'regions is ["12345/eu-west-1"], but has to be'],
    [{ regions: 'eu-west-1,,eu-west-2' }, 'regions is "eu-west-1,,eu-west-2", but has to be'],
    [{ regions: ['eu-west-1', 'eu-west-1'] }, 'regions is ["eu-west-1","eu-west-1"], but has to be'],
    [{ regions: 1 }, 'regions is 1, but has to be'],
    [
      { notificationEmails: 'ops' },
      'notificationEmails is "ops", but has to be a list of e-mail addresses, each once.',
    ],
    [{ notificationEmails: [7] }, 'notificationEmails is [7], but has to be'],
    [
      { notificationTopicArn: 'alerts' },
      'notificationTopicArn is "alerts", but has to be arn:aws:sns:REGION:ACCOUNT:NAME',
    ],
    [{ notificationTopicArn: `${topicArn}.fifo` }, 'of a standard topic, or absent.'],
    [{ notify: 'success' }, 'notify is "success", but has to be "failures" or "all".'],
    [
      { notify: 'all' },
      'notify is "all", but there is nobody to tell: give notificationEmails or notificationTopicArn',
    ],
    [{ runbookUrl: '' }, 'runbookUrl is "", but has to be an address without spaces and without #'],
    [{ runbookUrl: 'a#b' }, 'runbookUrl is "a#b", but has to be'],
    [{ runbookUrl: `https://${'a'.repeat(500)}` }, 'of at most 500 characters.'],
    [
      { minServed: 2 },
      'minServed is not known: it has to be one of minServing, pollSeconds, drainSeconds, rebalanceTimeoutMinutes, leaveBy, groupTag',
    ],
  ])('%j', (context, message) => {
    expect(() => configFromContext(context)).toThrow(message);
  });

  test('times that do not fit into the notice, with the arithmetic', () => {
    expect(() => configFromContext({ drainSeconds: '80', pollSeconds: '11' })).toThrow(
      "drainSeconds 80 and pollSeconds 11 do not go together: of the notice's 120 s, 120 - 80 = 40 s are left to act in, " +
        'but 2 polls of 11 s and 20 s for acting take 42 s. Lower one of them.',
    );
  });

  test('everything that is wrong at once', () => {
    expect(() => configFromContext({ minServing: '0%', groupTag: 'x' })).toThrow(
      'The configuration is not valid:\n' +
        '- groupTag is "x", but has to be KEY=VALUE, or absent to handle every group.\n' +
        '- minServing is "0%", but has to be a share of the group from "1%" to "100%", or a number of instances from 0 to 10000.',
    );
  });

  test('a topic that is to be created as well as given', () => {
    const context = { notificationTopicArn: topicArn, notificationEmails: 'ops@example.com' };
    expect(() => configFromContext(context)).toThrow('notificationTopicArn and notificationEmails do not go together');
  });

  test('a topic in another region than its alarms', () => {
    const context = { notificationTopicArn: topicArn, regions: 'eu-west-1,eu-west-2' };
    expect(() => configFromContext(context)).toThrow(
      'notificationTopicArn is in eu-west-1, but regions has eu-west-2, whose alarms cannot notify it: give notificationEmails',
    );
  });
});

test.each(contextKeys)('docs/configuration.md has a row for %s', (key) => {
  const document = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(document).toContain(`\n| \`${key}\` | `);
});
