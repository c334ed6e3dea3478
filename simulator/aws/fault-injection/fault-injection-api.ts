import { type JsonObject, type JsonValue, throughJson } from '../../json.ts';
import { epochSeconds } from '../protocols/json-protocol.ts';
import type { RestJsonApi } from '../protocols/rest-json-endpoint.ts';
import { ServiceError } from '../protocols/service-error.ts';
import type { ExperimentTemplate } from './experiment-template.ts';
import { type Experiment, Experiments, type ExperimentWorld } from './experiments.ts';

export interface FaultInjectionOptions extends ExperimentWorld {
  /** Those that there are when they are asked for. */
  readonly templates: () => readonly ExperimentTemplate[];
}

/**
 * The part of AWS Fault Injection Service's API (2020-12-01) that is simulated: experiments that interrupt Spot Instances,
 * which EC2 announces and takes as it does by itself. Targets come in one page.
 * @see https://docs.aws.amazon.com/fis/latest/APIReference/API_Operations.html
 */
export function faultInjectionApi({ aws, put, templates }: FaultInjectionOptions): RestJsonApi {
  const experiments = new Experiments({ aws, put });
  const createdAt = new Date();
  const templateOf = (id: string) => templates().find((one) => one.id === id) ?? notFound('Experiment template', id);
  const experimentOf = (id: string) => experiments.find(id) ?? notFound('Experiment', id);
  return {
    service: 'fis',
    title: 'Fault Injection Service',
    actions: {
      GetExperimentTemplate: {
        method: 'GET',
        path: '/experimentTemplates/{id}',
        perform: (parameters) => ({
          experimentTemplate: templateJson(templateOf(parameters.requiredString('id')), createdAt),
        }),
      },
      StartExperiment: {
        method: 'POST',
        path: '/experiments',
        perform: (parameters) => {
          const token = parameters.requiredString('clientToken');
          const template = templateOf(parameters.requiredString('experimentTemplateId'));
          return { experiment: experimentJson(experiments.start(template, token, parameters.stringMap('tags'))) };
        },
      },
      GetExperiment: {
        method: 'GET',
        path: '/experiments/{id}',
        perform: (parameters) => ({ experiment: experimentJson(experimentOf(parameters.requiredString('id'))) }),
      },
      ListExperimentResolvedTargets: {
        method: 'GET',
        path: '/experiments/{experimentId}/resolvedTargets',
        perform: (parameters) => resolvedTargets(experimentOf(parameters.requiredString('experimentId')), aws),
      },
    },
  };
}

function notFound(what: string, id: string): never {
  throw new ServiceError('ResourceNotFoundException', `${what} ${id} does not exist.`, 404);
}

function templateJson({ tags = {}, ...template }: ExperimentTemplate, createdAt: Date): JsonValue {
  const time = epochSeconds(createdAt);
  return throughJson({ ...template, creationTime: time, lastUpdateTime: time, tags });
}

function experimentJson(experiment: Experiment): JsonValue {
  const { id, template, tags, createdAt, status, reason, endedAt } = experiment;
  const actionState = status === 'initiating' ? { status: 'pending', reason: 'Initial state' } : { status, reason };
  const actions = Object.entries(template.actions).map(([name, action]) => [name, { ...action, state: actionState }]);
  return throughJson({
    id,
    experimentTemplateId: template.id,
    roleArn: template.roleArn,
    state: { status, reason },
    targets: template.targets,
    actions: Object.fromEntries(actions),
    stopConditions: template.stopConditions,
    creationTime: epochSeconds(createdAt),
    startTime: epochSeconds(createdAt),
    ...(endedAt && { endTime: epochSeconds(endedAt) }),
    tags,
  });
}

function resolvedTargets(
  { template, instanceIds }: Experiment,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): JsonObject {
  return {
    resolvedTargets: [...instanceIds].flatMap(([targetName, ids]) =>
      ids.map((id) => ({
        resourceType: template.targets[targetName]?.resourceType ?? '',
        targetName,
        targetInformation: { arn: `arn:aws:ec2:${region}:${accountId}:instance/${id}` },
      })),
    ),
  };
}
