import type { LocalAws } from '../../simulator/account/local-aws.ts';
import type { SynthesizedApp } from '../../simulator/account/synthesized-app.ts';
import { spotInterruptionTemplate } from '../../simulator/aws/fault-injection/experiment-template.ts';

/** The sample event's instance, which is the first of the group. */
export const sampleInstanceId = 'i-1234567890abcdef0';

/**
 * What to call local AWS with. Version 1 of the AWS CLI reads the region from AWS_DEFAULT_REGION only, the SDK for JavaScript from
 * AWS_REGION only.
 */
export function instructions(
  { stack, stateMachineArn, table }: SynthesizedApp,
  local: LocalAws,
  groupName: string,
): string {
  const { endpoint, aws } = local;
  const region = `AWS_REGION=${aws.region} AWS_DEFAULT_REGION=${aws.region}`;
  return [
    `AWS with the stack ${stack.name} is served at ${endpoint} until Ctrl-C.`,
    '',
    `export AWS_ENDPOINT_URL=${endpoint} ${region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`,
    `aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names ${groupName}`,
    `aws elbv2 describe-target-health --target-group-arn ${aws.targetGroups[0]?.arn}`,
    `aws dynamodb scan --table-name ${table.tableName}`,
    `aws cloudformation describe-stacks --stack-name ${stack.name}`,
    `aws stepfunctions start-execution --state-machine-arn ${stateMachineArn} --input '${JSON.stringify(minimalEvent)}'`,
    `aws stepfunctions list-executions --state-machine-arn ${stateMachineArn}`,
    `aws events put-events --entries '${JSON.stringify([noticeEntry])}'`,
    `npm run drill -- --stack ${stack.name} --template ${spotInterruptionTemplate(groupName, aws).id}`,
    `npm run execution -- --instance-id ${sampleInstanceId}`,
  ].join('\n');
}

const minimalEvent = { detail: { 'instance-id': sampleInstanceId } };

/** As EC2 puts it. */
const noticeEntry = {
  Source: 'aws.ec2',
  DetailType: 'EC2 Spot Instance Interruption Warning',
  Detail: JSON.stringify({ 'instance-id': sampleInstanceId, 'instance-action': 'terminate' }),
};
