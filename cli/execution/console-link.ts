import { consoleDomains, defaultConsoleDomain } from '../../statemachine/console-domains.ts';

/** Where the AWS console shows an execution and its graph. */
export function consoleLink(executionArn: string): string {
  const [, partition = 'aws', , region = ''] = executionArn.split(':');
  const domain = consoleDomains[partition] ?? defaultConsoleDomain;
  return `https://${region}.${domain}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}
