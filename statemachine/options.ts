import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  type IChainable,
  JsonPath,
  Pass,
  Succeed,
  type TaskStateBase,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { enteredAtOrAfter, number, wasDetached } from './conditions.ts';
import * as retry from './retry-policies.ts';
import { findInGroups, sendShutdownCommand, terminateInstance } from './tasks.ts';

/** Ways of the workflow that are there only where they are configured. */

/** In a dry run no replacement comes: what would be done is said, and that is the end. */
export function wouldRaise(scope: Construct, handled: IChainable, waitForInService: IChainable): Choice {
  return new Choice(scope, 'WouldRaise?')
    .when(Condition.isPresent('$.scaleOut.dryRun'), handled, { comment: 'dry run: nothing to wait for' })
    .otherwise(waitForInService);
}

/** How a recommendation ends that comes to nothing. Nothing has to be done about it, so neither is a failure. */
export function endsOfRecommendation(scope: Construct) {
  return {
    noticeTookOver: new Succeed(scope, 'NoticeTookOver', { comment: "the notice's execution handles this instance" }),
    notReplaced: new Succeed(scope, 'NotReplaced', { comment: 'no replacement served in time: the instance stays' }),
    isOver: Condition.and(enteredAtOrAfter('$.interruption.reclaimAt'), number('$.interruption.recommended', 1)),
  };
}

/**
 * Sends the instance that has left its command, whose failure costs the handling nothing: it is counted by the next look, and
 * shown. A document that does not take the parameters gets none.
 */
export function shutDown(scope: Construct, left: Choice, checkCapacity: IChainable): TaskStateBase {
  const failed = new Pass(scope, 'ShutdownCommandFailed', { comment: '$.shutdownCommand says why' });
  const send = (name: string, withParameters: boolean) =>
    sendShutdownCommand(scope, name, { withParameters, retry: retry.commanding });
  const withoutParameters = send('SendShutdownCommandWithoutParameters', false);
  const withParameters = send('SendShutdownCommand', true);
  withParameters
    .addCatch(withoutParameters, { errors: ['Ssm.InvalidParametersException'], resultPath: JsonPath.DISCARD })
    .addCatch(failed, { resultPath: '$.shutdownCommand' })
    .next(left);
  withoutParameters.addCatch(failed, { resultPath: '$.shutdownCommand' }).next(left);
  failed.next(checkCapacity);
  return withParameters;
}

/**
 * A detached instance that EC2 does not reclaim is billed on. By then it has reclaimed it if it was to, and terminating it again
 * has no effect; one that somebody has attached to a group again is left alone. It never costs the handling.
 */
export function terminateLeftBehind(scope: Construct, handled: IChainable, minutes: number): IChainable {
  const wait = new Wait(scope, 'WaitForReclaim', { time: WaitTime.duration(Duration.minutes(minutes)) });
  const look = findInGroups(scope, 'FindInGroups', { resultPath: '$.leftBehind', retry: retry.bestEffort });
  const inNoGroup = new Choice(scope, 'InNoGroup?');
  const terminate = terminateInstance(scope, 'TerminateLeftBehind', { retry: retry.bestEffort });
  wait.next(look);
  look.addCatch(handled, { resultPath: '$.leftBehindError' }).next(inNoGroup);
  inNoGroup.when(number('$.leftBehind.groups', 0), terminate, { comment: "still nobody else's" }).otherwise(handled);
  terminate.addCatch(handled, { resultPath: '$.leftBehindError' }).next(handled);
  return new Choice(scope, 'Detached?')
    .when(wasDetached, wait, { comment: 'by one of our executions' })
    .otherwise(handled);
}
