import type { AutoScalingClient, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { ElasticLoadBalancingV2Client, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';

/** What a client's answers say from now on besides what the simulated service knows, of every group. */
export function alterGroups(client: AutoScalingClient, changes: Partial<AutoScalingGroup>): void {
  client.middlewareStack.add(
    (next) => async (call) => {
      const result = await next(call);
      const { output } = result;
      if ('AutoScalingGroups' in output) {
        output.AutoScalingGroups = output.AutoScalingGroups?.map((group) => ({ ...group, ...changes }));
      }
      return result;
    },
    { step: 'initialize' },
  );
}

/** The same of every target that DescribeTargetHealth answers. */
export function alterTargets(
  client: ElasticLoadBalancingV2Client,
  change: (target: TargetHealthDescription) => TargetHealthDescription,
): void {
  client.middlewareStack.add(
    (next) => async (call) => {
      const result = await next(call);
      const { output } = result;
      if ('TargetHealthDescriptions' in output) {
        output.TargetHealthDescriptions = output.TargetHealthDescriptions?.map(change);
      }
      return result;
    },
    { step: 'initialize' },
  );
}
