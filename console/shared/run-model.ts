import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import type { Verdict } from '../../simulator/judging/judge.ts';
import type { NoticeLog } from '../../simulator/judging/run-log.ts';
import type { Summary } from '../../simulator/scenarios/summary.ts';
import { ExecutionModel, type StateStatus, type StateVisit, worstOf } from './execution-model.ts';
import { InstanceModel } from './instance-model.ts';
import type { RunSettings } from './run-settings.ts';
import {
  type DesiredUpdate,
  type GroupSample,
  type HistoryUpdate,
  type RequestSample,
  type RunStarted,
  type RunUpdate,
  secondsOf,
} from './run-update.ts';

export type RunPhase = 'idle' | 'starting' | 'running' | 'ended' | 'refused' | 'stopped';

export interface HistoryRow {
  readonly execution: string;
  readonly instanceId: string;
  readonly atSeconds: number;
  readonly event: ExecutionEvent;
}

/** A state, in one execution or over all of them. */
export interface StateSummary {
  /** Of the visit that went worst. */
  readonly status: StateStatus;
  readonly visits: number;
  readonly retries: number;
  readonly failedCalls: number;
  /** How many executions are in it. */
  readonly inProgress: number;
}

export interface ExecutionVisit {
  readonly execution: ExecutionModel;
  readonly visit: StateVisit;
  /** From 0, among the execution's visits to the state. */
  readonly index: number;
  readonly status: StateStatus;
}

/** All that is known of a run up to a moment: what its updates add up to. */
export class RunModel {
  id: string | undefined;
  phase: RunPhase = 'idle';
  settings: RunSettings | undefined;
  started: RunStarted | undefined;
  readonly executions = new Map<string, ExecutionModel>();
  readonly instances = new Map<string, InstanceModel>();
  readonly history: HistoryRow[] = [];
  readonly notices: NoticeLog[] = [];
  readonly group: GroupSample[] = [];
  readonly requests: RequestSample[] = [];
  readonly desired: DesiredUpdate[] = [];
  launchFailures = 0;
  verdicts: readonly Verdict[] | undefined;
  summary: Summary | undefined;
  refusal: string | undefined;
  /** How many updates it has been told. */
  version = 0;
  /** The virtual time of the latest. */
  atSeconds = 0;

  apply(update: RunUpdate): void {
    this.version += 1;
    this.atSeconds = Math.max(this.atSeconds, secondsOf(update, this.started?.startedAt ?? 0) ?? 0);
    switch (update.kind) {
      case 'requested':
        this.id = update.id;
        this.settings = update.settings;
        this.phase = 'starting';
        break;
      case 'started':
        this.#start(update);
        break;
      case 'notice':
        this.notices.push(update.notice);
        this.#instance(update.notice.instanceId).notice = update.notice;
        break;
      case 'history':
        this.#record(update);
        break;
      case 'concluded': {
        const execution = this.executions.get(update.execution);
        if (execution) execution.conclusion = update;
        break;
      }
      case 'fault':
        this.executions.get(update.execution ?? '')?.callFailed(update);
        break;
      case 'instance':
        this.#instance(update.instanceId).changed(update);
        break;
      case 'desired':
        this.desired.push(update);
        break;
      case 'launch failed':
        this.launchFailures += 1;
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
        for (const execution of this.executions.values()) execution.stop();
        break;
      default:
        update satisfies never;
    }
  }

  get isGoingOn(): boolean {
    return this.phase === 'starting' || this.phase === 'running';
  }

  /** When the last instance noticed so far is reclaimed. */
  get reclaimAtSeconds(): number | undefined {
    return this.notices.length === 0 ? undefined : Math.max(...this.notices.map((one) => one.reclaimAt));
  }

  executionOf(instanceId: string | undefined): ExecutionModel | undefined {
    return [...this.executions.values()].find((execution) => execution.instanceId === instanceId);
  }

  /** All visits to a state, of one execution or of all, in the order of the executions. */
  visits(state: string, execution?: string): ExecutionVisit[] {
    return this.selected(execution).flatMap((one) =>
      (one.visits.get(state) ?? []).map((visit, index) => ({ execution: one, visit, index, status: visit.status })),
    );
  }

  /** Of one execution, or of all. */
  stateSummary(state: string, execution?: string): StateSummary {
    const visits = this.visits(state, execution);
    const sum = (of: (visit: StateVisit) => number) => visits.reduce((total, { visit }) => total + of(visit), 0);
    return {
      status: worstOf(visits)?.status ?? 'not entered',
      visits: visits.length,
      retries: sum(({ retries }) => retries),
      failedCalls: sum(({ failedCalls }) => failedCalls.length),
      inProgress: visits.filter(({ status }) => status === 'in progress').length,
    };
  }

  isTaken(from: string, to: string, execution?: string): boolean {
    return this.selected(execution).some((one) => one.hasTaken(from, to));
  }

  selected(execution: string | undefined): ExecutionModel[] {
    if (execution === undefined) return [...this.executions.values()];
    const one = this.executions.get(execution);
    return one ? [one] : [];
  }

  #start(started: RunStarted): void {
    this.started = started;
    this.phase = 'running';
    for (const { instanceId, phase } of started.instances) {
      const instance = new InstanceModel(instanceId, true);
      instance.changed({ atSeconds: Number.NEGATIVE_INFINITY, phase });
      this.instances.set(instanceId, instance);
    }
  }

  #instance(instanceId: string): InstanceModel {
    const known = this.instances.get(instanceId);
    if (known) return known;
    const instance = new InstanceModel(instanceId, false);
    this.instances.set(instanceId, instance);
    return instance;
  }

  #record({ execution: name, instanceId, event }: HistoryUpdate): void {
    const atSeconds = (Date.parse(event.timestamp) - (this.started?.startedAt ?? 0)) / 1000;
    this.#insert({ execution: name, instanceId, atSeconds, event });
    const execution = this.executions.get(name) ?? new ExecutionModel(name, instanceId, atSeconds);
    this.executions.set(name, execution);
    execution.happened(event, atSeconds);
    const instance = this.instances.get(instanceId);
    if (instance && execution.raisedAtSeconds !== undefined) instance.raisedAtSeconds = execution.raisedAtSeconds;
  }

  /** Executions report side by side: an event may be told after a later one of another execution. */
  #insert(row: HistoryRow): void {
    let index = this.history.length;
    while (index > 0 && (this.history[index - 1]?.atSeconds ?? 0) > row.atSeconds) index -= 1;
    if (index === this.history.length) this.history.push(row);
    else this.history.splice(index, 0, row);
  }
}
