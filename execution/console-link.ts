/** Where the AWS console shows an execution and its graph. */
export function consoleLink(executionArn: string): string {
  const [, partition = 'aws', , region = ''] = executionArn.split(':');
  const domain = consoleDomains[partition] ?? 'console.aws.amazon.com';
  return `https://${region}.${domain}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

const consoleDomains: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};
