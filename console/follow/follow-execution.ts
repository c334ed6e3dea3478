import { setTimeout as sleep } from 'node:timers/promises';
import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';
import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import { HistoryTranslator } from './history-translator.ts';
import { Patience, type PatienceOptions } from './patience.ts';

export interface FollowOptions extends PatienceOptions {
  readonly pollMilliseconds: number;
}

/** Enough for what happens between two polls; the service allows 1000. */
const eventsPerPage = 100;

/**
 * The events of an execution as they happen, the last one being its end.
 * @throws what the signal was aborted with; an error of GetExecutionHistory that will not pass, or has not for a while.
 */
export async function* followExecution(
  stepFunctions: SFNClient,
  executionArn: string,
  options: FollowOptions,
): AsyncGenerator<ExecutionEvent, void> {
  const translator = new HistoryTranslator();
  const patience = new Patience(options);
  let lastId = 0;
  for (;;) {
    const events = await patience.bear(() => newEvents(stepFunctions, executionArn, lastId, options.signal));
    for (const event of events ?? []) {
      lastId = event.id ?? lastId;
      yield* translator.translate(event);
      if (isEnd(event)) return;
    }
    await sleep(options.pollMilliseconds, undefined, { signal: options.signal });
  }
}

/**
 * What has happened since the event `lastId`, oldest first. Read from the newest backwards, so that a poll costs one call
 * however long the history is.
 */
async function newEvents(
  stepFunctions: SFNClient,
  executionArn: string,
  lastId: number,
  signal: AbortSignal,
): Promise<HistoryEvent[]> {
  const newest: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: eventsPerPage, nextToken }),
      { abortSignal: signal },
    );
    newest.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined && (newest.at(-1)?.id ?? 0) > lastId + 1);
  return unbroken(newest.reverse(), lastId);
}

/** Ids count up from 1. Reads are eventually consistent (DescribeExecution): what comes after a gap is left to the next. */
function unbroken(events: readonly HistoryEvent[], lastId: number): HistoryEvent[] {
  const next: HistoryEvent[] = [];
  for (const event of events) if (event.id === lastId + next.length + 1) next.push(event);
  return next;
}

function isEnd({ type }: HistoryEvent): boolean {
  return /^Execution(?:Succeeded|Failed|TimedOut|Aborted)$/.test(type ?? '');
}
