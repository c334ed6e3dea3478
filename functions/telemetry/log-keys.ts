import type { DescribeInstanceOutput } from '../shared/contract.ts';

/** What one would search the logs for. */
export interface LogKeys {
  readonly instanceId?: string;
  readonly autoScalingGroupName?: string;
  readonly executionArn: string;
}

export function keysOf({ instanceId, autoScalingGroupName, executionArn }: DescribeInstanceOutput): LogKeys {
  return { instanceId, ...(autoScalingGroupName !== undefined && { autoScalingGroupName }), executionArn };
}
