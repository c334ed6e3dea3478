import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import { TaskError } from '../lambda/lambda-service.ts';
import type { Intercept } from '../protocols/faults.ts';
import { ServiceCalls } from '../protocols/service-calls.ts';
import type { SimulatedAws } from '../simulated-aws.ts';
import { callSystemsManager } from '../systems-manager/systems-manager-api.ts';

/** Calls of `arn:aws:states:::aws-sdk:SERVICE:ACTION`, as the workflow makes them itself. Throws a TaskError. */
export type SdkIntegrations = (service: string, action: string, parameters: JsonValue) => Promise<JsonValue>;

/**
 * Those that our workflows make. Parameters and answers have their names in Pascal case, and errors are named
 * `Ec2.Ec2Exception` ("Integrating with AWS services", Step Functions Developer Guide).
 */
export function sdkIntegrations(aws: SimulatedAws, options: { readonly intercept?: Intercept } = {}): SdkIntegrations {
  const calls = new ServiceCalls(50);
  calls.intercept = options.intercept;
  return (service, action, parameters) => {
    if (service === 'ssm') return callSystemsManager(aws.systemsManagerEndpoint, action, parameters);
    const integration = integrations[`${service}:${action}`];
    if (!integration) throw new Error(`The workflow calls ${service}:${action}, which is not simulated.`);
    const sent = isJsonObject(parameters) ? parameters : {};
    const name = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
    return calls.make({ service: integration.service, action: name, parameters: sent }, (fault) => {
      if (fault !== undefined && fault.kind !== 'slow' && fault.kind !== 'timeout-after') {
        throw new TaskError(integration.error, `${name} failed: ${fault.kind}`);
      }
      return integration.perform(aws, idsIn(sent));
    });
  };
}

interface Integration {
  readonly service: 'autoscaling' | 'ec2';
  readonly error: string;
  readonly perform: (aws: SimulatedAws, instanceIds: readonly string[]) => JsonObject;
}

const integrations: Readonly<Record<string, Integration>> = {
  'autoscaling:describeAutoScalingInstances': {
    service: 'autoscaling',
    error: 'AutoScaling.AutoScalingException',
    perform: (aws, instanceIds) => ({
      AutoScalingInstances: aws.groups.flatMap(({ instances, name }) =>
        instances
          .filter(({ id }) => instanceIds.includes(id))
          .map(({ id, lifecycleState }) => ({
            InstanceId: id,
            AutoScalingGroupName: name,
            LifecycleState: lifecycleState,
          })),
      ),
    }),
  },
  'ec2:terminateInstances': {
    service: 'ec2',
    error: 'Ec2.Ec2Exception',
    perform: (aws, instanceIds) => {
      for (const id of instanceIds) aws.terminateInstance(id);
      return { TerminatingInstances: instanceIds.map((InstanceId) => ({ InstanceId })) };
    },
  },
};

function idsIn({ InstanceIds }: JsonObject): readonly string[] {
  return Array.isArray(InstanceIds) ? InstanceIds.map(String) : [];
}
