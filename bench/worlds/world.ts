import type { Settings } from '../../functions/configuration/settings.ts';
import type {
  AutoScalingGroup,
  Intercept,
  LaunchSeconds,
  SimulatedAws,
  TargetGroup,
} from '../../simulator/aws/index.ts';
import type { Traffic } from '../measures/traffic-meter.ts';
import type { Agenda } from './agenda.ts';

/** Groups, their traffic, and what EC2 takes from them and when: the same for every strategy. */
export interface World {
  readonly name: string;
  /** What is special about it, in one sentence. */
  readonly shows: string;
  /** Whether a replacement that is asked for at the notice can serve before the instance has to leave. */
  readonly replacementInTime: boolean;
  /** Of the handler. */
  readonly settings?: Partial<Settings>;
  readonly intercept?: () => Intercept | undefined;
  /** `maxSizeMargin`: by how much a group's MaxSize is to be larger, as a share of its size. */
  build(aws: SimulatedAws, maxSizeMargin: number): BuiltWorld;
}

export interface BuiltWorld {
  readonly groups: readonly WorldGroup[];
  /** Plans what happens. Called once, at the beginning. */
  plan(agenda: Agenda, ec2: Ec2): void;
  readonly durationSeconds: number;
}

export interface WorldGroup {
  readonly group: AutoScalingGroup;
  readonly minimumServing: number;
  /** What the group's launches take in their order, drawn once more; absent where it is the same for all. */
  readonly launches?: () => LaunchSeconds;
  readonly traffic?: GroupTraffic;
}

/** Counted as a stream; absent: by the simulator, request by request. */
export interface GroupTraffic {
  readonly targetGroup: TargetGroup;
  readonly requestsPerInstance: number;
  readonly kinds: Readonly<Record<string, Traffic>>;
}

/** What EC2 says of its instances. Of one that does not run any more it says nothing. */
export interface Ec2 {
  recommendRebalance(instanceId: string): void;
  /** The first time, the two minutes begin; after that it is a duplicate. */
  notice(instanceId: string): void;
}
