import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { SpotInterruptionHandler } from './spot-interruption-handler.ts';

/** What the alarms watch, and whom they tell. */
export interface HandlerAlarmsProps {
  /** The handler to watch. */
  readonly handler: SpotInterruptionHandler;
  /**
   * Where docs/operations.md can be read; each alarm's description links to its section there.
   *
   * @default - descriptions have no link
   */
  readonly runbookUrl?: string;
  /**
   * A standard topic of the same region, to be told when an alarm goes off.
   *
   * @default - the handler's `notificationTopic`; without one, nobody is told
   */
  readonly notificationTopic?: ITopic;
}

/** What somebody has to look at. Names: the handler's `serviceName`, a hyphen, and the keys of `alarms`. */
export class HandlerAlarms extends Construct {
  /** Each alarm by its name, to add actions of your own to it. */
  readonly alarms: Readonly<Record<AlarmName, Alarm>>;

  constructor(scope: Construct, id: string, props: HandlerAlarmsProps) {
    super(scope, id);
    const { handler, notificationTopic = handler.notificationTopic, runbookUrl } = props;
    const create = (name: AlarmName, metric: IMetric) => {
      const { meaning, severity, threshold, toDo } = alarmTexts[name];
      const alarm = new Alarm(this, name, {
        alarmName: `${handler.serviceName}-${name}`,
        alarmDescription: [`Severity: ${severity}.`, meaning, toDo, ...runbookLink(name, runbookUrl)].join(' '),
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // Between interruptions there are no metrics.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (notificationTopic) alarm.addAlarmAction(new SnsAction(notificationTopic));
      return alarm;
    };
    this.alarms = {
      ExecutionFailed: create('ExecutionFailed', handler.metricHandlingFailed()),
      ExecutionTimedOut: create(
        'ExecutionTimedOut',
        handler.stateMachine.metricTimedOut({ period: Duration.minutes(1), statistic: Stats.SUM }),
      ),
      NoticeUndelivered: create('NoticeUndelivered', handler.metricUndeliveredNotices()),
      CapacityAtRisk: create('CapacityAtRisk', handler.metricCapacityAtRisk()),
      FunctionErrors: create('FunctionErrors', handler.metricFunctionErrors()),
    };
  }
}

/** What has happened when the alarm goes off; docs/operations.md has a section on each. */
export type AlarmName =
  | 'ExecutionFailed'
  | 'ExecutionTimedOut'
  | 'NoticeUndelivered'
  | 'CapacityAtRisk'
  | 'FunctionErrors';

/** The heading of its section in docs/operations.md, as GitHub makes an anchor of it: `ExecutionFailed`, `executionfailed`. */
export function runbookAnchor(name: AlarmName): string {
  return name.toLowerCase();
}

function runbookLink(name: AlarmName, runbookUrl: string | undefined): string[] {
  return runbookUrl === undefined ? [] : [`Runbook: ${runbookUrl}#${runbookAnchor(name)}`];
}

interface AlarmText {
  /** `high`: users may notice; look at once. `medium`: within the day. `low`: when it comes again. */
  readonly severity: 'high' | 'medium' | 'low';
  readonly meaning: string;
  readonly toDo: string;
  readonly threshold: number;
}

const alarmTexts: Readonly<Record<AlarmName, AlarmText>> = {
  ExecutionFailed: {
    severity: 'high',
    meaning:
      'An interrupted instance was not taken out of its group before EC2 reclaimed it, or a notice was unreadable.',
    toDo: "Look at the failed execution's error, and whether the group has its capacity again.",
    threshold: 1,
  },
  ExecutionTimedOut: {
    severity: 'medium',
    meaning: 'A handling ran for ten minutes without coming to an end, long after EC2 reclaimed the instance.',
    toDo: 'Look at which state the execution was in, and whether the instance is still in its group.',
    threshold: 1,
  },
  NoticeUndelivered: {
    severity: 'high',
    meaning:
      'EventBridge could not start an execution for a notice within two minutes: that interruption was not handled.',
    toDo: 'Read the message in the dead-letter queue, fix what it says, and delete it; the notice itself is worth nothing now.',
    threshold: 1,
  },
  CapacityAtRisk: {
    severity: 'high',
    meaning:
      'An instance left because its time was up, while its group was below its floor without it: users may notice.',
    toDo:
      'Check that the group has launched a replacement, and why that took longer than the notice lasts: no capacity, a slow ' +
      'start, or no room below MaxSize, which the metric NoHeadroom counts.',
    threshold: 1,
  },
  FunctionErrors: {
    severity: 'low',
    meaning: 'The functions failed five times or more within five minutes, waits for a lease not counted.',
    toDo: 'Single errors are retried; look in the logs for what many have in common: throttling, permissions, an outage.',
    threshold: 5,
  },
};
