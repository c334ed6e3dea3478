import { Changes } from '../aws/changes.ts';
import { cloudFormationApi } from '../aws/cloudformation/cloudformation-api.ts';
import { eventBridgeApi } from '../aws/event-bridge/event-bridge-api.ts';
import { type ExperimentTemplate, spotInterruptionTemplate } from '../aws/fault-injection/experiment-template.ts';
import { faultInjectionApi } from '../aws/fault-injection/fault-injection-api.ts';
import type { Intercept } from '../aws/index.ts';
import { httpListener } from '../aws/protocols/http-listener.ts';
import { uuidFrom } from '../aws/protocols/identifiers.ts';
import { type JsonApi, JsonEndpoint } from '../aws/protocols/json-endpoint.ts';
import { type QueryApi, QueryEndpoint } from '../aws/protocols/query-endpoint.ts';
import { type RestJsonApi, RestJsonEndpoint } from '../aws/protocols/rest-json-endpoint.ts';
import type { FrontedService } from '../aws/protocols/service-front.ts';
import { stepFunctionsApi } from '../aws/step-functions/step-functions-api.ts';
import type { DeployedApp } from './deployed-app.ts';
import type { LocalAws } from './local-aws.ts';
import type { SynthesizedApp } from './synthesized-app.ts';

export interface DeployedServicesOptions {
  /** Asked about every call. Default: nothing goes wrong. */
  readonly intercept?: Intercept | undefined;
  /** Default: for each group one that interrupts one of its instances. */
  readonly experimentTemplates?: readonly ExperimentTemplate[];
}

/**
 * Step Functions, EventBridge, CloudFormation and Fault Injection Service, as they are once an app is deployed: one stack, its
 * state machine, its rule on the default event bus, and experiment templates for the groups beside it.
 */
export function deployedServices(
  app: SynthesizedApp,
  deployed: Pick<DeployedApp, 'bus' | 'runner'>,
  { aws }: Pick<LocalAws, 'aws'>,
  { intercept, experimentTemplates }: DeployedServicesOptions = {},
): FrontedService[] {
  const { bus, runner } = deployed;
  const { region, accountId } = aws;
  const createdAt = new Date();
  const machine = stepFunctionsApi({
    arn: app.stateMachineArn,
    roleArn: app.roleArn,
    definition: app.definition,
    isTraced: app.isTraced,
    createdAt,
    executions: runner.executions,
    start: (name, input) => runner.start(name, input),
    stop: (name, why) => runner.stopExecution(name, why),
  });
  const put = (event: unknown) => void bus.put(event);
  const eventBus = eventBridgeApi({ region, accountId, put });
  const templates = () =>
    experimentTemplates ?? aws.groups.map((group) => spotInterruptionTemplate(group.name, { accountId }));
  const { name } = app.stack;
  const id = `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/${uuidFrom(`stack ${name}`)}`;
  return [
    jsonService(machine, intercept),
    jsonService(eventBus, intercept),
    cloudFormation(cloudFormationApi([{ ...app.stack, id, createdAt }]), intercept),
    faultInjection(faultInjectionApi({ aws, put, templates }), intercept),
  ];
}

function jsonService(api: JsonApi, intercept: Intercept | undefined): FrontedService {
  const { title, service: signingName, targetPrefix } = api;
  return { title, signingName, targetPrefix, listener: httpListener(new JsonEndpoint({ api, intercept })) };
}

function cloudFormation(api: QueryApi, intercept: Intercept | undefined): FrontedService {
  const endpoint = new QueryEndpoint({ apis: { cloudformation: api }, changes: new Changes(), latencyMs: 50 });
  endpoint.intercept = intercept;
  return { title: 'CloudFormation', signingName: 'cloudformation', listener: httpListener(endpoint) };
}

function faultInjection(api: RestJsonApi, intercept: Intercept | undefined): FrontedService {
  const { title, service: signingName } = api;
  return { title, signingName, listener: httpListener(new RestJsonEndpoint({ api, intercept })) };
}
