import { Fn, Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { defaultConfig, type HandlerConfig, limits } from '../../functions/configuration/handler-config.ts';
import { handlingSeconds, reclaimSeconds } from '../../functions/shared/timing.ts';
import type { Notifications } from '../../infra/context.ts';
import type { Json, JsonObject } from './json.ts';
import { markOf } from './marks.ts';
import type { Answers } from './merge.ts';

/** A property of the stack, as a deployment's parameters offer it. */
export interface Offer<Value> {
  /** As the template declares them, by their names. */
  readonly parameters: Readonly<Record<string, JsonObject>>;
  /** Conditions on them, where resources depend on the value. */
  readonly conditions: Readonly<Record<string, JsonObject>>;
  /** What has to hold of them. */
  readonly rules: Readonly<Record<string, JsonObject>>;
  /** What the value can be, each with the answers of the conditions: one for each of them, or only one. */
  readonly alternatives: readonly Alternative<Value>[];
}

export interface Alternative<Value> {
  readonly answers: Answers;
  readonly value: Value;
}

/** Everything that can be configured, so that what is added to the configuration has to be added here. */
export const handlerOffers: { readonly [Key in keyof Required<HandlerConfig>]: Offer<HandlerConfig[Key]> } = {
  minServing: text('MinServing', {
    Default: String(defaultConfig.minServing),
    // What minServingOf reads, in the dialect of CloudFormation.
    AllowedPattern: '^(([1-9][0-9]?|100)%|[0-9]{1,4}|10000)$',
    ConstraintDescription: 'has to be a share of the group from 1% to 100%, or a number of instances from 0 to 10000',
    Description:
      "The floor: how much of a group has to serve before an instance may leave it, as a share such as 90% of the group's usual size, or a number of instances",
  }),
  pollSeconds: number('PollSeconds', {
    Default: defaultConfig.pollSeconds,
    MinValue: limits.pollSeconds.min,
    // CloudFormation does not calculate: what goes together with every drain window.
    MaxValue: Math.floor((reclaimSeconds - limits.drainSeconds.max - handlingSeconds) / 2),
    Description: 'Seconds between two looks at a group that lacks capacity',
  }),
  drainSeconds: number('DrainSeconds', {
    Default: defaultConfig.drainSeconds,
    MinValue: limits.drainSeconds.min,
    MaxValue: limits.drainSeconds.max,
    Description: 'Seconds before the reclaim by which an instance has left, for its load balancer to drain it',
  }),
  // What their permissions and states depend on would double the combinations each.
  leaveBy: fixed(defaultConfig.leaveBy),
  serveOnAtMaxSize: fixed(defaultConfig.serveOnAtMaxSize),
  terminateLeftBehindAfterMinutes: fixed(defaultConfig.terminateLeftBehindAfterMinutes),
  shutdownDocument: fixed(defaultConfig.shutdownDocument),
  shutdownDocuments: fixed(defaultConfig.shutdownDocuments),
  onRebalanceRecommendation: fixed(defaultConfig.onRebalanceRecommendation),
  rebalanceBudget: fixed(defaultConfig.rebalanceBudget),
  rebalanceTimeoutMinutes: fixed(defaultConfig.rebalanceTimeoutMinutes),
  groupTag: groupTagOffer(),
  includeServiceManagedGroups: yesOrNo('IncludeServiceManagedGroups', {
    Default: String(defaultConfig.includeServiceManagedGroups),
    Description:
      'Whether groups with Capacity Rebalancing, and those of EKS managed node groups, AWS Batch and Amazon EMR, are handled, too',
  }),
  dryRun: yesOrNo('DryRun', {
    Default: String(defaultConfig.dryRun),
    Description: 'Whether nothing is changed, nor allowed to be: executions end with what would have been done',
  }),
};

/** What no parameter offers. */
function fixed<Value>(value: Value): Offer<Value> {
  return { parameters: {}, conditions: {}, rules: {}, alternatives: [{ answers: {}, value }] };
}

/** What else the stack takes. */
export const notificationsOffer: Offer<Notifications> = {
  parameters: {
    NotificationEmail: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^([^\\s@,]+@[^\\s@,]+\\.[^\\s@,]+)?$',
      ConstraintDescription: 'has to be one e-mail address, or empty',
      Description: 'An address to be told of alarms and failed handlings, through a topic of the stack; empty: none',
    },
    NotificationTopicArn: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})?$',
      ConstraintDescription: 'has to be the ARN of a standard topic of this region, or empty',
      Description: 'An existing topic to be told instead: a standard one, of the same region; empty: none',
    },
  },
  conditions: {
    HasNotificationEmail: isNotEmpty('NotificationEmail'),
    HasNotificationTopicArn: isNotEmpty('NotificationTopicArn'),
  },
  rules: {
    OneWayToNotify: assertion(
      { 'Fn::Or': [isEmpty('NotificationEmail'), isEmpty('NotificationTopicArn')] },
      'NotificationEmail and NotificationTopicArn do not go together: subscribe the address to the topic, or leave out the topic for one to be created.',
    ),
  },
  alternatives: [
    { answers: { HasNotificationEmail: false, HasNotificationTopicArn: false }, value: { emails: [] } },
    {
      answers: { HasNotificationEmail: true, HasNotificationTopicArn: false },
      value: { emails: [Fn.ref('NotificationEmail')] },
    },
    {
      answers: { HasNotificationEmail: false, HasNotificationTopicArn: true },
      value: { emails: [], topicArn: Fn.ref('NotificationTopicArn') },
    },
  ],
};

export const logRetentionOffer: Offer<RetentionDays> = number('LogRetentionDays', {
  Default: RetentionDays.ONE_MONTH,
  AllowedValues: Object.values(RetentionDays).filter(
    (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
  ),
  Description: "Days for which the functions' logs are kept",
});

/** A tag's key stands in a key of the policies' JSON, where CloudFormation replaces nothing: hence the marks. */
function groupTagOffer(): Offer<HandlerConfig['groupTag']> {
  return {
    parameters: {
      GroupTagKey: {
        Type: 'String',
        Default: '',
        // Less than Auto Scaling allows: neither what IAM takes for a pattern, nor what JSON has to escape.
        AllowedPattern: '^((?!aws:)[A-Za-z0-9 _.:/+@-]{1,128})?$',
        ConstraintDescription:
          'has to be at most 128 letters, digits, spaces or _ . : / + - @, and not to begin with aws:',
        Description:
          'Only Auto Scaling groups with this tag are handled, and IAM allows no change of others; empty: all groups',
      },
      GroupTagValue: {
        Type: 'String',
        Default: '',
        AllowedPattern: '^[A-Za-z0-9 _.:/=+@-]{0,256}$',
        ConstraintDescription: 'has to be at most 256 letters, digits, spaces or _ . : / = + - @',
        Description: "That tag's value",
      },
    },
    conditions: { HasGroupTag: isNotEmpty('GroupTagKey') },
    rules: {
      GroupTagHasKey: assertion(
        { 'Fn::Or': [isEmpty('GroupTagValue'), isNotEmpty('GroupTagKey')] },
        'GroupTagValue is given without GroupTagKey: give the key, too, or neither to handle every group.',
      ),
    },
    alternatives: [
      { answers: { HasGroupTag: false }, value: undefined },
      {
        answers: { HasGroupTag: true },
        value: { key: markOf({ Ref: 'GroupTagKey' }), value: markOf({ Ref: 'GroupTagValue' }) },
      },
    ],
  };
}

function text(name: string, parameter: JsonObject): Offer<string> {
  return single(name, { Type: 'String', ...parameter }, Fn.ref(name));
}

function number(name: string, parameter: JsonObject): Offer<number> {
  return single(name, { Type: 'Number', ...parameter }, Token.asNumber({ Ref: name }));
}

function single<Value>(name: string, parameter: JsonObject, value: Value): Offer<Value> {
  return { parameters: { [name]: parameter }, conditions: {}, rules: {}, alternatives: [{ answers: {}, value }] };
}

function yesOrNo(name: string, parameter: JsonObject): Offer<boolean> {
  const condition = `${name}IsTrue`;
  return {
    parameters: { [name]: { Type: 'String', AllowedValues: ['true', 'false'], ...parameter } },
    conditions: { [condition]: { 'Fn::Equals': [{ Ref: name }, 'true'] } },
    rules: {},
    alternatives: [false, true].map((value) => ({ answers: { [condition]: value }, value })),
  };
}

function isEmpty(parameter: string): JsonObject {
  return { 'Fn::Equals': [{ Ref: parameter }, ''] };
}

function isNotEmpty(parameter: string): JsonObject {
  return { 'Fn::Not': [isEmpty(parameter)] };
}

function assertion(Assert: Json, AssertDescription: string): JsonObject {
  return { Assertions: [{ Assert, AssertDescription }] };
}
