import { pageOf } from '../protocols/paging.ts';
import type { QueryApi } from '../protocols/query-endpoint.ts';
import type { QueryParameters, XmlValue } from '../protocols/query-protocol.ts';
import { validationError } from '../protocols/service-error.ts';

/** A stack as DescribeStacks shows it. */
export interface DescribedStack {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: Date;
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
  readonly outputs: readonly StackOutput[];
}

interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

/** The part of CloudFormation's API (2010-05-15) that is simulated: every stack has been created, and never updated. */
export function cloudFormationApi(stacks: readonly DescribedStack[]): QueryApi {
  return {
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    version: '2010-05-15',
    actions: { DescribeStacks: (parameters) => describeStacks(stacks, parameters) },
  };
}

function describeStacks(stacks: readonly DescribedStack[], parameters: QueryParameters): XmlValue {
  const nameOrId = parameters.string('StackName');
  const token = parameters.string('NextToken');
  parameters.refuseOthers();
  const chosen = stacks.filter(({ id, name }) => nameOrId === undefined || nameOrId === name || nameOrId === id);
  if (nameOrId !== undefined && chosen.length === 0) {
    throw validationError(`Stack with id ${nameOrId} does not exist`);
  }
  const { items, nextToken } = pageOf(chosen, { action: 'DescribeStacks', size: 100, token });
  return { Stacks: items.map(stackXml), NextToken: nextToken };
}

function stackXml({ id, name, description, createdAt, parameters, outputs }: DescribedStack): XmlValue {
  return {
    StackId: id,
    StackName: name,
    Description: description,
    Parameters: parameters.map(({ key, value }) => ({ ParameterKey: key, ParameterValue: value })),
    CreationTime: createdAt,
    RollbackConfiguration: {},
    StackStatus: 'CREATE_COMPLETE',
    DisableRollback: false,
    NotificationARNs: [],
    Capabilities: ['CAPABILITY_IAM'],
    Outputs: outputs.map((output) => ({
      OutputKey: output.key,
      OutputValue: output.value,
      Description: output.description,
      ExportName: output.exportName,
    })),
    Tags: [],
    EnableTerminationProtection: false,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}
