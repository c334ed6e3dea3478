import type { ActorPlan, WorkerPlan } from '../actors/index.ts';
import type { LaunchSeconds, LifecycleHookOptions } from '../aws/index.ts';

/** A group, what is interrupted in it, and when. Everything that is not said here is as `staging.ts` has it. */
export interface Scenario {
  readonly name: string;
  /** What it shows, in one sentence. */
  readonly shows: string;
  readonly instances: number;
  /** In capacity units where the group is weighted, as is maxSize. Default 1. */
  readonly minSize?: number;
  readonly maxSize: number;
  /** WeightedCapacity of each instance. Default: the group is not weighted. */
  readonly weight?: number;
  /** Default 40. */
  readonly launchSeconds?: LaunchSeconds;
  /** How many launches fail before the first that does not. Default 0. */
  readonly failedLaunches?: number;
  /** From InService until an instance serves. Default 10. */
  readonly healthCheckSeconds?: number;
  /** Which instances are interrupted (by their number, from 0), and when: seconds since the beginning. */
  readonly notices: readonly Notice[];
  /** Default `InService`. */
  readonly interruptedInstanceIs?: 'InService' | 'Terminating' | 'in no group';
  /** The opt-in tag that is configured for the run (KEY=VALUE). The group does not have it. Default: none is. */
  readonly groupTag?: string;
  /** Which share of the API calls is throttled. Default 0. */
  readonly throttledShare?: number;
  /** The floor that the group's tag asks for. Default: none does, so that the configuration's holds. */
  readonly minServing?: string;
  /** The drain window that the group's tag asks for. Default: the configuration's. */
  readonly drainSeconds?: number;
  /** What the group runs when it terminates an instance. Default: no hook. */
  readonly terminationHook?: Pick<LifecycleHookOptions, 'completedAfterSeconds' | 'heartbeatTimeoutSeconds'>;
  /** As it is configured for the run. Default false. */
  readonly serveOnAtMaxSize?: boolean;
  /** Requests, as a share of what the group's instances can answer. Default 0.6. */
  readonly load?: number;
  /** How long a new instance warms up once it is healthy, and what it can answer meanwhile. Default: it does not. */
  readonly warmup?: Warmup;
  /** The instances do jobs, and are behind no load balancer. Default: they answer requests. */
  readonly workers?: WorkerPlan;
  /** The SSM document that is configured for the run; it takes the handler's parameters. Default: none is. */
  readonly shutdownDocument?: string;
  /** By their numbers: those that no command reaches. Default: every instance has the SSM agent. */
  readonly withoutAgent?: readonly number[];
  /** Who else changes the group, from the beginning on. Default: nobody. */
  readonly others?: readonly ActorPlan[];
}

export interface Notice {
  readonly instance: number;
  readonly afterSeconds: number;
  /** Default: a Spot interruption, by the event that the run was given. */
  readonly signal?: 'Capacity Reservation interruption' | 'rebalance recommendation';
}

interface Warmup {
  readonly seconds: number;
  /** Of its full rate, from 0 to 1. */
  readonly share: number;
}
