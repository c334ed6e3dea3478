import {
  DeregisterTargetsCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** Registers instances with target groups beside what Auto Scaling does, on the port that it uses: the target group's own. */
export class TargetRegistrations {
  readonly #loadBalancing: ElasticLoadBalancingV2Client;

  constructor(loadBalancing: ElasticLoadBalancingV2Client) {
    this.#loadBalancing = loadBalancing;
  }

  /**
   * A target that drains is registered again: it is `initial`, and healthy once its health checks pass.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
   * @throws any error of the API.
   */
  async register(targetGroupArns: readonly string[], instanceIds: readonly string[]): Promise<void> {
    if (instanceIds.length === 0) return;
    const Targets = targetsOf(instanceIds);
    await Promise.all(
      targetGroupArns.map((TargetGroupArn) =>
        this.#loadBalancing.send(new RegisterTargetsCommand({ TargetGroupArn, Targets })),
      ),
    );
  }

  /**
   * Without effect on those that drain already, or are not registered.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html
   * @throws any error of the API.
   */
  async deregister(targetGroupArns: readonly string[], instanceIds: readonly string[]): Promise<void> {
    if (instanceIds.length === 0) return;
    const Targets = targetsOf(instanceIds);
    await Promise.all(
      targetGroupArns.map((TargetGroupArn) =>
        this.#loadBalancing.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets })),
      ),
    );
  }
}

function targetsOf(instanceIds: readonly string[]) {
  return instanceIds.map((Id) => ({ Id }));
}
