import { causeMessage } from '../../simulator/aws/step-functions/cause.ts';
import { objectAt } from '../../simulator/json.ts';
import type { FollowedExecution } from './followed-execution.ts';

export interface Outcome {
  readonly exitCode: 0 | 1 | 2;
  /** One line for people. */
  readonly message: string;
}

/** What came of an execution that has ended. */
export function outcomeOf(execution: FollowedExecution): Outcome {
  const { end, finalState, instanceId } = execution;
  if (end?.type !== 'ExecutionSucceeded') return { exitCode: 1, message: failure(execution) };
  if (finalState === 'NotManaged') return { exitCode: 2, message: leftAlone(execution) };
  if (finalState === 'DuplicateNotice') {
    return { exitCode: 0, message: `Another execution handles, or has handled, the interruption of ${instanceId}.` };
  }
  if (finalState === 'AlreadyDetached') {
    return { exitCode: 0, message: `${instanceId} had left its group meanwhile: nothing was left to do.` };
  }
  const done =
    dryRunOf(execution) ?? `${instanceId} is out of its group: ${detachReason(execution)}.${leftBehind(execution)}`;
  return { exitCode: 0, message: done };
}

/** What a dry run would have done; undefined where it was none. */
function dryRunOf({ handling, instanceId }: FollowedExecution): string | undefined {
  const { to, dryRun: wouldRaise } = objectAt(handling, 'scaleOut');
  const { dryRun: wouldDetach, how } = objectAt(handling, 'detachment');
  const { reason } = objectAt({ how: how ?? null }, 'how');
  if (wouldDetach === true)
    return `Dry run: ${instanceId} would have been detached now (${reason}). Nothing was changed.`;
  if (wouldRaise !== true) return undefined;
  return `Dry run: DesiredCapacity would have been raised to ${to} for ${instanceId}. Nothing was changed.`;
}

function detachReason({ finalState, handling, left: { by, reason } }: FollowedExecution): string {
  const { executionArn } = objectAt(handling, 'interruption');
  const along = typeof by === 'string' && by !== executionArn ? `, by the execution ${by}` : '';
  return typeof reason === 'string' ? `${reason}${along}` : finalState;
}

/** What came of a detached instance; where nobody has ended it, how to. */
function leftBehind({ handling, left: { ifNotReclaimed } }: FollowedExecution): string {
  if (typeof ifNotReclaimed !== 'string') return '';
  const { groups } = objectAt(handling, 'leftBehind');
  if (groups !== undefined && Number(groups) > 0) return ' It is in a group again, and was left running.';
  if (groups !== undefined && handling.leftBehindError === undefined) return ' It has been terminated.';
  return ` It runs on until EC2 reclaims it; if that does not come, it is billed on. To end it: ${ifNotReclaimed}`;
}

function failure({ end, finalState, instanceId }: FollowedExecution): string {
  const how =
    end?.type === 'ExecutionTimedOut' ? 'timed out' : end?.type === 'ExecutionAborted' ? 'was stopped' : 'failed';
  const why = [end?.error, causeMessage(end?.cause)].filter((part) => part).join(': ');
  return `The execution for ${instanceId} ${how} in ${finalState}: ${why}`;
}

function leftAlone({ handling, instanceId }: FollowedExecution): string {
  const { reason, autoScalingGroupName } = objectAt(handling, 'interruption');
  const group = typeof autoScalingGroupName === 'string' ? ` (${autoScalingGroupName})` : '';
  const hint = reason === 'not in an Auto Scaling group' ? ' Check the instance id, the region and the account.' : '';
  return `${instanceId} was left alone: ${reason}${group}.${hint}`;
}
