import { reclaimSeconds } from '../ec2/spot-interruption.ts';
import { hexFrom } from '../protocols/identifiers.ts';
import { ServiceError } from '../protocols/service-error.ts';
import type { SimulatedAws } from '../simulated-aws.ts';
import { type ExperimentTarget, type ExperimentTemplate, groupNameTag } from './experiment-template.ts';

type ExperimentStatus = 'initiating' | 'running' | 'completed' | 'failed';

export interface Experiment {
  readonly id: string;
  readonly template: ExperimentTemplate;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly status: ExperimentStatus;
  readonly reason: string;
  readonly endedAt?: Date;
  /** The targets' instances by the targets' names, once they are resolved. */
  readonly instanceIds: ReadonlyMap<string, readonly string[]>;
}

/** Where experiments take place: the instances, and the event bus that EC2 puts its events on. */
export interface ExperimentWorld {
  readonly aws: SimulatedAws;
  put(event: unknown): void;
}

/** From StartExperiment until the targets are resolved, and from then until the actions have been carried out. */
const stepSeconds = 1;

/** Experiments that interrupt Spot Instances. Every instance of a group is one. */
export class Experiments {
  readonly #world: ExperimentWorld;
  readonly #experiments: RunningExperiment[] = [];
  readonly #byToken = new Map<string, RunningExperiment>();

  constructor(world: ExperimentWorld) {
    this.#world = world;
  }

  find(id: string): Experiment | undefined {
    return this.#experiments.find((experiment) => experiment.id === id);
  }

  /** Returns the experiment that was started with the token before, if there is one. Throws a ServiceError. */
  start(template: ExperimentTemplate, clientToken: string, tags: Readonly<Record<string, string>>): Experiment {
    const same = this.#byToken.get(clientToken);
    if (same?.template.id === template.id) return same;
    if (same) throw new ServiceError('ConflictException', 'The client token was used for another template already.');
    const experiment = new RunningExperiment(template, tags, this.#experiments.length + 1);
    this.#experiments.push(experiment);
    this.#byToken.set(clientToken, experiment);
    this.#world.aws.schedule(stepSeconds, 'FIS', () => this.#run(experiment));
    return experiment;
  }

  /** An action is done as soon as EC2 has been told, however long it is until the interruption. */
  #run(experiment: RunningExperiment): void {
    const { template } = experiment;
    experiment.resolve(Object.entries(template.targets).map(([name, target]) => [name, this.#instancesOf(target)]));
    if ([...experiment.instanceIds.values()].some((ids) => ids.length === 0)) {
      experiment.end('failed', 'Target resolution returned empty set');
      return;
    }
    experiment.begin();
    for (const { parameters, targets } of Object.values(template.actions)) {
      const ids = experiment.instanceIds.get(targets?.SpotInstances ?? '') ?? [];
      for (const id of ids) this.#interrupt(id, durationSeconds(parameters?.durationBeforeInterruption));
    }
    this.#world.aws.schedule(stepSeconds, 'FIS', () => experiment.end('completed', 'Experiment completed.'));
  }

  /** The rebalance recommendation at once, the notice two minutes before the interruption. */
  #interrupt(instanceId: string, seconds: number): void {
    const { aws, put } = this.#world;
    put(aws.recommendRebalance(instanceId));
    const untilNotice = seconds - reclaimSeconds;
    const event = aws.interrupt(instanceId, { at: new Date(Date.now() + untilNotice * 1000) });
    if (untilNotice <= 0) put(event);
    else aws.schedule(untilNotice, 'EC2', () => put(event));
  }

  /** The first of them, where FIS takes them at random. */
  #instancesOf({ resourceArns = [], resourceTags, selectionMode }: ExperimentTarget): string[] {
    const groupName = resourceTags?.[groupNameTag];
    const candidates = this.#world.aws.groups
      .flatMap((group) => group.instances.map(({ id }) => ({ id, groupName: group.name })))
      .filter((one) => groupName === one.groupName || resourceArns.some((arn) => arn.endsWith(`/${one.id}`)))
      .map(({ id }) => id)
      .filter((id) => this.#world.aws.canBeInterrupted(id));
    return candidates.slice(0, countOf(selectionMode, candidates.length));
  }
}

class RunningExperiment implements Experiment {
  readonly id: string;
  readonly template: ExperimentTemplate;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt = new Date();
  status: ExperimentStatus = 'initiating';
  reason = 'Experiment is initiating.';
  endedAt?: Date;
  instanceIds: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(template: ExperimentTemplate, tags: Readonly<Record<string, string>>, number: number) {
    this.id = `EXP${hexFrom(`experiment ${number} of ${template.id}`, 15)}`;
    this.template = template;
    this.tags = tags;
  }

  resolve(targets: readonly (readonly [string, readonly string[]])[]): void {
    this.instanceIds = new Map(targets);
  }

  begin(): void {
    this.status = 'running';
    this.reason = 'Experiment is running.';
  }

  end(status: 'completed' | 'failed', reason: string): void {
    this.status = status;
    this.reason = reason;
    this.endedAt = new Date();
  }
}

/** @see https://docs.aws.amazon.com/fis/latest/userguide/targets.html#target-selection-mode */
function countOf(selectionMode: string, available: number): number {
  const [, kind, number] = /^(COUNT|PERCENT)\((\d+)\)$/.exec(selectionMode) ?? [];
  if (kind === 'COUNT') return Number(number);
  // Rounded down, but one at least.
  if (kind === 'PERCENT') return Math.max(1, Math.floor((available * Number(number)) / 100));
  return available;
}

/** ISO 8601, in whole minutes, as FIS takes it for this action: from 2 to 15. */
function durationSeconds(duration = 'PT2M'): number {
  const [, minutes] = /^PT(\d+)M$/.exec(duration) ?? [];
  if (minutes === undefined) throw new Error(`durationBeforeInterruption is ${duration}, but has to be like PT2M.`);
  return Number(minutes) * 60;
}
