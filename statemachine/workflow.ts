import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  JsonPath,
  Pass,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { errorNames, type FunctionName } from '../functions/shared/contract.ts';
import * as retry from './retry-policies.ts';
import { invokeFunction, recordInterruption, releaseInterruption } from './tasks.ts';

export interface WorkflowProps {
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  /** Keyed by `autoScalingGroupName` and `instanceId`. */
  readonly interruptionTable: ITable;
  /** Seconds until what was unavailable is tried again. */
  readonly pollSeconds: number;
}

/**
 * Ends an execution that hangs. The longest good one is that of an instance that was still Pending when it was
 * interrupted: it waits until the group has seen that EC2 took it, which can take some minutes.
 */
export const workflowTimeout = Duration.minutes(10);

/** The workflow, in the order of its graph. Its input is the EventBridge event; its state is `HandlingState`. */
export function spotInterruptionWorkflow(scope: Construct, props: WorkflowProps): IChainable {
  const { functions, interruptionTable, pollSeconds } = props;

  const notManaged = new Succeed(scope, 'NotManaged', { comment: '$.interruption.reason says why' });
  const duplicateNotice = new Succeed(scope, 'DuplicateNotice', { comment: 'another execution handles this instance' });
  const alreadyDetached = new Succeed(scope, 'AlreadyDetached', { comment: 'the instance left its group meanwhile' });
  const handled = new Succeed(scope, 'Handled', { comment: '$.detachment says how' });
  const handlingFailed = new Fail(scope, 'HandlingFailed', { errorPath: '$.error.Error', causePath: '$.error.Cause' });

  const describeInstance = invokeFunction(scope, 'DescribeInstance', functions['describe-instance'], {
    payload: { event: '$', execution: { arn: '$$.Execution.Id', startedAt: '$$.Execution.StartTime' } },
    resultSelector: { 'interruption.$': '$' },
    retry: retry.aslongAsTheNotice,
  });
  const keepError = new Pass(scope, 'KeepError', { parameters: { 'error.$': '$' } });
  const managedInstance = new Choice(scope, 'ManagedInstance?');
  const record = recordInterruption(scope, 'RecordInterruption', interruptionTable, {
    retry: retry.withinTheLoopExcept('DynamoDB.ConditionalCheckFailedException'),
  });
  const checkCapacity = invokeFunction(scope, 'CheckCapacity', functions['check-capacity'], {
    resultPath: '$.capacity',
    retry: retry.withinTheLoop,
  });
  const enoughCapacity = new Choice(scope, 'EnoughCapacity?');
  const setDesiredCapacity = invokeFunction(scope, 'SetDesiredCapacity', functions['set-desired-capacity'], {
    resultPath: '$.scaleOut',
    retry: retry.withinTheLoopExcept(errorNames.groupBusy),
  });
  const giveWay = invokeFunction(scope, 'GiveWay', functions['detach-instances'], {
    payload: { giveWay: true, handling: '$' },
    resultPath: '$.detachment',
    retry: retry.withinTheLoopExcept(errorNames.groupBusy, errorNames.instanceNotDetachable),
  });
  const gaveWay = new Choice(scope, 'GaveWay?');
  const waitForInService = new Wait(scope, 'WaitForInService', {
    time: WaitTime.timestampPath('$.capacity.nextCheckAt'),
  });
  const detachInstances = invokeFunction(scope, 'DetachInstances', functions['detach-instances'], {
    payload: { giveWay: false, handling: '$' },
    resultPath: '$.detachment',
    retry: retry.detaching,
  });
  const timeLeft = new Choice(scope, 'TimeLeft?');
  const waitForService = new Wait(scope, 'WaitForService', { time: WaitTime.duration(Duration.seconds(pollSeconds)) });
  const release = releaseInterruption(scope, 'ReleaseInterruption', interruptionTable, { retry: retry.bestEffort });

  describeInstance.addCatch(keepError).next(managedInstance);
  keepError.next(handlingFailed);

  managedInstance
    .when(Condition.booleanEquals('$.interruption.managed', true), record, { comment: 'ours' })
    .otherwise(notManaged);

  record
    .addCatch(duplicateNotice, { errors: ['DynamoDB.ConditionalCheckFailedException'], resultPath: '$.error' })
    .addCatch(timeLeft, { resultPath: '$.error' })
    .next(checkCapacity);

  checkCapacity.addCatch(timeLeft, { resultPath: '$.error' }).next(enoughCapacity);

  enoughCapacity
    .when(Condition.and(gone, Condition.not(mayHaveRaised)), alreadyDetached, { comment: 'gone meanwhile' })
    .when(gone, detachInstances, { comment: 'gone, and its raise is to be taken back' })
    .when(Condition.not(detachable), waitForInService, { comment: 'Pending: nothing to detach yet' })
    .when(peersServe, detachInstances, { comment: 'enough peers serve' })
    .when(timeIsUp, detachInstances, { comment: 'no time to wait for more' })
    .when(raisePending, setDesiredCapacity, { comment: 'find out whether the raise took effect' })
    .when(Condition.and(short, mayRaise, atMaxSize), giveWay, { comment: 'short, and at MaxSize' })
    .when(Condition.and(short, mayRaise), setDesiredCapacity, { comment: 'short' })
    .otherwise(waitForInService);

  setDesiredCapacity
    .addCatch(waitForInService, { errors: [errorNames.groupBusy], resultPath: '$.error' })
    .addCatch(waitForInService, { resultPath: '$.scaleOut' })
    .next(waitForInService);

  giveWay.addCatch(waitForInService, { resultPath: '$.error' }).next(gaveWay);
  gaveWay
    .when(Condition.booleanEquals('$.detachment.detached', true), handled, { comment: 'detached' })
    .otherwise(waitForInService);

  waitForInService.next(checkCapacity);

  detachInstances.addCatch(timeLeft, { resultPath: '$.error' }).next(handled);

  timeLeft
    .when(enteredAtOrAfter('$.interruption.reclaimAt'), release, { comment: 'EC2 has taken the instance' })
    .when(enteredAtOrAfter('$.interruption.retryUntil'), detachInstances, { comment: 'detach without what is missing' })
    .otherwise(waitForService);
  waitForService.next(record);

  release.addCatch(handlingFailed, { resultPath: '$.releaseError' }).next(handlingFailed);

  return describeInstance;
}

const gone = Condition.booleanEquals('$.capacity.attached', false);
const detachable = Condition.booleanEquals('$.capacity.detachable', true);
const raised = Condition.booleanEquals('$.capacity.raised', true);
const raisePending = Condition.booleanEquals('$.capacity.raisePending', true);
const mayHaveRaised = Condition.or(raised, raisePending);
const peersServe = Condition.numberGreaterThanEqualsJsonPath('$.capacity.servingPeers', '$.capacity.requiredPeers');
const short = Condition.numberLessThanJsonPath('$.capacity.expectedPeers', '$.capacity.requiredPeers');
const timeIsUp = Condition.timestampGreaterThanEqualsJsonPath('$.capacity.observedAt', '$.interruption.decideBy');
const mayRaise = Condition.and(Condition.booleanEquals('$.capacity.canLaunch', true), Condition.not(raised));
const atMaxSize = Condition.numberLessThanJsonPath('$.capacity.headroom', '$.interruption.weight');

function enteredAtOrAfter(timestampPath: string): Condition {
  return Condition.timestampGreaterThanEqualsJsonPath(JsonPath.stateEnteredTime, timestampPath);
}
