import type { AutoScalingGroup, Change, SimulatedAws } from '../../simulator/services/index.ts';
import type { Strategy } from './strategy.ts';

/**
 * Capacity Rebalancing, as its documentation has it:
 * - on a rebalance recommendation the group launches another instance, and terminates the old one, which drains first,
 *   once the new one is healthy;
 * - "can temporarily exceed the specified maximum size of a group by up to 10 percent of the desired capacity"; where
 *   there is no room, a recommendation waits;
 * - on the two-minute notice it begins to terminate the instance, and launches its replacement, immediately.
 *
 * The simulated group does not have the feature, so its public API stands in: an additional instance is asked for by
 * raising DesiredCapacity by one instance, which is taken back in the moment in which an old one is terminated. That the
 * real feature does not touch DesiredCapacity makes no difference to what is measured. "Healthy" is taken to mean a
 * healthy target, which is the safer of its two settings.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
 */
export const capacityRebalancing: Strategy = {
  name: 'capacity-rebalancing',
  source: 'Amazon EC2 Auto Scaling User Guide, "Capacity Rebalancing"',
  does: 'The group launches a replacement on the rebalance recommendation, and terminates the old one when it serves.',
  maxSizeMargin: 0.1,
  start({ app: { aws } }) {
    const rebalancings = new Map(aws.groups.map((group) => [group.name, new Rebalancing(aws, group)]));
    const of = (instanceId: string) =>
      [...rebalancings.values()].find(({ group }) => group.instances.some(({ id }) => id === instanceId));
    aws.onChange((change) => rebalancings.get(change.groupName ?? '')?.changed(change));
    return {
      recommended: (instanceId) => of(instanceId)?.recommended(instanceId),
      noticed: (event) => of(event.detail['instance-id'])?.noticed(event.detail['instance-id']),
    };
  },
};

class Rebalancing {
  readonly group: AutoScalingGroup;
  readonly #aws: SimulatedAws;
  readonly #weight: number;
  /** At risk, in the order of their recommendations; `raised`: a replacement has been asked for. */
  readonly #atRisk = new Map<string, { raised: boolean }>();
  readonly #arrived: Set<string>;
  /** Instances that had to go before their replacements have come: whoever comes next is for them. */
  #owed = 0;

  constructor(aws: SimulatedAws, group: AutoScalingGroup) {
    this.#aws = aws;
    this.group = group;
    this.#weight = group.settings.weight ?? 1;
    this.#arrived = new Set(group.instances.map(({ id }) => id));
  }

  recommended(instanceId: string): void {
    if (!this.#isInService(instanceId) || this.#atRisk.has(instanceId)) return;
    this.#atRisk.set(instanceId, { raised: false });
    this.#raiseWhereThereIsRoom();
  }

  noticed(instanceId: string): void {
    if (!this.#isInService(instanceId)) return;
    this.#owed += 1;
    this.#terminate(instanceId);
  }

  changed(change: Change): void {
    if (change.kind === 'lifecycle' || change.kind === 'target') this.#welcome(change.instanceId);
  }

  /** A new instance that serves lets an old one go. */
  #welcome(instanceId: string): void {
    if (this.#arrived.has(instanceId) || !this.#serves(instanceId)) return;
    this.#arrived.add(instanceId);
    if (this.#owed > 0) {
      this.#owed -= 1;
      return;
    }
    const replaced = [...this.#atRisk].find(([id, { raised }]) => raised && this.#isInService(id));
    if (replaced) this.#terminate(replaced[0]);
  }

  #terminate(instanceId: string): void {
    const wasRaisedFor = this.#atRisk.get(instanceId)?.raised ?? false;
    this.#atRisk.delete(instanceId);
    this.group.terminateInstance(instanceId);
    if (wasRaisedFor) this.group.setDesiredCapacity(this.group.desiredCapacity - this.#weight);
    this.#raiseWhereThereIsRoom();
  }

  #raiseWhereThereIsRoom(): void {
    for (const [instanceId, risk] of this.#atRisk) {
      if (risk.raised || !this.#isInService(instanceId)) continue;
      if (this.group.desiredCapacity + this.#weight > this.group.state().maxSize) return;
      this.group.setDesiredCapacity(this.group.desiredCapacity + this.#weight);
      risk.raised = true;
    }
  }

  #isInService(instanceId: string): boolean {
    return this.group.instances.some(({ id, lifecycleState }) => id === instanceId && lifecycleState === 'InService');
  }

  #serves(instanceId: string): boolean {
    const arns = new Set(this.group.settings.targetGroups.map(({ arn }) => arn));
    const isHealthy = this.#aws.targetGroups
      .filter(({ arn }) => arns.has(arn))
      .every((targetGroup) => targetGroup.state(instanceId) === 'healthy');
    return this.#isInService(instanceId) && isHealthy;
  }
}
