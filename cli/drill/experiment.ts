import { randomUUID } from 'node:crypto';
import {
  type ExperimentTemplate,
  type FisClient,
  GetExperimentCommand,
  GetExperimentTemplateCommand,
  ListExperimentResolvedTargetsCommand,
  StartExperimentCommand,
} from '@aws-sdk/client-fis';
import { Refusal } from '../account/problems.ts';

/** What an experiment template is going to do. */
export interface Plan {
  readonly templateId: string;
  readonly groupName: string;
  /** From the beginning until EC2 takes the instances. */
  readonly secondsUntilReclaim: number;
}

export interface ExperimentState {
  /** `pending`, `initiating`, `running`, `completed`, `stopping`, `stopped`, `failed` or `cancelled`. */
  readonly status: string;
  readonly reason: string;
}

export interface StartedExperiment {
  readonly id: string;
  /** By FIS's clock. */
  readonly startedAtMilliseconds: number;
}

const actionId = 'aws:ec2:send-spot-instance-interruptions';
const groupNameTag = 'aws:autoscaling:groupName';

/** @throws Refusal where there is no such template, or it does something else; any other error of GetExperimentTemplate. */
export async function readPlan(fis: FisClient, templateId: string, signal: AbortSignal): Promise<Plan> {
  const { actions = {}, targets = {} } = await readTemplate(fis, templateId, signal);
  const [action, ...others] = Object.values(actions);
  if (action?.actionId !== actionId || others.length > 0) {
    const found = Object.values(actions).map((one) => one.actionId);
    throw new Refusal(
      `The experiment template ${templateId} has the actions ${found.join(', ') || 'none'}: a drill takes one, ${actionId}.`,
    );
  }
  const target = targets[action.targets?.SpotInstances ?? ''];
  const groupName = target?.resourceTags?.[groupNameTag];
  if (groupName === undefined) {
    throw new Refusal(
      `The experiment template ${templateId} does not name its instances by the tag ${groupNameTag}, by which a drill knows ` +
        'the group.',
    );
  }
  return { templateId, groupName, secondsUntilReclaim: durationSeconds(action.parameters?.durationBeforeInterruption) };
}

async function readTemplate(fis: FisClient, id: string, signal: AbortSignal): Promise<ExperimentTemplate> {
  try {
    const answer = await fis.send(new GetExperimentTemplateCommand({ id }), { abortSignal: signal });
    return answer.experimentTemplate ?? {};
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    throw new Refusal(`There is no experiment template ${id} here: name another with --template or --region.`);
  }
}

/** @throws any error of StartExperiment. */
export async function startExperiment(fis: FisClient, templateId: string): Promise<StartedExperiment> {
  const { experiment } = await fis.send(
    new StartExperimentCommand({ experimentTemplateId: templateId, clientToken: randomUUID() }),
  );
  if (experiment?.id === undefined) throw new Error(`StartExperiment of ${templateId} answered no id.`);
  return { id: experiment.id, startedAtMilliseconds: (experiment.creationTime ?? new Date()).getTime() };
}

export async function readExperiment(fis: FisClient, id: string, signal: AbortSignal): Promise<ExperimentState> {
  const { experiment } = await fis.send(new GetExperimentCommand({ id }), { abortSignal: signal });
  return { status: experiment?.state?.status ?? 'unknown', reason: experiment?.state?.reason ?? '' };
}

/** The instances that FIS has chosen; none while it has not. */
export async function chosenInstances(fis: FisClient, id: string, signal: AbortSignal): Promise<string[]> {
  const { resolvedTargets = [] } = await fis.send(new ListExperimentResolvedTargetsCommand({ experimentId: id }), {
    abortSignal: signal,
  });
  // The keys of targetInformation are not documented: an instance's id is known by its form.
  const texts = resolvedTargets.flatMap(({ targetInformation = {} }) => Object.values(targetInformation));
  return [...new Set(texts.flatMap((text) => text.match(/\bi-[0-9a-f]{8,17}\b/g) ?? []))];
}

export function hasEnded({ status }: ExperimentState): boolean {
  return status === 'completed' || hasFailed({ status });
}

/** Nobody has been interrupted, or not everybody. */
export function hasFailed({ status }: Pick<ExperimentState, 'status'>): boolean {
  return ['failed', 'stopping', 'stopped', 'cancelled'].includes(status);
}

/** ISO 8601, from two to fifteen minutes ("Amazon EC2 actions", AWS FIS User Guide). */
function durationSeconds(duration = 'PT2M'): number {
  const [, minutes] = /^PT(\d+)M$/.exec(duration) ?? [];
  if (minutes !== undefined) return Number(minutes) * 60;
  throw new Refusal(
    `The template's durationBeforeInterruption is ${duration}: a drill knows whole minutes, as in PT2M.`,
  );
}
