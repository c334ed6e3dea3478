import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStateMachineCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import { isJsonObject, type JsonObject } from '../../simulator/json.ts';
import { instanceIn, updatesFrom } from './attached-updates.ts';
import type { RunLog } from './run-log.ts';

const pollMilliseconds = 1000;

/** Where `npm run aws` serves Step Functions by default. */
export const defaultEndpoint = 'http://127.0.0.1:4599';

/** The endpoint does not answer, or has no such state machine. The message says so. */
export class NothingToAttachTo extends Error {}

export interface AttachedTo {
  readonly endpoint: string;
  readonly stateMachineArn: string;
  /** The events of an execution as they happen, the last one being its end. */
  readonly follow: (
    stepFunctions: SFNClient,
    executionArn: string,
    options: {
      readonly pollMilliseconds: number;
      readonly signal: AbortSignal;
      readonly onUnreachable: (error: unknown) => void;
    },
  ) => AsyncGenerator<ExecutionEvent, void>;
  readonly log: RunLog;
}

/** Follows the executions of a state machine that runs elsewhere, through Step Functions' API. */
export class Attached {
  readonly #stepFunctions: SFNClient;
  readonly #endpoint: string;
  readonly #stateMachineArn: string;
  readonly #follow: AttachedTo['follow'];
  readonly #log: RunLog;
  readonly #stopped = new AbortController();
  readonly #followed = new Set<string>();
  #startedAt: number | undefined;

  constructor({ endpoint, stateMachineArn, follow, log }: AttachedTo) {
    this.#follow = follow;
    this.#stepFunctions = stepFunctionsAt(endpoint, stateMachineArn);
    this.#endpoint = endpoint;
    this.#stateMachineArn = stateMachineArn;
    this.#log = log;
  }

  /** The deployed definition. Throws NothingToAttachTo. */
  async definition(): Promise<JsonObject> {
    const command = new DescribeStateMachineCommand({ stateMachineArn: this.#stateMachineArn });
    const { definition = '' } = await this.#stepFunctions.send(command).catch((error: unknown) => {
      throw new NothingToAttachTo(
        `Step Functions at ${this.#endpoint} does not say what ${this.#stateMachineArn} is: ${messageOf(error)}. ` +
          'Is npm run aws running there? Say where with AWS_ENDPOINT_URL.',
        { cause: error },
      );
    });
    const parsed: unknown = JSON.parse(definition);
    if (isJsonObject(parsed)) return parsed;
    throw new Error(`The definition of ${this.#stateMachineArn} is no object, but ${definition.slice(0, 80)}.`);
  }

  /** Tells the log of all executions as they come, until stopped. Who serves them may be away for a while. */
  async follow(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      for (const execution of await this.#listed()) {
        const { executionArn = '' } = execution;
        if (this.#followed.has(executionArn)) continue;
        this.#followed.add(executionArn);
        this.#followOne(execution).catch((error: unknown) => {
          if (!signal.aborted) console.error(`${executionArn} is not followed any more: ${messageOf(error)}`);
        });
      }
      await sleep(pollMilliseconds, undefined, { signal }).catch(() => {});
    }
  }

  stop(): void {
    this.#stopped.abort();
    this.#stepFunctions.destroy();
  }

  /** The oldest first. */
  async #listed(): Promise<ExecutionListItem[]> {
    const executions: ExecutionListItem[] = [];
    let nextToken: string | undefined;
    try {
      do {
        const command = new ListExecutionsCommand({ stateMachineArn: this.#stateMachineArn, nextToken });
        const page = await this.#stepFunctions.send(command, { abortSignal: this.#stopped.signal });
        executions.push(...(page.executions ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    } catch (error) {
      if (!this.#stopped.signal.aborted) console.error(`The executions cannot be listed: ${messageOf(error)}`);
    }
    return executions.reverse();
  }

  async #followOne({
    executionArn = '',
    name = executionArn,
    startDate = new Date(),
  }: ExecutionListItem): Promise<void> {
    const startedAt = this.#begun(startDate);
    const { signal } = this.#stopped;
    const onUnreachable = (error: unknown) => console.error(`${name} cannot be read for now: ${messageOf(error)}`);
    let instanceId = 'no instance';
    for await (const event of this.#follow(this.#stepFunctions, executionArn, {
      pollMilliseconds,
      signal,
      onUnreachable,
    })) {
      if (event.type === 'ExecutionStarted') instanceId = instanceIn(event.input);
      for (const update of updatesFrom(event, { name, instanceId, startedAt })) this.#log.append(update);
    }
  }

  /** With the first execution something is shown, and its start is the time that all others are counted from. */
  #begun(startDate: Date): number {
    if (this.#startedAt !== undefined) return this.#startedAt;
    this.#startedAt = startDate.getTime();
    const settings = { scenario: 'attached', event: null, seed: 0, speed: 1 };
    this.#log.append({ kind: 'requested', id: `attached-${this.#startedAt}`, settings });
    this.#log.append({
      kind: 'started',
      startedAt: this.#startedAt,
      byHand: false,
      drainSeconds: 30,
      weight: 1,
      requestsPerUnitSecond: 1,
      instances: [],
    });
    return this.#startedAt;
  }
}

/** Credentials and Region are what the local endpoint does not look at, unless there are any. */
function stepFunctionsAt(endpoint: string, stateMachineArn: string): SFNClient {
  const region = stateMachineArn.split(':')[3] ?? '';
  const hasCredentials = process.env.AWS_ACCESS_KEY_ID !== undefined;
  const local = { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  return new SFNClient({ endpoint, region, ...(!hasCredentials && local) });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
