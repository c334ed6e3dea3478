import { randomUUID } from 'node:crypto';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { NoticeEvent } from './notice-event.ts';

export interface StartedExecution {
  readonly arn: string;
  readonly name: string;
}

/** @throws any error of StartExecution. */
export async function startExecution(
  stepFunctions: SFNClient,
  stateMachineArn: string,
  { instanceId, event }: NoticeEvent,
): Promise<StartedExecution> {
  // Unique for 90 days, and known to a retry of a lost answer, which StartExecution then takes for the same call.
  const name = `by-hand-${instanceId}-${randomUUID()}`;
  const answer = await stepFunctions.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(event) }),
  );
  if (answer.executionArn === undefined) throw new Error(`StartExecution of ${name} answered no executionArn.`);
  return { arn: answer.executionArn, name };
}
