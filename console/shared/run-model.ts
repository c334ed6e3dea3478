import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import { type JsonValue, objectAt } from '../../simulator/json.ts';
import type { Verdict } from '../../simulator/judging/judge.ts';
import type { NoticeLog } from '../../simulator/judging/run-log.ts';
import type { Summary } from '../../simulator/scenarios/summary.ts';
import type { RunSettings } from './run-settings.ts';
import type { GroupSample, HistoryUpdate, RequestSample, RunStarted, RunUpdate } from './run-update.ts';

export type RunPhase = 'idle' | 'starting' | 'running' | 'ended' | 'refused' | 'stopped';
export type StateStatus = 'not entered' | 'in progress' | 'succeeded' | 'caught' | 'failed' | 'stopped';
export type ExecutionStatus = 'running' | 'succeeded' | 'failed' | 'stopped';

/** One visit of an execution to a state. */
export interface StateVisit {
  readonly enteredAtSeconds: number;
  readonly input: JsonValue | undefined;
  exitedAtSeconds?: number;
  output?: JsonValue;
  status: StateStatus;
  retries: number;
  readonly errors: { readonly atSeconds: number; readonly error: string; readonly cause: string }[];
}

export interface ExecutionModel {
  readonly name: string;
  readonly instanceId: string;
  status: ExecutionStatus;
  readonly visits: Map<string, StateVisit[]>;
  /** `from→to` of every transition taken. */
  readonly transitions: Set<string>;
  current?: string;
  failure?: { readonly error: string; readonly cause: string };
}

export interface HistoryRow {
  readonly execution: string;
  readonly instanceId: string;
  readonly atSeconds: number;
  readonly event: ExecutionEvent;
}

export interface Detached {
  readonly instanceId: string;
  readonly atSeconds: number;
}

/** A state, in one execution or over all of them. */
export interface StateSummary {
  readonly status: StateStatus;
  readonly visits: number;
  readonly retries: number;
  /** How many executions are in it. */
  readonly inProgress: number;
}

/** All that is known of a run: what its updates add up to. */
export class RunModel {
  id: string | undefined;
  phase: RunPhase = 'idle';
  settings: RunSettings | undefined;
  started: RunStarted | undefined;
  readonly executions = new Map<string, ExecutionModel>();
  readonly history: HistoryRow[] = [];
  readonly notices: NoticeLog[] = [];
  readonly group: GroupSample[] = [];
  readonly requests: RequestSample[] = [];
  readonly detached: Detached[] = [];
  verdicts: readonly Verdict[] | undefined;
  summary: Summary | undefined;
  refusal: string | undefined;

  apply(update: RunUpdate): void {
    switch (update.kind) {
      case 'requested':
        this.id = update.id;
        this.settings = update.settings;
        this.phase = 'starting';
        break;
      case 'started':
        this.started = update;
        this.phase = 'running';
        break;
      case 'notice':
        this.notices.push(update.notice);
        break;
      case 'history':
        this.#record(update);
        break;
      case 'group':
        if (this.group.at(-1)?.atSeconds === update.atSeconds) this.group.pop();
        this.group.push(update);
        break;
      case 'requests':
        this.requests.push(update);
        break;
      case 'ended':
        this.phase = 'ended';
        this.summary = update.summary;
        this.verdicts = update.verdicts;
        break;
      case 'refused':
        this.phase = 'refused';
        this.refusal = update.message;
        break;
      case 'stopped':
        this.phase = 'stopped';
        this.#stop();
        break;
    }
  }

  get isGoingOn(): boolean {
    return this.phase === 'starting' || this.phase === 'running';
  }

  /** The virtual time that the run has come to. */
  get atSeconds(): number {
    return Math.max(0, this.group.at(-1)?.atSeconds ?? 0, this.history.at(-1)?.atSeconds ?? 0);
  }

  /** When the last instance noticed so far is reclaimed. */
  get reclaimAtSeconds(): number | undefined {
    return this.notices.length === 0 ? undefined : Math.max(...this.notices.map((one) => one.reclaimAt));
  }

  /** Of one execution, or of all. */
  stateSummary(state: string, execution?: string): StateSummary {
    const visits = this.#selected(execution).map((one) => one.visits.get(state) ?? []);
    const last = visits.flatMap((ofOne) => ofOne.slice(-1).map(({ status }) => status));
    return {
      status:
        (['in progress', 'failed', 'stopped', 'caught', 'succeeded'] as const).find((one) => last.includes(one)) ??
        'not entered',
      visits: visits.reduce((sum, ofOne) => sum + ofOne.length, 0),
      retries: visits.reduce((sum, ofOne) => sum + ofOne.reduce((retries, visit) => retries + visit.retries, 0), 0),
      inProgress: last.filter((status) => status === 'in progress').length,
    };
  }

  isTaken(from: string, to: string, execution?: string): boolean {
    return this.#selected(execution).some(({ transitions }) => transitions.has(transition(from, to)));
  }

  /** The states that executions are in. */
  currentStates(execution?: string): string[] {
    const running = this.#selected(execution).filter(({ status }) => status === 'running');
    return running.flatMap(({ current }) => current ?? []);
  }

  #selected(execution: string | undefined): ExecutionModel[] {
    if (execution === undefined) return [...this.executions.values()];
    const one = this.executions.get(execution);
    return one ? [one] : [];
  }

  #record({ execution: name, instanceId, event }: HistoryUpdate): void {
    const atSeconds = (Date.parse(event.timestamp) - (this.started?.startedAt ?? 0)) / 1000;
    this.history.push({ execution: name, instanceId, atSeconds, event });
    let execution = this.executions.get(name);
    if (!execution) {
      execution = { name, instanceId, status: 'running', visits: new Map(), transitions: new Set() };
      this.executions.set(name, execution);
    }
    advance(execution, event, atSeconds);
    if (
      event.type.endsWith('StateExited') &&
      detachedIn(event.output) &&
      !detachedIn(inputOf(execution, event.state))
    ) {
      this.detached.push({ instanceId, atSeconds });
    }
  }

  #stop(): void {
    for (const execution of this.executions.values()) {
      if (execution.status !== 'running') continue;
      execution.status = 'stopped';
      const visit = lastVisit(execution, execution.current);
      if (visit?.status === 'in progress') visit.status = 'stopped';
    }
  }
}

function transition(from: string, to: string): string {
  return `${from}→${to}`;
}

function advance(execution: ExecutionModel, event: ExecutionEvent, atSeconds: number): void {
  const { type, state } = event;
  if (state === undefined) {
    conclude(execution, event);
  } else if (type.endsWith('StateEntered')) {
    enter(execution, state, event, atSeconds);
  } else {
    continueVisit(lastVisit(execution, state), event, atSeconds);
  }
}

function conclude(execution: ExecutionModel, { type, error, cause }: ExecutionEvent): void {
  if (type === 'ExecutionStarted') return;
  execution.status = type === 'ExecutionSucceeded' ? 'succeeded' : 'failed';
  if (error !== undefined) execution.failure = { error, cause: cause ?? '' };
  const visit = lastVisit(execution, execution.current);
  if (visit?.status === 'in progress') visit.status = execution.status;
}

function enter(execution: ExecutionModel, state: string, { input }: ExecutionEvent, atSeconds: number): void {
  if (execution.current !== undefined) execution.transitions.add(transition(execution.current, state));
  execution.current = state;
  const visits = execution.visits.get(state) ?? [];
  visits.push({ enteredAtSeconds: atSeconds, input, status: 'in progress', retries: 0, errors: [] });
  execution.visits.set(state, visits);
}

function continueVisit(visit: StateVisit | undefined, event: ExecutionEvent, atSeconds: number): void {
  if (!visit) return;
  const { type, output, error, cause } = event;
  if (type.endsWith('StateExited')) {
    visit.exitedAtSeconds = atSeconds;
    if (output !== undefined) visit.output = output;
    if (visit.status === 'in progress') visit.status = 'succeeded';
  } else if (type.endsWith('Failed')) {
    // It is still in progress: a retry, a Catch or the execution's end follows.
    visit.errors.push({ atSeconds, error: error ?? 'unknown', cause: cause ?? '' });
  } else if (type.endsWith('Caught')) {
    visit.status = 'caught';
  } else if (type.endsWith('Retried')) {
    visit.retries += 1;
  }
}

function lastVisit(execution: ExecutionModel, state: string | undefined): StateVisit | undefined {
  return state === undefined ? undefined : execution.visits.get(state)?.at(-1);
}

function inputOf(execution: ExecutionModel, state: string | undefined): JsonValue | undefined {
  return lastVisit(execution, state)?.input;
}

function detachedIn(state: JsonValue | undefined): boolean {
  return objectAt(state, 'detachment').detached === true;
}
