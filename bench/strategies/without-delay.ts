import { defaultConfig } from '../../functions/configuration/handler-config.ts';
import { type AutoScalingGroup, type Change, reclaimSeconds, type SimulatedAws } from '../../simulator/aws/index.ts';
import { isInService, serves } from '../../simulator/strategies/members.ts';
import type { Strategy } from '../../simulator/strategies/strategy.ts';

const serveSeconds = reclaimSeconds - defaultConfig.drainSeconds;

/**
 * The schedule of `leastLostInstanceSeconds`, played: everybody leaves when a replacement serves, and at the deadline where
 * none does. It sees and acts without a call, and so without any delay, which nobody can: not a rival, but what shows that
 * the bound is as high as it can be. Only a launch that fails costs it more, since the group tries again in its own time.
 */
export const withoutDelay: Strategy = {
  name: 'without-delay',
  source: 'the bound, played',
  does: 'Asks for a replacement at the notice, and leaves in the moment in which it serves, or at the deadline.',
  start({ app: { aws } }) {
    const replacings = new Map(aws.groups.map((group) => [group.name, new Replacing(aws, group)]));
    aws.onChange((change) => replacings.get(change.groupName ?? '')?.changed(change));
    return {
      noticed({ detail: { 'instance-id': instanceId } }) {
        for (const replacing of replacings.values()) replacing.noticed(instanceId);
      },
    };
  },
};

/** One group. */
class Replacing {
  readonly #aws: SimulatedAws;
  readonly #group: AutoScalingGroup;
  readonly #weight: number;
  readonly #arrived: Set<string>;
  /** Noticed and in service, in the order of their deadlines. */
  #staying: readonly string[] = [];
  /** Replacements that were asked for by a raise, and not yet by somebody's leaving. */
  #raised = 0;
  /** Replacements of those that have left already. */
  #owed = 0;

  constructor(aws: SimulatedAws, group: AutoScalingGroup) {
    this.#aws = aws;
    this.#group = group;
    this.#weight = group.settings.weight ?? 1;
    this.#arrived = new Set(group.instances.map(({ id }) => id));
  }

  noticed(instanceId: string): void {
    if (!isInService(this.#group, instanceId) || this.#staying.includes(instanceId)) return;
    this.#staying = [...this.#staying, instanceId];
    this.#raise();
    setTimeout(() => this.#leavesUnreplaced(instanceId), serveSeconds * 1000);
  }

  changed(change: Change): void {
    if (change.kind !== 'lifecycle' && change.kind !== 'target') return;
    const { instanceId } = change;
    if (this.#arrived.has(instanceId) || !serves(this.#aws, this.#group, instanceId)) return;
    this.#arrived.add(instanceId);
    const [first] = this.#staying;
    if (this.#owed > 0) this.#owed -= 1;
    else if (first !== undefined) this.#leave(first);
  }

  #leavesUnreplaced(instanceId: string): void {
    if (!this.#staying.includes(instanceId)) return;
    this.#owed += 1;
    this.#leave(instanceId);
  }

  /** With a decrement where its replacement is on its way; else its leaving is what the group launches another for. */
  #leave(instanceId: string): void {
    const decrement = this.#raised > 0;
    if (decrement) this.#raised -= 1;
    this.#staying = this.#staying.filter((id) => id !== instanceId);
    this.#group.detachInstances([instanceId], { decrement });
    this.#raise();
  }

  #raise(): void {
    const missing = this.#staying.length - this.#raised;
    const room = Math.floor((this.#group.state().maxSize - this.#group.desiredCapacity) / this.#weight);
    const raises = Math.max(0, Math.min(missing, room));
    if (raises === 0) return;
    this.#raised += raises;
    this.#group.setDesiredCapacity(this.#group.desiredCapacity + raises * this.#weight);
  }
}
