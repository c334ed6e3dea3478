import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { outputsOf, resourceOf } from '../../../simulator/account/cloudformation.ts';
import type { ExperimentTemplate } from '../../../simulator/aws/fault-injection/experiment-template.ts';
import { isJsonObject, type JsonObject, objectAt, stringAt, throughJson } from '../../../simulator/json.ts';
import { env, faultInjectionStack } from '../../infra/example-stack.ts';
import { drill } from './account.ts';

/** What examples/fault-injection deploys: its experiment template, its outputs and its group, by the name that it gets here. */
it("runs the example's experiment, by the outputs of its stack", async () => {
  const synthesized = throughJson(Template.fromStack(faultInjectionStack({ interruptedInstances: 2 })).toJSON());
  if (!isJsonObject(synthesized)) throw new Error('The template is not an object.');
  const outputs = outputsOf(synthesized, env).map(({ key, value }) => [key, value] as const);
  const { ExperimentTemplateId = '', AutoScalingGroupName = '' } = Object.fromEntries(outputs);
  const template = experimentTemplateOf(synthesized, ExperimentTemplateId);
  const { exitCode, errors, output } = await drill({
    template,
    outputs: { ExperimentTemplateId },
    group: { name: AutoScalingGroupName },
  });
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  expect(output).toContain('2 instances interrupted');
}, 60_000);

/** CloudFormation's properties under the API's names. */
function experimentTemplateOf(template: JsonObject, id: string): ExperimentTemplate {
  const { properties } = resourceOf(template, env, 'AWS::FIS::ExperimentTemplate');
  const actions = Object.entries(objectAt(properties, 'Actions')).map(([name, action]) => [
    name,
    {
      actionId: stringAt(action, 'ActionId', name),
      parameters: strings(objectAt(action, 'Parameters')),
      targets: strings(objectAt(action, 'Targets')),
    },
  ]);
  const targets = Object.entries(objectAt(properties, 'Targets')).map(([name, target]) => [
    name,
    {
      resourceType: stringAt(target, 'ResourceType', name),
      resourceTags: strings(objectAt(target, 'ResourceTags')),
      selectionMode: stringAt(target, 'SelectionMode', name),
    },
  ]);
  return {
    id,
    description: stringAt(properties, 'Description', id),
    roleArn: stringAt(properties, 'RoleArn', id),
    actions: Object.fromEntries(actions),
    targets: Object.fromEntries(targets),
    stopConditions: [],
  };
}

function strings(of: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, String(value)]));
}
