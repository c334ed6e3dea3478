import {
  type AutoScalingGroup,
  type Change,
  type Instance,
  reclaimSeconds,
  type SimulatedAws,
  type TargetGroup,
} from './services/index.ts';

/** What happened in a run to the group and its instances. Times are virtual seconds since the first notice. */
export interface RunRecord {
  readonly group: GroupRecord;
  /** The first notice of each instance. */
  readonly notices: readonly NoticeRecord[];
  readonly desiredChanges: readonly { readonly atSeconds: number; readonly from: number; readonly to: number }[];
  readonly detachments: readonly DetachmentRecord[];
  readonly executions: readonly ExecutionRecord[];
  readonly requests: { readonly sent: number; readonly failed: number };
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly settings: { readonly minServingPeers: number; readonly drainSeconds: number };
  /** From a raise until a new instance serves. Infinity: never. */
  readonly replacementSeconds: number;
  /** Whether API calls were made to fail. */
  readonly faults: boolean;
}

export interface GroupRecord {
  readonly minSize: number;
  readonly maxSize: number;
  /** Of one instance. */
  readonly weight: number;
  readonly instancesBefore: number;
  readonly desiredBefore: number;
  readonly desiredAfter: number;
  readonly minInService: number;
  readonly minServing: number;
  readonly peakDesired: number;
}

export interface NoticeRecord {
  readonly instanceId: string;
  readonly atSeconds: number;
  readonly reclaimAtSeconds: number;
  /** Whether it is the handler's to take out: InService in a group that is not to be left alone. */
  readonly managed: boolean;
}

/** An instance that left its group by DetachInstances, and what its peers were then. */
export interface DetachmentRecord {
  readonly instanceId: string;
  readonly atSeconds: number;
  /** InService, Healthy, healthy targets, and not known to be interrupted. */
  readonly servingPeers: number;
  /** InService or Pending, and not known to be interrupted, or still to be launched; its own replacement does not count. */
  readonly expectedPeers: number;
  readonly desired: number;
}

export interface ExecutionRecord {
  readonly instanceId: string;
  readonly status: string;
  readonly finalState: string;
  /** Why it is not managed, or why it failed. */
  readonly reason: string | undefined;
  readonly scaledOut: boolean;
  readonly decremented: boolean;
  readonly stateTransitions: number;
}

/** From a notice until other executions can know of it: it has to be recorded first, and they have to look again. */
const noticeKnownSeconds = 1;

/** Watches a group from now on. */
export class GroupRecorder {
  readonly #group: AutoScalingGroup;
  readonly #targetGroups: readonly TargetGroup[];
  readonly #startedAt = Date.now();
  readonly #desiredBefore: number;
  readonly #instancesBefore: number;
  readonly #weight: number;
  readonly notices: NoticeRecord[] = [];
  readonly desiredChanges: { atSeconds: number; from: number; to: number }[] = [];
  readonly detachments: DetachmentRecord[] = [];

  constructor(aws: SimulatedAws, group: AutoScalingGroup, weight: number) {
    this.#group = group;
    this.#targetGroups = aws.targetGroups;
    this.#desiredBefore = group.snapshot().desired;
    this.#instancesBefore = group.instances.filter(isInService).length;
    this.#weight = weight;
    aws.onChange((change) => this.#record(change));
  }

  secondsSinceStart(at: number): number {
    return (at - this.#startedAt) / 1000;
  }

  noticed(instanceId: string, managed: boolean): void {
    const atSeconds = this.secondsSinceStart(Date.now());
    this.notices.push({ instanceId, atSeconds, reclaimAtSeconds: atSeconds + reclaimSeconds, managed });
  }

  groupRecord(): GroupRecord {
    const { desired, min, max } = this.#group.snapshot();
    return {
      minSize: min,
      maxSize: max,
      weight: this.#weight,
      instancesBefore: this.#instancesBefore,
      desiredBefore: this.#desiredBefore,
      desiredAfter: desired,
      ...this.#group.statistics,
    };
  }

  #record(change: Change): void {
    const atSeconds = this.secondsSinceStart(change.at.getTime());
    if (change.kind === 'desired capacity') this.desiredChanges.push({ atSeconds, from: change.from, to: change.to });
    if (change.kind === 'lifecycle' && change.to === 'Detaching') {
      this.detachments.push({ instanceId: change.instanceId, atSeconds, ...this.#peers() });
    }
  }

  /** Whoever is in the group and not interrupted: called when the detached instance is on its way out already. */
  #peers() {
    const { desired } = this.#group.snapshot();
    const staying = this.#group.instances.filter((instance) => isInService(instance) || isPending(instance));
    const peers = staying.filter((instance) => !this.#isInterrupted(instance));
    const unlaunched = desired / this.#weight - staying.length;
    return {
      servingPeers: peers.filter((instance) => this.#serves(instance)).length,
      expectedPeers: peers.length + Math.max(0, unlaunched - 1),
      desired,
    };
  }

  #isInterrupted({ id }: Instance): boolean {
    const known = this.secondsSinceStart(Date.now()) - noticeKnownSeconds;
    return this.notices.some(({ instanceId, atSeconds }) => instanceId === id && atSeconds <= known);
  }

  #serves(instance: Instance): boolean {
    const isTarget = this.#targetGroups.every((targetGroup) => targetGroup.state(instance.id) === 'healthy');
    return isInService(instance) && instance.healthStatus === 'Healthy' && isTarget;
  }
}

function isInService({ lifecycleState }: Instance): boolean {
  return lifecycleState === 'InService';
}

function isPending({ lifecycleState }: Instance): boolean {
  return lifecycleState.startsWith('Pending');
}
