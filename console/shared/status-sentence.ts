import { objectAt } from '../../simulator/json.ts';
import type { ExecutionModel } from './execution-model.ts';
import type { InstanceModel } from './instance-model.ts';
import type { RunModel } from './run-model.ts';

/** One sentence: what is being waited for, by one execution or by all, at the model's moment. */
export function statusSentence(model: RunModel, execution?: string): string {
  const frame = frameSentence(model);
  if (frame !== undefined) return frame;
  const selected = model.executions.get(execution ?? '');
  if (selected) return executionSentence(model, selected);
  const waiting = waitingIn(model);
  const [only] = waiting;
  if (only && model.executions.size === 1) return executionSentence(model, only);
  return waiting.length > 0 ? manySentence(model, waiting) : endSentence(model);
}

/** The same of one execution, short: what became of it, or what it waits for. */
export function executionReason(model: RunModel, execution: ExecutionModel): string {
  if (execution.conclusion) return execution.conclusion.reason;
  if (execution.failure) return `failed: ${execution.failure.error}`;
  return execution.status === 'running' ? activity(model, execution) : execution.status;
}

/** Since the notice, as minutes and seconds: `1:26`. */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function frameSentence(model: RunModel): string | undefined {
  if (model.phase === 'idle') return 'Nothing runs yet. Start an execution, and this line says what it waits for.';
  if (model.phase === 'starting') return 'The app is being synthesized, and local AWS started.';
  if (model.phase === 'refused') return `It could not be run: ${model.refusal}`;
  if (model.executions.size > 0) return undefined;
  return model.notices.length > 0 ? 'EC2 has given notice; no execution has started.' : 'No notice has come yet.';
}

function executionSentence(model: RunModel, execution: ExecutionModel): string {
  const { instanceId } = execution;
  if (execution.status !== 'running') return `${instanceId} ${executionReason(model, execution)}.`;
  const deadline = hasLeft(model, execution) ? undefined : detachByOf(model, execution);
  const by = deadline === undefined ? '' : `; leaves by ${clockTime(deadline)} at the latest`;
  return `${instanceId} ${activity(model, execution)}${nextLook(model, [execution])}${by}.`;
}

function manySentence(model: RunModel, waiting: readonly ExecutionModel[]): string {
  const deadlines = waiting.flatMap((one) => detachByOf(model, one) ?? []);
  const by = deadlines.length > 0 ? `; the first leaves by ${clockTime(Math.min(...deadlines))} at the latest` : '';
  const left = model.executions.size - waiting.length;
  const others = left > 0 ? `${left} of ${model.executions.size} have left; ` : '';
  const wait = waiting.length === 1 ? 'one waits' : `${waiting.length} wait`;
  return `${sentenceCase(`${others}${wait}`)}: ${replacementText(model)}${nextLook(model, waiting)}${by}.`;
}

/** Nobody waits for a replacement any more. */
function endSentence(model: RunModel): string {
  const executions = [...model.executions.values()];
  const failed = executions.filter(({ status }) => status === 'failed').length;
  if (failed > 0) return `${failed} of ${executions.length} executions failed${groupText(model)}.`;
  const [only] = executions;
  if (only && executions.length === 1) return executionSentence(model, only);
  const left = executions.flatMap((one) => beforeReclaim(model, one) ?? []);
  if (left.length === 0) return `All ${executions.length} executions have ended${groupText(model)}.`;
  const last = Math.min(...left).toFixed(1);
  return `All ${left.length} instances have left, the last ${last} s before its reclaim${groupText(model)}.`;
}

function groupText(model: RunModel): string {
  const now = model.group.at(-1);
  if (!now) return '';
  const excess = now.desired - now.usual;
  const size = excess === 0 ? `is at its usual size, ${now.usual}` : `is still raised by ${excess}`;
  return `; the group ${size}, and ${now.serving} serve${now.serving === 1 ? 's' : ''}`;
}

/** What the execution does: the end of a sentence that begins with its instance. */
function activity(model: RunModel, execution: ExecutionModel): string {
  if (hasLeft(model, execution)) return 'has left; its execution goes on until everything is settled';
  switch (execution.current) {
    case 'DescribeInstance':
    case 'ManagedInstance?':
      return 'is looked up: which group it is in, and whether it is to be handled';
    case 'RecordInterruption':
      return 'is being recorded as interrupted';
    case 'SetDesiredCapacity':
      return 'waits: DesiredCapacity is being set';
    case 'DetachInstances':
    case 'Left?':
      return 'is being taken out of its group';
    case 'WaitForService':
      return `waits: ${outageText(execution)}`;
    default:
      return `waits: ${replacementText(model)}`;
  }
}

function outageText({ data }: ExecutionModel): string {
  const { Error: error } = objectAt(data, 'error');
  return typeof error === 'string' ? `a step failed with ${error}, and is tried again` : 'the ledger is still open';
}

/** `0 of 1 replacements serve (pending for 12 s)`. */
function replacementText(model: RunModel): string {
  const now = model.group.at(-1);
  const { instances = [], weight = 1 } = model.started ?? {};
  // Attached to executions elsewhere, only what they have seen themselves is known.
  if (instances.length === 0) return now ? `${now.serving} serve, the floor is ${now.floor}` : 'nobody has looked yet';
  const present = [...model.instances.values()].filter(({ kind, phase }) => kind === 'replacement' && phase !== 'gone');
  const raised = now ? Math.max(0, now.desired - now.usual) / weight : 0;
  const wanted = Math.max(present.length, raised);
  const failures = model.launchFailures > 0 ? `, launches failed ${times(model.launchFailures)}` : '';
  if (wanted === 0) return `no replacement is on its way yet${failures}`;
  const serve = present.filter(({ phase }) => phase === 'serving').length;
  const detail = [phaseText(model, present, 'pending'), phaseText(model, present, 'in service')].filter(Boolean);
  return `${serve} of ${wanted} replacements serve${detail.length > 0 ? ` (${detail.join(', ')})` : ''}${failures}`;
}

function phaseText(model: RunModel, instances: readonly InstanceModel[], phase: 'pending' | 'in service'): string {
  const those = instances.filter((one) => one.phase === phase);
  if (those.length === 0) return '';
  const since = Math.min(...those.map(({ sinceSeconds }) => sinceSeconds));
  const what = phase === 'pending' ? 'pending' : 'health checks running';
  const count = those.length > 1 ? `${those.length} ` : '';
  return `${count}${what} for ${Math.max(0, model.atSeconds - since).toFixed(0)} s`;
}

/** When the first of them looks again. */
function nextLook(model: RunModel, executions: readonly ExecutionModel[]): string {
  const looks = executions.flatMap((execution) => nextLookAt(model, execution) ?? []);
  if (looks.length === 0) return '';
  return `; next look in ${Math.max(0, Math.min(...looks) - model.atSeconds).toFixed(0)} s`;
}

function nextLookAt(model: RunModel, { current, currentVisit, data }: ExecutionModel): number | undefined {
  if (current === 'WaitForInService') return secondsAt(model, objectAt(data, 'capacity').nextCheckAt);
  const { retrySeconds } = objectAt(data, 'interruption');
  if (current !== 'WaitForService' || typeof retrySeconds !== 'number') return undefined;
  return (currentVisit?.enteredAtSeconds ?? 0) + retrySeconds;
}

function detachByOf(model: RunModel, { data }: ExecutionModel): number | undefined {
  return secondsAt(model, objectAt(data, 'interruption').detachBy);
}

function beforeReclaim(model: RunModel, { instanceId }: ExecutionModel): number | undefined {
  const { leftAtSeconds, notice } = model.instances.get(instanceId) ?? {};
  return leftAtSeconds === undefined || !notice ? undefined : notice.reclaimAt - leftAtSeconds;
}

/** Running, and its instance has not left. */
function waitingIn(model: RunModel): ExecutionModel[] {
  return [...model.executions.values()].filter((one) => one.status === 'running' && !hasLeft(model, one));
}

function hasLeft(model: RunModel, { instanceId }: ExecutionModel): boolean {
  return model.instances.get(instanceId)?.leftAtSeconds !== undefined;
}

function secondsAt({ started }: RunModel, timestamp: unknown): number | undefined {
  const milliseconds = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : (milliseconds - (started?.startedAt ?? 0)) / 1000;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
