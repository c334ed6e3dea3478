import { Annotations, Duration, Stack, Token, Tokenization } from 'aws-cdk-lib';
import { type MathExpression, type Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import {
  allShutdownDocuments,
  checkConfig,
  defaultConfig,
  type GroupTag,
  type HandlerConfig,
  InvalidConfig,
  nobodyToNotify,
} from '../functions/configuration/handler-config.ts';
import type { FunctionName, LeaveBy } from '../functions/shared/contract.ts';
import type { MetricName } from '../functions/telemetry/metric-names.ts';
import { HandlerFunction } from './handler-function.ts';
import { createInterruptionTable } from './interruption-table.ts';
import { duplicateNotices, handlerMetric, unexpectedErrors } from './metrics.ts';
import { NoticeRule, RecommendationRule } from './notice-rule.ts';
import { functionPermissions } from './permissions.ts';
import { WorkflowStateMachine } from './workflow-state-machine.ts';

/** How interrupted instances are handled; every property has a default. */
export interface SpotInterruptionHandlerProps {
  /**
   * The floor: how much of a group has to serve before an interrupted instance leaves it, as a share of its usual size
   * (`"90%"`) or a number of instances (`2`; capacity units in a weighted group). Interrupted instances count until they
   * leave. A lower floor lets instances leave sooner, and raises the group less. A group's own tag
   * `spot-interruption-handler:min-serving` overrules it, and so does its instance maintenance policy.
   *
   * @default "100%"
   */
  readonly minServing?: string | number;
  /**
   * Seconds between two looks at a group that lacks capacity: 1 to 30; five times as many while replacements are still
   * being launched. Fewer let instances leave sooner once a replacement serves, and cost more calls of
   * DescribeAutoScalingGroups, which is throttled per account and region.
   *
   * @default 4
   */
  readonly pollSeconds?: number;
  /**
   * Seconds before the reclaim by which the instance is detached, whatever else fails: 0 to 90. It is the time in which
   * load balancers drain the instance: at most this long are its open requests safe, and so long a replacement has less
   * to get ready in. Set the target groups' deregistration delay no higher. A group's own tag
   * `spot-interruption-handler:drain-seconds` overrules it.
   *
   * @default 30
   */
  readonly drainSeconds?: number;
  /**
   * How instances leave their group. `"detach"`: they run on, and so serve their open requests until EC2 takes them; detaching
   * never runs termination lifecycle hooks. `"terminate"`: the group terminates them, and runs its hooks. `"auto"`: terminate
   * where the group has a termination hook, else detach. A group's own tag `spot-interruption-handler:leave-by` overrules it;
   * but with `"detach"` the functions are not allowed to terminate, so that no tag can ask for it.
   *
   * @default "auto"
   */
  readonly leaveBy?: LeaveBy;
  /**
   * The tag of the groups to handle; instances of other groups are left alone, and IAM refuses to change those groups.
   *
   * @default - every Auto Scaling group of the account and region is handled, which the synthesis says
   */
  readonly groupTag?: GroupTag;
  /**
   * Whether groups that another service manages for itself are handled, too: those with Capacity Rebalancing, and those of EKS
   * managed node groups, AWS Batch and Amazon EMR. Both would act on the same interruption then.
   *
   * @default false
   */
  readonly includeServiceManagedGroups?: boolean;
  /**
   * Whether an instance that gives way, as MaxSize leaves no room to raise the group, is registered with the group's target
   * groups again right after it was detached, and serves there until its replacement does or its time is up. What is lost is then
   * the time of its health checks instead of a whole launch. It allows the functions to register and deregister targets in
   * every target group of the account and region. Without effect on groups without target groups, and on instances that are
   * terminated.
   *
   * @default false
   */
  readonly serveOnAtMaxSize?: boolean;
  /**
   * Minutes after which a detached instance is terminated that EC2 has not reclaimed: 3 to 1440. That is so after an execution by hand,
   * and costs until somebody ends it. Executions last as much longer. One that is in a group again by then is left alone. It allows the
   * workflow to terminate every instance of the account and region.
   *
   * @default - it runs on, and the execution's output says how to end it
   */
  readonly terminateLeftBehindAfterMinutes?: number;
  /**
   * Whether to change nothing: each notice is looked into, decided, logged and measured, and its execution ends with what
   * would have been done, marked `dryRun: true`. IAM allows the functions no call that changes a group. Each execution sees the
   * group as it is, without the raises that the others would have made, and none waits for a replacement.
   *
   * @default false
   */
  readonly dryRun?: boolean;
  /**
   * What is done on EC2's rebalance recommendations, which come before a notice, with it, or without any notice ever following.
   * `replace`: the group is raised, and the instance leaves it when its replacement serves; never before that. A notice for the same
   * instance takes over. It costs a launch for each, also where EC2 would not have taken the instance: in one published sample,
   * that was so with 21 of 36 recommendations. An instance that has left is not reclaimed yet, and runs on.
   *
   * @default "ignore"
   */
  readonly onRebalanceRecommendation?: 'ignore' | 'replace';
  /**
   * How many instances of a group are replaced at a time on recommendations: a share of its usual size, rounded down
   * (`"10%"`), or a number of instances; at least one. The others wait.
   *
   * @default "10%"
   */
  readonly rebalanceBudget?: string | number;
  /**
   * Minutes after a recommendation until it is given up, and its raise taken back: 2 to 60.
   *
   * @default 15
   */
  readonly rebalanceTimeoutMinutes?: number;
  /**
   * The name of an SSM Command document of this account and region, which an instance is sent when it has left its group, to
   * shut down gracefully: workers that have no load balancer to drain them have `drainSeconds` for it, at least. It gets the
   * parameters `AutoScalingGroupName`, `InstanceId` and `ReclaimAt` if it takes them all, else none. It can be sent twice, so what it
   * runs has to bear that. That it cannot be sent (no SSM agent, for one) is counted, and costs the handling nothing.
   *
   * @default - no command is sent
   */
  readonly shutdownDocument?: string;
  /**
   * The documents that a group's tag `spot-interruption-handler:shutdown-document` may name for its own instances. A tag
   * that names another is ignored, and counted.
   *
   * @default - no tag is heeded
   */
  readonly shutdownDocuments?: readonly string[];
  /**
   * Where each failed handling is told: which instance, which group, what happened, and a link to the execution. It has to be
   * a standard topic of the same region; if it is an imported one that is encrypted, its key has to let the state machine's
   * role use it. `NotificationTopic` makes one that fits, and `HandlerAlarms` tells it of alarms, too.
   *
   * @default - nobody is told
   */
  readonly notificationTopic?: ITopic;
  /**
   * What the topic is told of: each failed handling, or each that succeeded as well (`all`). Messages are custom notifications
   * of Amazon Q Developer in chat applications, with a plain text for e-mail.
   *
   * @default "failures"
   */
  readonly notify?: 'failures' | 'all';
  /**
   * What this handler's metrics are told apart by: the value of their dimension `service`, and the beginning of the names of
   * its alarms and its dashboard.
   *
   * @default - the stack's name
   */
  readonly serviceName?: string;
  /**
   * How long the functions' logs are kept. What happened to one instance is found there and in the execution's history,
   * which Step Functions keeps for 90 days.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
}

/**
 * Takes interrupted Spot Instances of this account and region out of their Auto Scaling groups in time, and leaves the
 * groups with the capacity they had. One per account and region: a second one would handle the same notices.
 *
 * @throws InvalidConfig for a prop out of its range, or for times that do not fit into the notice's two minutes.
 */
export class SpotInterruptionHandler extends Construct {
  /** Standard; its input is the EventBridge event. */
  readonly stateMachine: StateMachine;
  /** Which instances are interrupted, and each group's ledger. */
  readonly interruptionTable: ITable;
  /** By their folders in functions/. */
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  /** Notices that EventBridge could not deliver within two minutes; anything in it is an interruption not handled. */
  readonly deadLetterQueue: Queue;
  /** Starts an execution for each notice. */
  readonly rule: Rule;
  /** Where failed handlings are told, as it was given. */
  readonly notificationTopic: ITopic | undefined;
  /** The dimension `service` of its metrics. */
  readonly serviceName: string;
  /** Whether rebalance recommendations are acted on. */
  readonly replacesRecommended: boolean;
  /** Whether instances that have left are sent a command. */
  readonly sendsCommands: boolean;
  /** By when it detaches, in seconds before the reclaim. */
  readonly drainSeconds: number;

  constructor(scope: Construct, id: string, props: SpotInterruptionHandlerProps = {}) {
    super(scope, id);
    const config = configOf(props);
    checkConfig(withoutTokens(config));
    this.serviceName = props.serviceName ?? Stack.of(this).stackName;
    this.drainSeconds = config.drainSeconds;
    this.notificationTopic = props.notificationTopic;
    if (props.notify === 'all' && !props.notificationTopic) throw new InvalidConfig([nobodyToNotify]);
    this.replacesRecommended = config.onRebalanceRecommendation === 'replace';
    this.sendsCommands = allShutdownDocuments(config).length > 0 && !config.dryRun;
    if (!config.groupTag) Annotations.of(this).addInfo(everyGroupIsHandled);

    this.interruptionTable = createInterruptionTable(this, 'InterruptionTable');
    this.functions = this.#createFunctions(config, props.logRetention ?? RetentionDays.ONE_MONTH);
    this.stateMachine = new WorkflowStateMachine(this, 'Workflow', {
      functions: this.functions,
      interruptionTable: this.interruptionTable,
      dryRun: config.dryRun,
      shutdownDocuments: allShutdownDocuments(config),
      ...(this.replacesRecommended && { rebalanceTimeout: Duration.minutes(config.rebalanceTimeoutMinutes) }),
      ...(config.terminateLeftBehindAfterMinutes !== undefined && {
        terminateLeftBehindAfterMinutes: config.terminateLeftBehindAfterMinutes,
      }),
      ...(props.notificationTopic && { notificationTopic: props.notificationTopic }),
      ...(props.notify && { notify: props.notify }),
    }).stateMachine;
    const { rule, deadLetterQueue } = new NoticeRule(this, 'Notice', this.stateMachine);
    if (this.replacesRecommended) {
      new RecommendationRule(this, 'Recommendation', this.stateMachine, config.rebalanceTimeoutMinutes);
    }
    this.rule = rule;
    this.deadLetterQueue = deadLetterQueue;
  }

  /**
   * Lets somebody start executions by hand, with `{"detail": {"instance-id": "i-…"}}` as the least input.
   *
   * @param grantee - whom to grant `states:StartExecution` on the state machine
   */
  grantStartExecution(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * One of the handler's own metrics, in the namespace `SpotInterruptionHandler` with the dimension `service`.
   *
   * @param metricName - which one
   * @param options - default: the sum of each minute
   */
  metric(metricName: MetricName, options?: MetricOptions): Metric {
    return handlerMetric(this, metricName, options);
  }

  /** Notices that were read, duplicates included. Default: the sum of each minute. */
  metricNoticesReceived(options?: MetricOptions): Metric {
    return this.metric('NoticesReceived', options);
  }

  /** Instances that left by one of our executions. Default: the sum of each minute. */
  metricHandled(options?: MetricOptions): Metric {
    return this.metric('Handled', options);
  }

  /** Notices of instances that are not ours to handle. Default: the sum of each minute. */
  metricNotManaged(options?: MetricOptions): Metric {
    return this.metric('NotManaged', options);
  }

  /** Instances that left because their time was up, while the floor did not hold without them. Default: the sum of each minute. */
  metricCapacityAtRisk(options?: MetricOptions): Metric {
    return this.metric('CapacityAtRisk', options);
  }

  /** Seconds from the notice until the instance left. Default: the longest of each minute. */
  metricSecondsToLeave(options?: MetricOptions): Metric {
    return this.metric('SecondsToLeave', { statistic: Stats.MAXIMUM, ...options });
  }

  /** Seconds from leaving until the reclaim, negative when it came too late. Default: the shortest of each minute. */
  metricSecondsBeforeReclaim(options?: MetricOptions): Metric {
    return this.metric('SecondsBeforeReclaim', { statistic: Stats.MINIMUM, ...options });
  }

  /** Executions that failed: an instance did not leave in time, or a notice was unreadable. Default: the sum of each minute. */
  metricHandlingFailed(options?: MetricOptions): Metric {
    return this.stateMachine.metricFailed({ period: Duration.minutes(1), statistic: Stats.SUM, ...options });
  }

  /** Notices in the dead-letter queue. Default: the most in each minute. */
  metricUndeliveredNotices(options?: MetricOptions): Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), ...options });
  }

  /**
   * Second notices of one interruption, which their executions leave to the first.
   *
   * @param period - over which they are summed up; default: one minute
   */
  metricDuplicateNotices(period?: Duration): MathExpression {
    return duplicateNotices(this, period);
  }

  /**
   * Errors of all functions, without waits for a lease.
   *
   * @param period - over which they are summed up; default: five minutes
   */
  metricFunctionErrors(period?: Duration): MathExpression {
    return unexpectedErrors(this, period);
  }

  #createFunctions(config: HandlerConfig, logRetention: RetentionDays) {
    const permissions = functionPermissions(this, this.interruptionTable, config);
    const environment = environmentOf(config, this.interruptionTable, this.serviceName);
    const create = (id: string, name: FunctionName, description: string) =>
      new HandlerFunction(this, id, { name, description, environment, permissions: permissions[name], logRetention })
        .lambdaFunction;
    return {
      'describe-instance': create(
        'DescribeInstance',
        'describe-instance',
        'Whose instance is interrupted, and by when',
      ),
      'check-capacity': create('CheckCapacity', 'check-capacity', 'What serves in the group, and what is to follow'),
      'set-desired-capacity': create(
        'SetDesiredCapacity',
        'set-desired-capacity',
        'Raises the group for all that are short',
      ),
      'detach-instances': create('DetachInstances', 'detach-instances', 'Takes instances out of their group'),
    };
  }
}

function configOf(props: SpotInterruptionHandlerProps): HandlerConfig {
  const { groupTag, shutdownDocument, terminateLeftBehindAfterMinutes } = props;
  return {
    minServing: props.minServing ?? defaultConfig.minServing,
    pollSeconds: props.pollSeconds ?? defaultConfig.pollSeconds,
    drainSeconds: props.drainSeconds ?? defaultConfig.drainSeconds,
    leaveBy: props.leaveBy ?? defaultConfig.leaveBy,
    serveOnAtMaxSize: props.serveOnAtMaxSize ?? defaultConfig.serveOnAtMaxSize,
    dryRun: props.dryRun ?? defaultConfig.dryRun,
    includeServiceManagedGroups: props.includeServiceManagedGroups ?? defaultConfig.includeServiceManagedGroups,
    ...(groupTag && { groupTag }),
    ...(shutdownDocument !== undefined && { shutdownDocument }),
    shutdownDocuments: props.shutdownDocuments ?? defaultConfig.shutdownDocuments,
    onRebalanceRecommendation: props.onRebalanceRecommendation ?? defaultConfig.onRebalanceRecommendation,
    rebalanceBudget: props.rebalanceBudget ?? defaultConfig.rebalanceBudget,
    rebalanceTimeoutMinutes: props.rebalanceTimeoutMinutes ?? defaultConfig.rebalanceTimeoutMinutes,
    ...(terminateLeftBehindAfterMinutes !== undefined && { terminateLeftBehindAfterMinutes }),
  };
}

/** What becomes known at deployment only, such as a CloudFormation parameter, cannot be checked: the default is, in its place. */
function withoutTokens(config: HandlerConfig): HandlerConfig {
  const tokens = Object.entries(config).flatMap(([key, value]) => (Token.isUnresolved(value) ? [key] : []));
  const defaults = Object.entries(defaultConfig).filter(([key]) => tokens.includes(key));
  return { ...config, ...Object.fromEntries(defaults) };
}

const everyGroupIsHandled =
  'No groupTag is configured: interrupted instances of every Auto Scaling group of this account and region are handled. ' +
  'Set groupTag to KEY=VALUE to handle only the groups with that tag.';

/** What functions/configuration/settings.ts reads. */
function environmentOf(config: HandlerConfig, table: ITable, serviceName: string): Record<string, string> {
  const { minServing, pollSeconds, drainSeconds, leaveBy, groupTag } = config;
  const { dryRun, includeServiceManagedGroups, serveOnAtMaxSize } = config;
  const { shutdownDocument, shutdownDocuments } = config;
  return {
    TABLE_NAME: table.tableName,
    MIN_SERVING: textOf(minServing),
    POLL_SECONDS: textOf(pollSeconds),
    DRAIN_SECONDS: textOf(drainSeconds),
    LEAVE_BY: leaveBy,
    ...(groupTag && { GROUP_TAG: `${groupTag.key}=${groupTag.value}` }),
    ...(includeServiceManagedGroups && { INCLUDE_SERVICE_MANAGED_GROUPS: 'true' }),
    ...(serveOnAtMaxSize && { SERVE_ON_AT_MAX_SIZE: 'true' }),
    ...(dryRun && { DRY_RUN: 'true' }),
    ...(config.onRebalanceRecommendation === 'replace' && {
      REBALANCE_BUDGET: String(config.rebalanceBudget),
      REBALANCE_TIMEOUT_MINUTES: String(config.rebalanceTimeoutMinutes),
    }),
    ...(shutdownDocument !== undefined && { SHUTDOWN_DOCUMENT: shutdownDocument }),
    ...(shutdownDocuments.length > 0 && { SHUTDOWN_DOCUMENTS: shutdownDocuments.join(',') }),
    SERVICE_NAME: serviceName,
  };
}

function textOf(value: string | number): string {
  return typeof value === 'number' ? Tokenization.stringifyNumber(value) : value;
}
