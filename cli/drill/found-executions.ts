import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { readNotice } from '../../functions/describe-instance/notice.ts';
import { InvalidEvent } from '../../functions/shared/errors.ts';
import { timestamp } from '../../functions/shared/timestamps.ts';
import { isJsonObject, type JsonValue } from '../../simulator/json.ts';
import type { NoticeEvent } from '../execution/notice-event.ts';

export interface FoundExecution {
  readonly arn: string;
  readonly notice: NoticeEvent;
}

/** Which executions are meant: those of a state machine since a time (epoch milliseconds) that are not known yet. */
export interface Search {
  readonly stateMachineArn: string;
  readonly sinceMilliseconds: number;
  readonly known: ReadonlySet<string>;
}

/** The executions that were started by a notice, the first one first. Others are left out. */
export async function findExecutions(
  stepFunctions: SFNClient,
  search: Search,
  signal: AbortSignal,
): Promise<FoundExecution[]> {
  const found: FoundExecution[] = [];
  for (const { executionArn = '', startDate } of await newExecutions(stepFunctions, search, signal)) {
    const { input = 'null' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }), {
      abortSignal: signal,
    });
    const notice = noticeIn(JSON.parse(input), startDate ?? new Date());
    if (notice) found.push({ arn: executionArn, notice });
  }
  return found.reverse();
}

/** ListExecutions lists the newest first. */
async function newExecutions(
  stepFunctions: SFNClient,
  { stateMachineArn, sinceMilliseconds, known }: Search,
  signal: AbortSignal,
): Promise<ExecutionListItem[]> {
  const listed: ExecutionListItem[] = [];
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.send(new ListExecutionsCommand({ stateMachineArn, nextToken }), {
      abortSignal: signal,
    });
    const executions = page.executions ?? [];
    const recent = executions.filter(({ startDate }) => (startDate?.getTime() ?? 0) >= sinceMilliseconds);
    listed.push(...recent);
    nextToken = recent.length === executions.length ? page.nextToken : undefined;
  } while (nextToken !== undefined);
  return listed.filter(({ executionArn = '' }) => !known.has(executionArn));
}

/** As DescribeInstance reads it; undefined where it would refuse it. */
function noticeIn(event: JsonValue, startedAt: Date): NoticeEvent | undefined {
  try {
    const execution = { arn: '', startedAt: timestamp(startedAt.getTime()) };
    const { instanceId, noticedAtMilliseconds } = readNotice({ event, execution });
    return { instanceId, noticedAtMilliseconds, event: isJsonObject(event) ? event : {} };
  } catch (error) {
    if (error instanceof InvalidEvent) return undefined;
    throw error;
  }
}
