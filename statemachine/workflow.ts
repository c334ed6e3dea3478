import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Choice, Condition, Fail, type IChainable, Pass, Succeed, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import {
  recordUpdate,
  recordUpdateWithRecommendations,
  releaseUpdate,
} from '../functions/ledger/interruption-table.ts';
import { errorNames, type FunctionName } from '../functions/shared/contract.ts';
import {
  enteredAtOrAfter,
  formersDue,
  formersServe,
  givenUp,
  gone,
  hasLeft,
  isTakenAlong,
  number,
  settled,
  takenOut,
  takenOver,
  toBeShutDown,
  unsettled,
} from './conditions.ts';
import { endsOfRecommendation, shutDown, terminateLeftBehind, wouldRaise } from './options.ts';
import * as retry from './retry-policies.ts';
import { invokeFunction, notifyOfFailure, notifyOfSuccess, updateRecord } from './tasks.ts';

export interface WorkflowProps {
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  /** Keyed by `autoScalingGroupName` and `instanceId`. */
  readonly interruptionTable: ITable;
  /** The functions change no group: what would be raised for is not waited for. Default: false. */
  readonly dryRun?: boolean;
  /** Rebalance recommendations are acted on, and given up after this time. Default: none is expected. */
  readonly rebalanceTimeout?: Duration;
  /** The SSM documents that an instance may be sent when it has left. Default: none is sent. */
  readonly shutdownDocuments?: readonly string[];
  /**
   * Minutes after its leaving until a detached instance that EC2 has not reclaimed is terminated. Not in a dry run, where nothing
   * is detached. Default: it runs on.
   */
  readonly terminateLeftBehindAfterMinutes?: number;
  /** Is told of each handling that fails. Default: nobody is. */
  readonly notificationTopic?: ITopic;
  /** Whether it is told of those that succeed, too. Default: of failures. */
  readonly notify?: 'failures' | 'all';
}

/**
 * Ends an execution that hangs. The longest good one is that of an instance that was still Pending when it was
 * interrupted: it waits until the group has seen that EC2 took it, which can take some minutes.
 */
export const workflowTimeout = Duration.minutes(10);

/** The same, with the time that an execution waits for what may be left behind, or after a recommendation. */
export function workflowTimeoutFor({ rebalanceTimeout, terminateLeftBehindAfterMinutes = 0 }: WaitingProps): Duration {
  const waitsMinutes = (rebalanceTimeout?.toMinutes() ?? 0) + terminateLeftBehindAfterMinutes;
  return Duration.minutes(workflowTimeout.toMinutes() + waitsMinutes);
}

type WaitingProps = Pick<WorkflowProps, 'rebalanceTimeout' | 'terminateLeftBehindAfterMinutes'>;

/** The workflow, in the order of its graph. Its input is the EventBridge event; its state is `HandlingState`. */
export function spotInterruptionWorkflow(scope: Construct, props: WorkflowProps): IChainable {
  const { functions, interruptionTable, dryRun, notificationTopic, terminateLeftBehindAfterMinutes: minutes } = props;
  const { rebalanceTimeout, shutdownDocuments = [] } = props;
  const isShutDown = shutdownDocuments.length > 0 && !dryRun;

  const notManaged = new Succeed(scope, 'NotManaged', { comment: '$.interruption.reason says why' });
  const duplicateNotice = new Succeed(scope, 'DuplicateNotice', { comment: 'another execution handles this instance' });
  const alreadyDetached = new Succeed(scope, 'AlreadyDetached', { comment: 'somebody else took the instance away' });
  const handledEnd = new Succeed(scope, 'Handled', {
    comment: '$.detachment.how, or $.capacity.left where another execution took it along, says how',
  });
  const handled =
    notificationTopic && props.notify === 'all'
      ? notifyOfSuccess(scope, 'NotifyOfSuccess', notificationTopic, {
          retry: retry.bestEffort,
          isDryRun: dryRun ?? false,
        })
          .addCatch(handledEnd, { resultPath: '$.notificationError' })
          .next(handledEnd)
      : handledEnd;
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
  const recording = rebalanceTimeout ? recordUpdateWithRecommendations : recordUpdate;
  const record = updateRecord(scope, 'RecordInterruption', interruptionTable, recording, {
    retry: retry.recording,
  });
  const checkCapacity = invokeFunction(scope, 'CheckCapacity', functions['check-capacity'], {
    resultPath: '$.capacity',
    retry: retry.looking,
  });
  const enoughCapacity = new Choice(scope, 'EnoughCapacity?');
  const setDesiredCapacity = invokeFunction(scope, 'SetDesiredCapacity', functions['set-desired-capacity'], {
    resultPath: '$.scaleOut',
    retry: retry.never,
  });
  const waitForInService = new Wait(scope, 'WaitForInService', {
    time: WaitTime.timestampPath('$.capacity.nextCheckAt'),
  });
  const detachInstances = invokeFunction(scope, 'DetachInstances', functions['detach-instances'], {
    resultPath: '$.detachment',
    retry: retry.detaching,
  });
  const left = new Choice(scope, 'Left?');
  const timeLeft = new Choice(scope, 'TimeLeft?');
  const waitForService = new Wait(scope, 'WaitForService', {
    time: WaitTime.secondsPath('$.interruption.retrySeconds'),
  });
  const release = updateRecord(scope, 'ReleaseInterruption', interruptionTable, releaseUpdate, {
    retry: retry.bestEffort,
  });

  const out = minutes !== undefined && !dryRun ? terminateLeftBehind(scope, handled, minutes) : handled;

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

  const recommendation = rebalanceTimeout ? endsOfRecommendation(scope) : undefined;
  if (recommendation) {
    enoughCapacity
      .when(takenOver, recommendation.noticeTookOver, { comment: 'a notice has come' })
      .when(Condition.and(givenUp, settled), recommendation.notReplaced, { comment: 'not replaced in time' });
  }
  const shutdownCommand = isShutDown ? shutDown(scope, left, checkCapacity) : undefined;
  if (shutdownCommand) {
    enoughCapacity.when(Condition.and(gone, takenOut, toBeShutDown), shutdownCommand, { comment: 'to be shut down' });
    left.when(Condition.and(hasLeft, toBeShutDown), shutdownCommand, { comment: 'to be shut down' });
  }

  enoughCapacity
    .when(Condition.not(number('$.capacity.changeBy', 0)), setDesiredCapacity, { comment: 'short, or raised too far' })
    .when(formersDue, detachInstances, { comment: 'those that serve on have replacements, or no time' })
    .when(Condition.and(gone, unsettled), waitForInService, { comment: 'gone, the ledger still open' })
    .when(Condition.and(gone, takenOut), out, { comment: 'taken out of its group' })
    .when(gone, alreadyDetached, { comment: 'gone meanwhile' })
    .when(Condition.numberGreaterThan('$.capacity.leaving', 0), detachInstances, {
      comment: 'enough serve without those that leave, or their time is up',
    })
    .otherwise(waitForInService);

  setDesiredCapacity
    .addCatch(waitForService, { resultPath: '$.error' })
    .next(dryRun ? wouldRaise(scope, handled, waitForInService) : waitForInService);

  waitForInService.next(checkCapacity);

  detachInstances
    .addCatch(waitForInService, { errors: [errorNames.groupBusy], resultPath: '$.error' })
    .addCatch(timeLeft, { resultPath: '$.error' })
    .next(left);
  left
    .when(Condition.and(hasLeft, number('$.detachment.unsettled', 0)), out, { comment: 'with everything settled' })
    .when(Condition.and(hasLeft, formersServe), waitForInService, { comment: 'others serve on, until the next look' })
    .when(hasLeft, waitForService, { comment: 'the ledger still open' });
  if (shutdownCommand) left.when(isTakenAlong, out, { comment: 'taken along, with everything settled' });
  left.otherwise(waitForInService);

  timeLeft.when(Condition.and(enteredAtOrAfter('$.interruption.reclaimAt'), hasLeft), out, {
    comment: 'left in time',
  });
  if (recommendation) timeLeft.when(recommendation.isOver, recommendation.notReplaced, { comment: 'no reclaim' });
  timeLeft
    .when(enteredAtOrAfter('$.interruption.reclaimAt'), release, { comment: 'EC2 has taken the instance' })
    .when(Condition.and(enteredAtOrAfter('$.interruption.retryUntil'), Condition.not(hasLeft)), detachInstances, {
      comment: 'detach without what is missing',
    })
    .otherwise(waitForService);
  waitForService.next(record);

  release.addCatch(failure, { resultPath: '$.releaseError' }).next(failure);

  return describeInstance;
}

/** For the notification, where DescribeInstance could not find out: the notice is in it, too. */
const unknownInterruption = { instanceId: 'unknown', autoScalingGroupName: 'unknown' };
