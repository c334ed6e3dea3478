import { type LeaveReason, leaveReasons } from '../../functions/shared/contract.ts';
import { isJsonObject, objectAt } from '../json.ts';
import { baselineOf } from './baseline.ts';
import { type ExecutionLog, type GroupLog, isOfRecommendation, type NoticeLog, type RunLog } from './run-log.ts';

/** What became of an execution, in a sentence of plain words without a full stop. */
export function reasonText(log: RunLog, execution: ExecutionLog): string {
  const { error, finalState, output } = execution;
  switch (finalState) {
    case 'Handled':
      return handledText(log, execution);
    case 'NotManaged':
      return `left alone: ${objectAt(output, 'interruption').reason}`;
    case 'NoticeTookOver':
      return 'a notice took over from the recommendation';
    case 'NotReplaced':
      return 'no replacement served in time, and it stays';
    case 'DuplicateNotice':
      return 'another execution handles this instance';
    case 'AlreadyDetached':
      return 'somebody else took the instance out of its group';
    default:
      return `failed: ${error ?? `it is ${execution.status}`}`;
  }
}

/** The execution that took the instance out, where it was not its own. */
export function handledBy(log: RunLog, execution: ExecutionLog): ExecutionLog | undefined {
  const { by } = leftOf(execution);
  return log.executions.find((one) => one !== execution && typeof by === 'string' && by.endsWith(`:${one.name}`));
}

/** How the instance left, as the execution's output has it; empty where it does not say. */
export function leftOf({ output }: ExecutionLog): { readonly [key: string]: unknown } {
  const own = objectAt(objectAt(output, 'detachment'), 'how');
  return isJsonObject(own) && Object.keys(own).length > 0 ? own : objectAt(objectAt(output, 'capacity'), 'left');
}

function handledText(log: RunLog, execution: ExecutionLog): string {
  const signals = isOfRecommendation(execution) ? log.recommendations : log.notices;
  const notice = signals.find(({ instanceId }) => instanceId === execution.instanceId);
  const group = log.groups.find(({ name }) => name === notice?.group);
  const isDryRun = ['scaleOut', 'detachment'].some((part) => objectAt(execution.output, part).dryRun === true);
  if (isDryRun || !notice || !group) return wouldText(execution);
  const left = leftOf(execution);
  const { decremented, reason } = left;
  const at = group.departures.find(({ instanceId }) => instanceId === execution.instanceId)?.at;
  const why = leaveReasons.find((one) => one === reason);
  const when = at === undefined ? 'left' : `left at ${(at - notice.at).toFixed(1)} s`;
  const along = handledBy(log, execution);
  return [
    `${when}${along ? ` with ${along.instanceId}` : ''} because ${why ? whyText(why, log, group, notice) : 'it was gone'}`,
    ...(decremented === true ? ['its raise was taken back'] : []),
    ...wayTexts(left),
    ...commandText(execution),
  ].join('; ');
}

function commandText({ output }: ExecutionLog): string[] {
  const { commandId, Error: error } = objectAt(output, 'shutdownCommand');
  if (commandId !== undefined) return ['it was sent its shutdown command'];
  return error === undefined ? [] : [`its shutdown command failed: ${error}`];
}

/** Detaching is what is usual, and needs no words. */
function wayTexts({ hookMayBeCutOff, way }: ReturnType<typeof leftOf>): string[] {
  if (way !== 'terminate') return [];
  const { mayTakeSeconds, secondsLeft } = isJsonObject(hookMayBeCutOff) ? hookMayBeCutOff : {};
  const hook = 'it was terminated, so that its hooks run';
  if (mayTakeSeconds === undefined) return [hook];
  return [
    `${hook}, which may take ${mayTakeSeconds} s, more than the ${Number(secondsLeft).toFixed(0)} s that were left`,
  ];
}

function wouldText({ output }: ExecutionLog): string {
  const { dryRun, from, to } = objectAt(output, 'scaleOut');
  if (dryRun === true) return `dry run: DesiredCapacity would have been set from ${from} to ${to}`;
  return 'dry run: it would have left';
}

function whyText(reason: LeaveReason, log: RunLog, group: GroupLog, notice: NoticeLog): string {
  switch (reason) {
    case 'the floor holds without it':
      return 'the floor holds without it';
    case 'deadline':
      return `its time was up: ${lateText(log, group, notice)}`;
    case 'capacity unknown':
      return 'its time was up, and what serves was not known';
    case 'gave way at MaxSize':
      return `it gave way: MaxSize ${group.maxSize} leaves no room to raise`;
    case 'gave way, its raise was void':
      return `it gave way: ${voidText}`;
    case 'replaced on a recommendation':
      return 'its replacement serves';
    case 'was gone already':
      return 'somebody else had taken it out';
  }
}

function lateText(log: RunLog, group: GroupLog, notice: NoticeLog): string {
  if (isChangedByOthers(log, group)) return voidText;
  const refused = log.launchFailures.filter((one) => one.group === group.name && one.at < notice.reclaimAt).length;
  if (refused > 0) return `launches were refused ${refused} times`;
  const noticed = log.notices.filter((one) => one.group === group.name).length;
  if (group.maxSize < group.desiredBefore + noticed) {
    return `MaxSize ${group.maxSize} leaves no room to raise${group.maxSize > group.desiredBefore ? ' for all' : ''}`;
  }
  if (log.faults.length > 0) return 'calls failed, and held up its replacement';
  const seconds = Number.isFinite(group.replacementSeconds) ? `${group.replacementSeconds.toFixed(0)} s` : 'for ever';
  return `a replacement takes ${seconds} until it serves`;
}

const voidText = 'somebody else has set DesiredCapacity, and its raise was void';

function isChangedByOthers(log: RunLog, group: GroupLog): boolean {
  return baselineOf(log, group).changesByOthers.length > 0;
}
