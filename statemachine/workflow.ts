import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
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
import { invokeFunction, notifyOfFailure, recordInterruption, releaseInterruption } from './tasks.ts';

export interface WorkflowProps {
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  /** Keyed by `autoScalingGroupName` and `instanceId`. */
  readonly interruptionTable: ITable;
  /** Seconds until what was unavailable is tried again. */
  readonly pollSeconds: number;
  /** The functions change no group: what would be raised for is not waited for. Default: false. */
  readonly dryRun?: boolean;
  /** Is told of each handling that fails. Default: nobody is. */
  readonly notificationTopic?: ITopic;
}

/**
 * Ends an execution that hangs. The longest good one is that of an instance that was still Pending when it was
 * interrupted: it waits until the group has seen that EC2 took it, which can take some minutes.
 */
export const workflowTimeout = Duration.minutes(10);

/** The workflow, in the order of its graph. Its input is the EventBridge event; its state is `HandlingState`. */
export function spotInterruptionWorkflow(scope: Construct, props: WorkflowProps): IChainable {
  const { functions, interruptionTable, pollSeconds, dryRun, notificationTopic } = props;

  const notManaged = new Succeed(scope, 'NotManaged', { comment: '$.interruption.reason says why' });
  const duplicateNotice = new Succeed(scope, 'DuplicateNotice', { comment: 'another execution handles this instance' });
  const alreadyDetached = new Succeed(scope, 'AlreadyDetached', { comment: 'the instance left its group meanwhile' });
  const handled = new Succeed(scope, 'Handled', { comment: '$.detachment says how' });
  const handlingFailed = new Fail(scope, 'HandlingFailed', { errorPath: '$.error.Error', causePath: '$.error.Cause' });

  const describeInstance = invokeFunction(scope, 'DescribeInstance', functions['describe-instance'], {
    payload: { event: '$', execution: { arn: '$$.Execution.Id', startedAt: '$$.Execution.StartTime' } },
    resultSelector: { 'interruption.$': '$' },
    retry: retry.asLongAsTheNotice,
  });
  const keepError = new Pass(scope, 'KeepError', {
    parameters: { 'error.$': '$', ...(notificationTopic && { interruption: unknownInterruption }) },
  });
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

  const failure = notificationTopic
    ? notifyOfFailure(scope, 'NotifyOfFailure', notificationTopic, { retry: retry.bestEffort })
        .addCatch(handlingFailed, { resultPath: '$.notificationError' })
        .next(handlingFailed)
    : handlingFailed;

  describeInstance.addCatch(keepError).next(managedInstance);
  keepError.next(failure);

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
    .when(tooLateToLaunch, waitForInService, { comment: 'too late for a launch' })
    .when(raisePending, setDesiredCapacity, { comment: 'find out whether the raise took effect' })
    .when(Condition.and(short, mayRaise, atMaxSize), giveWay, { comment: 'short, and at MaxSize' })
    .when(Condition.and(short, mayRaise), setDesiredCapacity, { comment: 'short' })
    .otherwise(waitForInService);

  setDesiredCapacity
    .addCatch(waitForInService, { errors: [errorNames.groupBusy], resultPath: '$.error' })
    .addCatch(waitForInService, { resultPath: '$.scaleOut' })
    .next(dryRun ? wouldRaise(scope, handled, waitForInService) : waitForInService);

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

  release.addCatch(failure, { resultPath: '$.releaseError' }).next(failure);

  return describeInstance;
}

/** In a dry run no replacement comes: what would be done is said, and that is the end. */
function wouldRaise(scope: Construct, handled: IChainable, waitForInService: IChainable): Choice {
  return new Choice(scope, 'WouldRaise?')
    .when(Condition.isPresent('$.scaleOut.dryRun'), handled, { comment: 'dry run: nothing to wait for' })
    .otherwise(waitForInService);
}

/** For the notification, where DescribeInstance could not find out: the notice is in it, too. */
const unknownInterruption = { instanceId: 'unknown', autoScalingGroupName: 'unknown' };

const gone = Condition.booleanEquals('$.capacity.attached', false);
const detachable = Condition.booleanEquals('$.capacity.detachable', true);
const raised = Condition.booleanEquals('$.capacity.raised', true);
const raisePending = Condition.booleanEquals('$.capacity.raisePending', true);
const mayHaveRaised = Condition.or(raised, raisePending);
const peersServe = Condition.numberGreaterThanEqualsJsonPath('$.capacity.servingPeers', '$.capacity.requiredPeers');
const short = Condition.numberLessThanJsonPath('$.capacity.expectedPeers', '$.capacity.requiredPeers');
const timeIsUp = Condition.timestampGreaterThanEqualsJsonPath('$.capacity.observedAt', '$.interruption.decideBy');
const tooLateToLaunch = Condition.timestampGreaterThanEqualsJsonPath(
  '$.capacity.observedAt',
  '$.interruption.retryUntil',
);
const mayRaise = Condition.and(Condition.booleanEquals('$.capacity.canLaunch', true), Condition.not(raised));
const atMaxSize = Condition.numberLessThanJsonPath('$.capacity.headroom', '$.interruption.weight');

function enteredAtOrAfter(timestampPath: string): Condition {
  return Condition.timestampGreaterThanEqualsJsonPath(JsonPath.stateEnteredTime, timestampPath);
}
