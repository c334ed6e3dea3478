import { type FunctionName, functionNames } from '../../functions/shared/contract.ts';
import type { ApiCall } from '../aws/index.ts';
import { currentInvocation } from '../aws/lambda/invocation.ts';
import { objectAt } from '../json.ts';
import type { Caller } from '../judging/run-log.ts';
import { instanceIdOf } from './event-file.ts';

/** Whose call is being answered: a function's, or the workflow's own. */
export interface WorkflowCaller extends Caller {
  readonly executionArn?: string | undefined;
}

/** Told by what the function was invoked with; of a call of the workflow's own (DynamoDB) by the key of its item. */
export function callerOf({ parameters }: ApiCall): WorkflowCaller {
  const invoked = currentInvocation()?.invoked;
  const key = objectAt(parameters, 'Key');
  if (!invoked) return { instanceId: text(objectAt(key, 'instanceId').S) };
  const { payload } = invoked;
  const interruption = objectAt(payload, 'interruption');
  return {
    functionName: folderOf(invoked.functionName),
    executionArn: text(interruption.executionArn) ?? text(objectAt(payload, 'execution').arn),
    instanceId: text(interruption.instanceId) ?? instanceIdOf(objectAt(payload, 'event')),
    autoScalingGroupName: text(interruption.autoScalingGroupName),
  };
}

/** The synthesized functions are named after their folders, without the hyphens. */
function folderOf(functionName: string): FunctionName | undefined {
  return functionNames.find((folder) => functionName.toLowerCase().includes(folder.replaceAll('-', '')));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
