import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { Refusal } from './problems.ts';

export interface DeployedStack {
  readonly name: string;
  readonly region: string;
  readonly status: string;
  readonly outputs: ReadonlyMap<string, string>;
}

/**
 * What CloudFormation says of a stack.
 * @throws Refusal when there is no such stack; any other error of DescribeStacks.
 */
export async function findStack(
  cloudFormation: CloudFormationClient,
  name: string,
  signal: AbortSignal,
): Promise<DeployedStack> {
  const region = await cloudFormation.config.region();
  const stack = await describeStack(cloudFormation, name, region, signal);
  const outputs = (stack?.Outputs ?? []).map(
    ({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const,
  );
  return { name, region, status: stack?.StackStatus ?? 'in no state', outputs: new Map(outputs) };
}

/** The ARN of the state machine that a stack says it deployed. Throws a Refusal when it has no such output. */
export function stateMachineArnOf({ name, region, status, outputs }: DeployedStack): string {
  const arn = outputs.get('StateMachineArn');
  if (arn !== undefined) return arn;
  throw new Refusal(
    `The stack ${name} in ${region} has no output StateMachineArn; it is ${status}. ` +
      "Name the handler's own stack with --stack, or deploy it: npx cdk deploy.",
  );
}

/** CloudFormation answers a missing stack as it does bad parameters: ValidationError, told apart by its message only. */
async function describeStack(
  cloudFormation: CloudFormationClient,
  stackName: string,
  region: string,
  signal: AbortSignal,
): Promise<Stack | undefined> {
  try {
    const answer = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }), {
      abortSignal: signal,
    });
    return answer.Stacks?.[0];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationError' || !/does not exist/.test(error.message)) {
      throw error;
    }
    throw new Refusal(
      `There is no stack ${stackName} in ${region}: name another with --stack or --region, or deploy it: npx cdk deploy.`,
    );
  }
}
