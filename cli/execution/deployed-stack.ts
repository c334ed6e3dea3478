import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { Refusal } from './problems.ts';

const outputKey = 'StateMachineArn';

/**
 * The ARN of the state machine that a stack says it deployed.
 * @throws Refusal when there is no such stack, or it has no such output; any other error of DescribeStacks.
 */
export async function findStateMachine(
  cloudFormation: CloudFormationClient,
  stackName: string,
  signal: AbortSignal,
): Promise<string> {
  const region = await cloudFormation.config.region();
  const stack = await describeStack(cloudFormation, stackName, region, signal);
  const arn = stack?.Outputs?.find(({ OutputKey }) => OutputKey === outputKey)?.OutputValue;
  if (arn !== undefined) return arn;
  throw new Refusal(
    `The stack ${stackName} in ${region} has no output ${outputKey}; it is ${stack?.StackStatus ?? 'in no state'}. ` +
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
