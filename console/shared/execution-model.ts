import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import { type JsonValue, objectAt } from '../../simulator/json.ts';
import type { ConcludedUpdate, FaultUpdate } from './run-update.ts';

export type StateStatus = 'not entered' | 'in progress' | 'succeeded' | 'caught' | 'failed' | 'stopped';
export type ExecutionStatus = 'running' | 'succeeded' | 'failed' | 'stopped';

/** What went wrong during a visit. */
export interface VisitError {
  readonly atSeconds: number;
  readonly error: string;
  readonly cause: string;
}

/** One visit of an execution to a state. */
export interface StateVisit {
  readonly state: string;
  readonly enteredAtSeconds: number;
  readonly input: JsonValue | undefined;
  exitedAtSeconds?: number;
  output?: JsonValue;
  status: StateStatus;
  /** By the workflow: the state's Retry. */
  retries: number;
  readonly errors: VisitError[];
  /** Calls that went wrong within the function, which repeats them as long as it can. */
  readonly failedCalls: VisitError[];
}

/** An execution, as its events tell it. */
export class ExecutionModel {
  readonly name: string;
  readonly instanceId: string;
  readonly startedAtSeconds: number;
  status: ExecutionStatus = 'running';
  readonly visits = new Map<string, StateVisit[]>();
  /** The states that were entered, in their order. */
  readonly path: string[] = [];
  failure: { readonly error: string; readonly cause: string } | undefined;
  conclusion: ConcludedUpdate | undefined;
  /** By how much it has raised DesiredCapacity, in capacity units. */
  raisedBy = 0;
  raisedAtSeconds: number | undefined;
  /** What flowed into or out of its latest state. */
  data: JsonValue | undefined;
  readonly #transitions = new Set<string>();

  constructor(name: string, instanceId: string, startedAtSeconds: number) {
    this.name = name;
    this.instanceId = instanceId;
    this.startedAtSeconds = startedAtSeconds;
  }

  get current(): string | undefined {
    return this.path.at(-1);
  }

  get currentVisit(): StateVisit | undefined {
    return this.current === undefined ? undefined : this.visits.get(this.current)?.at(-1);
  }

  hasTaken(from: string, to: string): boolean {
    return this.#transitions.has(`${from}→${to}`);
  }

  happened(event: ExecutionEvent, atSeconds: number): void {
    const { type, state } = event;
    this.data = event.output ?? event.input ?? this.data;
    if (state === undefined) this.#conclude(event);
    else if (type.endsWith('StateEntered')) this.#enter(state, event, atSeconds);
    else this.#continue(this.visits.get(state)?.at(-1), event, atSeconds);
  }

  callFailed({ atSeconds, action, fault }: FaultUpdate): void {
    this.currentVisit?.failedCalls.push({ atSeconds, error: action, cause: fault });
  }

  stop(): void {
    if (this.status !== 'running') return;
    this.status = 'stopped';
    if (this.currentVisit?.status === 'in progress') this.currentVisit.status = 'stopped';
  }

  #conclude({ type, error, cause }: ExecutionEvent): void {
    if (type === 'ExecutionStarted') return;
    this.status = type === 'ExecutionSucceeded' ? 'succeeded' : type === 'ExecutionAborted' ? 'stopped' : 'failed';
    if (error !== undefined) this.failure = { error, cause: cause ?? '' };
    if (this.currentVisit?.status === 'in progress') this.currentVisit.status = this.status;
  }

  #enter(state: string, { input }: ExecutionEvent, atSeconds: number): void {
    if (this.current !== undefined) this.#transitions.add(`${this.current}→${state}`);
    this.path.push(state);
    const visit: StateVisit = {
      state,
      enteredAtSeconds: atSeconds,
      input,
      status: 'in progress',
      retries: 0,
      errors: [],
      failedCalls: [],
    };
    this.visits.set(state, [...(this.visits.get(state) ?? []), visit]);
  }

  #continue(visit: StateVisit | undefined, event: ExecutionEvent, atSeconds: number): void {
    if (!visit) return;
    const { type, output, error, cause } = event;
    if (type.endsWith('StateExited')) {
      visit.exitedAtSeconds = atSeconds;
      if (output !== undefined) visit.output = output;
      if (visit.status === 'in progress') visit.status = 'succeeded';
      if (visit.state === 'SetDesiredCapacity' && visit.status === 'succeeded') this.#raised(output, atSeconds);
    } else if (type.endsWith('Failed')) {
      // It is still in progress: a retry, a Catch or the execution's end follows.
      visit.errors.push({ atSeconds, error: error ?? 'unknown', cause: cause ?? '' });
    } else if (type.endsWith('Caught')) {
      visit.status = 'caught';
    } else if (type.endsWith('Retried')) {
      visit.retries += 1;
    }
  }

  #raised(output: JsonValue | undefined, atSeconds: number): void {
    const { dryRun, from, to } = objectAt(output, 'scaleOut');
    if (dryRun === true || typeof from !== 'number' || typeof to !== 'number' || to <= from) return;
    this.raisedBy += to - from;
    this.raisedAtSeconds ??= atSeconds;
  }
}

const fromWorst = ['failed', 'stopped', 'caught', 'in progress', 'succeeded', 'not entered'] as const;

/** The one that went worst; of equals the latest. */
export function worstOf<T extends { readonly status: StateStatus }>(visits: readonly T[]): T | undefined {
  return fromWorst.map((status) => visits.findLast((visit) => visit.status === status)).find((visit) => visit);
}
