import { Duration, Stack, Token } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Color,
  Dashboard,
  GraphWidget,
  GraphWidgetView,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { functionNames } from '../functions/shared/contract.ts';
import { reclaimSeconds } from '../functions/shared/timing.ts';
import type { MetricName } from '../functions/telemetry/metric-names.ts';
import { stepFunctionsConsole } from '../statemachine/console-link.ts';
import { duplicateNotices, functionErrors, handlerMetric } from './metrics.ts';
import type { SpotInterruptionHandler } from './spot-interruption-handler.ts';

/** What the dashboard shows. */
export interface HandlerDashboardProps {
  /** The handler whose metrics and logs are shown. */
  readonly handler: SpotInterruptionHandler;
  /** Shown on top, for example `Object.values(handlerAlarms.alarms)`. */
  readonly alarms: readonly Alarm[];
  /**
   * Where docs/operations.md can be read.
   *
   * @default - no link
   */
  readonly runbookUrl?: string;
}

/**
 * How many, how fast, how close to the reclaim, what failed. Its name ends with the region, because all regions of an account
 * share one list of dashboards (CloudWatch, PutDashboard: the ARN names no region).
 */
export class HandlerDashboard extends Construct {
  /** To add widgets of your own to. */
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: HandlerDashboardProps) {
    super(scope, id);
    const { alarms, handler, runbookUrl } = props;
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `${handler.serviceName}-${Stack.of(this).region}`,
      defaultInterval: Duration.days(1),
      widgets: [
        [
          introduction(handler, stepFunctionsConsole(this), runbookUrl),
          new AlarmStatusWidget({ ...third, alarms: [...alarms] }),
        ],
        [totals(handler)],
        [endings(handler), leaveReasons(handler), capacityChanges(handler)],
        [speed(handler), margin(handler)],
        [failedExecutions(handler), failedFunctions(handler), undelivered(handler)],
        [failureLog(handler)],
      ],
    });
  }
}

/** Of the 24 columns of a dashboard. */
const third = { width: 8, height: 6 };
const half = { width: 12, height: 6 };
const whole = { width: 24 };

function introduction(handler: SpotInterruptionHandler, consoleUrl: string, runbookUrl?: string): IWidget {
  const executions = `${consoleUrl}#/statemachines/view/${handler.stateMachine.stateMachineArn}`;
  return new TextWidget({
    width: 16,
    height: third.height,
    markdown: [
      `# Spot interruptions: ${handler.serviceName}`,
      'Each interruption notice of EC2 starts one execution of the workflow, which takes the instance out of its Auto Scaling ' +
        'group before the reclaim, two minutes later. **How many** there were and how they ended is below, then **how fast** ' +
        'and **how close to the reclaim** instances were detached, then **what failed**.',
      `[Executions](${executions})${runbookUrl === undefined ? '' : ` · [Runbook](${runbookUrl})`}`,
    ].join('\n\n'),
  });
}

function totals(handler: SpotInterruptionHandler): IWidget {
  const period = Duration.days(1);
  const total = (name: MetricName) => handlerMetric(handler, name, { period });
  return new SingleValueWidget({
    ...whole,
    height: 3,
    title: 'How many, in the time shown',
    setPeriodToTimeRange: true,
    metrics: [
      total('NoticesReceived'),
      total('Handled'),
      total('TakenAlong'),
      total('AlreadyDetached'),
      total('NotManaged'),
      duplicateNotices(handler, period),
      handler.stateMachine.metricFailed({ period, statistic: Stats.SUM, label: 'HandlingFailed' }),
      total('CapacityAtRisk'),
      total('UnreadableTags'),
      ...(handler.replacesRecommended ? recommendationNames.map(total) : []),
      ...(handler.sendsCommands ? [total('ShutdownCommandsFailed')] : []),
    ],
  });
}

const recommendationNames = ['RecommendationsReceived', 'RecommendationsTakenOver', 'RecommendationsGivenUp'] as const;

function endings(handler: SpotInterruptionHandler): IWidget {
  return bars('How notices ended', [
    handlerMetric(handler, 'Handled'),
    handlerMetric(handler, 'AlreadyDetached'),
    handlerMetric(handler, 'NotManaged'),
    duplicateNotices(handler),
    handler.stateMachine.metricFailed({ ...perMinute, label: 'HandlingFailed' }),
  ]);
}

function leaveReasons(handler: SpotInterruptionHandler): IWidget {
  return bars('Why instances left when they did', [
    handlerMetric(handler, 'LeftWithFloorHeld', { label: 'the floor holds without it' }),
    handlerMetric(handler, 'GaveWayAtMaxSize', { label: 'gave way at MaxSize' }),
    handlerMetric(handler, 'GaveWayVoidRaise', { label: 'gave way, its raise was void' }),
    handlerMetric(handler, 'LeftAtDeadline', { label: 'deadline' }),
    handlerMetric(handler, 'LeftCapacityUnknown', { label: 'capacity unknown' }),
    ...(handler.replacesRecommended
      ? [handlerMetric(handler, 'LeftOnRecommendation', { label: 'replaced on a recommendation' })]
      : []),
    handlerMetric(handler, 'WasGoneAlready', { label: 'was gone already' }),
  ]);
}

function capacityChanges(handler: SpotInterruptionHandler): IWidget {
  return bars('Raises of DesiredCapacity, and what stood in their way', [
    handlerMetric(handler, 'ScaleOuts'),
    handlerMetric(handler, 'LeaseWaits'),
    handlerMetric(handler, 'NoHeadroom'),
  ]);
}

function speed(handler: SpotInterruptionHandler): IWidget {
  const statistic = (name: string) => handlerMetric(handler, 'SecondsToLeave', { statistic: name, label: name });
  return new GraphWidget({
    ...half,
    title: 'How fast: seconds from the notice until the instance left',
    left: [statistic(Stats.p(50)), statistic(Stats.p(90)), statistic(Stats.MAXIMUM)],
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    leftAnnotations: drainWindowFromNotice(handler),
  });
}

/** None where the drain window is known at deployment only: CloudFormation does not subtract. */
function drainWindowFromNotice({ drainSeconds }: SpotInterruptionHandler): HorizontalAnnotation[] {
  if (Token.isUnresolved(drainSeconds)) return [];
  return [{ value: reclaimSeconds - drainSeconds, label: 'drain window', color: Color.ORANGE }];
}

function margin(handler: SpotInterruptionHandler): IWidget {
  const statistic = (name: string) => handlerMetric(handler, 'SecondsBeforeReclaim', { statistic: name, label: name });
  return new GraphWidget({
    ...half,
    title: 'How close: seconds left before the reclaim',
    left: [statistic(Stats.MINIMUM), statistic(Stats.p(10)), statistic(Stats.p(50))],
    leftYAxis: { label: 'seconds', showUnits: false },
    leftAnnotations: [
      { value: handler.drainSeconds, label: 'drain window', color: Color.ORANGE },
      { value: 0, label: 'reclaim', color: Color.RED },
    ],
  });
}

function failedExecutions({ stateMachine }: SpotInterruptionHandler): IWidget {
  return bars('What failed: executions', [
    stateMachine.metricFailed({ ...perMinute, label: 'failed' }),
    stateMachine.metricTimedOut({ ...perMinute, label: 'timed out' }),
    stateMachine.metricAborted({ ...perMinute, label: 'aborted' }),
    stateMachine.metricThrottled({ ...perMinute, label: 'state transitions throttled' }),
  ]);
}

function failedFunctions(handler: SpotInterruptionHandler): IWidget {
  return bars(
    'What failed: functions (waits for a lease included)',
    functionNames.map((name) => functionErrors(handler, name)),
  );
}

function undelivered({ deadLetterQueue }: SpotInterruptionHandler): IWidget {
  return bars('What failed: notices in the dead-letter queue', [
    deadLetterQueue.metricApproximateNumberOfMessagesVisible({ label: 'notices', period: Duration.minutes(5) }),
  ]);
}

function failureLog({ functions }: SpotInterruptionHandler): IWidget {
  return new LogQueryWidget({
    ...whole,
    height: 8,
    title: 'The latest errors of the functions',
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: functionNames.map((name) => functions[name].logGroup.logGroupName),
    queryLines: [
      'fields @timestamp, message.function, message.autoScalingGroupName, message.instanceId, message.errorName, message.error.errorMessage, message.executionArn',
      'filter level = "ERROR" and message.errorName != "GroupBusy"',
      'sort @timestamp desc',
      'limit 50',
    ],
  });
}

const perMinute = { period: Duration.minutes(1), statistic: Stats.SUM };

function bars(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({
    ...third,
    title,
    left,
    view: GraphWidgetView.TIME_SERIES,
    stacked: true,
    leftYAxis: { min: 0, showUnits: false },
  });
}
