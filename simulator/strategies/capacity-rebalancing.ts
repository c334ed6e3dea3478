import type { AutoScalingGroup, Change, SimulatedAws } from '../aws/index.ts';
import { isInService, serves } from './members.ts';
import type { Strategy } from './strategy.ts';

/**
 * Capacity Rebalancing, as its documentation has it:
 * - on a rebalance recommendation the group launches another instance, and terminates the old one, which drains first,
 *   once the new one is healthy;
 * - "can temporarily exceed the specified maximum size of a group by up to 10 percent of the desired capacity"; where
 *   there is no room, a recommendation waits;
 * - "In cases where an instance receives a final two-minute interruption notice, Amazon EC2 Auto Scaling calls the
 *   termination lifecycle hook and attempts to launch a replacement immediately". In the first reading, `deregistering`,
 *   the instance begins to terminate, and so leaves its load balancer, at the notice; in the second, `serving`, it serves
 *   until its replacement is healthy, or EC2 takes it, which the group then knows at once.
 *
 * The simulated group does not have the feature, so its public API stands in: an additional instance is asked for by
 * raising DesiredCapacity by one instance, which is taken back in the moment in which an old one is terminated. That the
 * real feature does not touch DesiredCapacity makes no difference to what is measured. "Healthy" is taken to mean a
 * healthy target, which is the safer of its two settings.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
 */
export const capacityRebalancing: Strategy = rebalancing(
  'capacity-rebalancing',
  'deregistering',
  'The group launches a replacement on the rebalance recommendation, and terminates the old one when it serves. At the ' +
    'notice it terminates an old one that is still there, and launches its replacement.',
);

export const capacityRebalancingServing: Strategy = rebalancing(
  'capacity-rebalancing, serving',
  'serving',
  'The same in the kinder reading of its documentation: at the notice it launches the replacement, and the old one ' +
    'serves until that is healthy, or until EC2 takes it.',
);

/** What becomes at the notice of an instance that has no replacement yet. */
type Reading = 'deregistering' | 'serving';

function rebalancing(name: Strategy['name'], reading: Reading, does: string): Strategy {
  return {
    name,
    source: 'Amazon EC2 Auto Scaling User Guide, "Capacity Rebalancing"',
    does,
    maxSizeMargin: 0.1,
    start({ app: { aws } }) {
      const rebalancings = new Map(aws.groups.map((group) => [group.name, new Rebalancing(aws, group, reading)]));
      const of = (instanceId: string) =>
        [...rebalancings.values()].find(({ group }) => group.instances.some(({ id }) => id === instanceId));
      aws.onChange((change) => rebalancings.get(change.groupName ?? '')?.changed(change));
      return {
        recommended: (instanceId) => of(instanceId)?.recommended(instanceId),
        noticed: (event) => of(event.detail['instance-id'])?.noticed(event.detail['instance-id']),
      };
    },
  };
}

class Rebalancing {
  readonly group: AutoScalingGroup;
  readonly #aws: SimulatedAws;
  readonly #reading: Reading;
  readonly #weight: number;
  /** At risk, in the order of their recommendations; `raised`: a replacement has been asked for. */
  readonly #atRisk = new Map<string, Risk>();
  readonly #arrived: Set<string>;
  /** Instances that had to go before their replacements have come: whoever comes next is for them. */
  #owed = 0;

  constructor(aws: SimulatedAws, group: AutoScalingGroup, reading: Reading) {
    this.#aws = aws;
    this.group = group;
    this.#reading = reading;
    this.#weight = group.settings.weight ?? 1;
    this.#arrived = new Set(group.instances.map(({ id }) => id));
  }

  recommended(instanceId: string): void {
    if (!isInService(this.group, instanceId) || this.#atRisk.has(instanceId)) return;
    this.#atRisk.set(instanceId, { raised: false, noticed: false });
    this.#raiseWhereThereIsRoom();
  }

  noticed(instanceId: string): void {
    if (!isInService(this.group, instanceId)) return;
    if (this.#reading === 'deregistering') {
      this.#losesBeforeItsReplacement(instanceId);
      return;
    }
    const raised = this.#atRisk.get(instanceId)?.raised ?? false;
    this.#atRisk.set(instanceId, { raised, noticed: true });
    this.#raiseWhereThereIsRoom();
  }

  changed(change: Change): void {
    if (change.kind === 'lifecycle' || change.kind === 'target') this.#welcome(change.instanceId);
    const isTaken = change.kind === 'reclaimed' && this.#atRisk.has(change.instanceId);
    if (isTaken && isInService(this.group, change.instanceId)) this.#losesBeforeItsReplacement(change.instanceId);
  }

  #losesBeforeItsReplacement(instanceId: string): void {
    this.#owed += 1;
    this.#terminate(instanceId);
  }

  /** A new instance that serves lets an old one go: the first whose notice is there, else the first at risk. */
  #welcome(instanceId: string): void {
    if (this.#arrived.has(instanceId) || !serves(this.#aws, this.group, instanceId)) return;
    this.#arrived.add(instanceId);
    if (this.#owed > 0) {
      this.#owed -= 1;
      return;
    }
    const raisedFor = this.#inOrder().find(({ risk }) => risk.raised);
    const [first] = this.#inOrder();
    if (!raisedFor || !first) return;
    raisedFor.risk.raised = first.risk.raised;
    first.risk.raised = true;
    this.#terminate(first.id);
  }

  #terminate(instanceId: string): void {
    const wasRaisedFor = this.#atRisk.get(instanceId)?.raised ?? false;
    this.#atRisk.delete(instanceId);
    this.group.terminateInstance(instanceId);
    if (wasRaisedFor) this.group.setDesiredCapacity(this.group.desiredCapacity - this.#weight);
    this.#raiseWhereThereIsRoom();
  }

  #raiseWhereThereIsRoom(): void {
    for (const { risk } of this.#inOrder()) {
      if (risk.raised) continue;
      if (this.group.desiredCapacity + this.#weight > this.group.state().maxSize) return;
      this.group.setDesiredCapacity(this.group.desiredCapacity + this.#weight);
      risk.raised = true;
    }
  }

  /** At risk and in service, those with a notice first. */
  #inOrder(): { readonly id: string; readonly risk: Risk }[] {
    return [...this.#atRisk]
      .map(([id, risk]) => ({ id, risk }))
      .filter(({ id }) => isInService(this.group, id))
      .toSorted((a, b) => Number(b.risk.noticed) - Number(a.risk.noticed));
  }
}

interface Risk {
  raised: boolean;
  readonly noticed: boolean;
}
