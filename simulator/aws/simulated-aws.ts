import type { RequestListener } from 'node:http';
import { autoScalingApi } from './auto-scaling/auto-scaling-api.ts';
import { AutoScalingGroup } from './auto-scaling/auto-scaling-group.ts';
import type { GroupOptions } from './auto-scaling/group-options.ts';
import { BackgroundTimers } from './background-timers.ts';
import { type Change, Changes } from './changes.ts';
import { Ec2Instances } from './ec2/ec2-instances.ts';
import {
  type InterruptOptions,
  type RebalanceRecommendationEvent,
  type ReservationInterruptionEvent,
  rebalanceRecommendationEvent,
  reclaimSeconds,
  reservationInterruptionEvent,
  type SpotInterruptionEvent,
  spotInterruptionEvent,
} from './ec2/spot-interruption.ts';
import { elasticLoadBalancingApi } from './load-balancing/elastic-load-balancing-api.ts';
import type { RequestCounts } from './load-balancing/request-traffic.ts';
import { TargetGroup, type TargetGroupOptions } from './load-balancing/target-group.ts';
import type { Intercept } from './protocols/faults.ts';
import { httpListener } from './protocols/http-listener.ts';
import { hexFrom, instanceIdFrom, uuidFrom } from './protocols/identifiers.ts';
import { type InProcessRequestHandler, inProcessRequestHandler } from './protocols/in-process-request-handler.ts';
import { JsonEndpoint } from './protocols/json-endpoint.ts';
import { QueryEndpoint } from './protocols/query-endpoint.ts';
import { SystemsManager } from './systems-manager/systems-manager.ts';
import { systemsManagerApi } from './systems-manager/systems-manager-api.ts';

export interface SimulatedAwsOptions {
  /** Default us-east-2, as in the sample event. */
  readonly region?: string;
  /** Default 123456789012, as in the sample event. */
  readonly accountId?: string;
  /** What an API call takes, in milliseconds of virtual time. Default 50. */
  readonly latencyMs?: number;
  /** Faults. Default: none. */
  readonly intercept?: Intercept;
}

/**
 * EC2 Auto Scaling, EC2 Spot, Elastic Load Balancing, and Systems Manager's Run Command of one account and region, in memory, on the global clock.
 * What happens is a function of the calls and their times alone: there is no randomness but that of the caller.
 */
export class SimulatedAws {
  readonly region: string;
  readonly accountId: string;
  /** For `http.createServer`: Auto Scaling and Elastic Load Balancing, told apart by signature scope or version. */
  readonly requestListener: RequestListener;
  readonly #changes = new Changes();
  readonly #timers = new BackgroundTimers(this.#changes);
  readonly #instances = new Ec2Instances(this.#timers, this.#changes);
  readonly #services = { instances: this.#instances, timers: this.#timers, changes: this.#changes };
  readonly systemsManager = new SystemsManager(this.#instances, this.#timers);
  /** Of Systems Manager. */
  readonly systemsManagerEndpoint: JsonEndpoint;
  readonly #groups: AutoScalingGroup[] = [];
  readonly #targetGroups: TargetGroup[] = [];
  readonly #endpoint: QueryEndpoint;
  #lonelyInstances = 0;

  constructor(options: SimulatedAwsOptions = {}) {
    this.region = options.region ?? 'us-east-2';
    this.accountId = options.accountId ?? '123456789012';
    this.#endpoint = new QueryEndpoint({
      apis: {
        autoscaling: autoScalingApi(() => this.#groups),
        elasticloadbalancing: elasticLoadBalancingApi(() => this.#targetGroups, this.#instances),
      },
      changes: this.#changes,
      latencyMs: options.latencyMs ?? 50,
    });
    this.#endpoint.intercept = options.intercept;
    this.systemsManagerEndpoint = new JsonEndpoint({
      api: systemsManagerApi(this.systemsManager),
      latencyMs: options.latencyMs ?? 50,
      intercept: options.intercept,
    });
    this.requestListener = httpListener(this.#endpoint);
  }

  get groups(): readonly AutoScalingGroup[] {
    return this.#groups;
  }

  get targetGroups(): readonly TargetGroup[] {
    return this.#targetGroups;
  }

  /** Throws where there is no such group. */
  group(name: string): AutoScalingGroup {
    const group = this.#groups.find((candidate) => candidate.name === name);
    if (group === undefined) {
      throw new Error(`No group ${name}. There is: ${this.#groups.map((one) => one.name).join(', ') || 'none'}.`);
    }
    return group;
  }

  /** Its traffic starts when its first target is registered. */
  createTargetGroup(options: TargetGroupOptions): TargetGroup {
    refuseTaken('Target group', options.name, this.#targetGroups);
    const resource = `targetgroup/${options.name}/${hexFrom(`target group ${options.name}`, 16)}`;
    const arn = `arn:aws:elasticloadbalancing:${this.region}:${this.accountId}:${resource}`;
    const targetGroup = new TargetGroup(options, arn, this.#services);
    this.#targetGroups.push(targetGroup);
    return targetGroup;
  }

  /** Its instances are InService and healthy targets from the start, unless their options say otherwise. */
  createGroup(options: GroupOptions): AutoScalingGroup {
    refuseTaken('Group', options.name, this.#groups);
    const resource = `autoScalingGroup:${uuidFrom(`group ${options.name}`)}:autoScalingGroupName/${options.name}`;
    const arn = `arn:aws:autoscaling:${this.region}:${this.accountId}:${resource}`;
    return this.#changes.step(() => {
      const group = new AutoScalingGroup(options, { region: this.region, arn }, this.#services);
      this.#groups.push(group);
      return group;
    });
  }

  /** Runs an instance in no group. Returns its id. */
  createInstance(id?: string): string {
    this.#lonelyInstances += 1;
    const instanceId = id ?? instanceIdFrom(`instance ${this.#lonelyInstances}`);
    this.#instances.run(instanceId);
    return instanceId;
  }

  /**
   * EC2's notice for an instance in a group, detached, or in none. EC2 takes it `reclaimSeconds` after the notice.
   * Returns the event to put; for a duplicate, put it again. Throws where the instance does not run or has its notice.
   */
  interrupt(instanceId: string, options: InterruptOptions = {}): SpotInterruptionEvent {
    const { at = new Date(), action = 'terminate' } = options;
    this.#changes.step(() => this.#instances.interrupt(instanceId, at, options.reclaimSeconds ?? reclaimSeconds));
    return spotInterruptionEvent(this, { instanceId, action, at });
  }

  /** The same for an instance in a Capacity Reservation, whose event says when EC2 takes it: in whole seconds. */
  interruptReservation(
    instanceId: string,
    options: Omit<InterruptOptions, 'action'> = {},
  ): ReservationInterruptionEvent {
    const { at = new Date(), reclaimSeconds: seconds = reclaimSeconds } = options;
    this.#changes.step(() => this.#instances.interrupt(instanceId, at, seconds, false));
    const reclaimAt = new Date(at.getTime() + seconds * 1000);
    return reservationInterruptionEvent(this, { instanceId, at, reclaimAt });
  }

  /** EC2's TerminateInstances, past any group. Without effect on an instance that does not run any more. */
  terminateInstance(instanceId: string): void {
    this.#changes.step(() => this.#instances.terminate(instanceId));
  }

  isRunning(instanceId: string): boolean {
    return this.#instances.isRunning(instanceId);
  }

  /** Whether `interrupt` takes it: it runs, and has no notice. */
  canBeInterrupted(instanceId: string): boolean {
    return this.#instances.canBeInterrupted(instanceId);
  }

  /**
   * EC2's rebalance recommendation for an instance, which a group with Capacity Rebalancing acts on. Returns the event to
   * put. Throws where there is no such instance.
   */
  recommendRebalance(instanceId: string): RebalanceRecommendationEvent {
    this.#changes.step(() => this.#instances.recommend(instanceId));
    return rebalanceRecommendationEvent(this, instanceId, new Date());
  }

  /**
   * For actors, which change groups beside the API's callers: does something in `seconds`, as one step whose changes are
   * told as done `by` them; not at all once stopped.
   */
  schedule(seconds: number, by: string, work: () => void): void {
    this.#timers.after(seconds, () => this.#changes.stepBy(by, work));
  }

  /** Calls the listener for every change, once all that changes with it has. Returns what ends that. */
  onChange(listener: (change: Change) => void): () => void {
    return this.#changes.listen(listener);
  }

  /** Begins the statistics of every group and the request counts of every target group anew. */
  mark(): void {
    for (const one of [...this.#groups, ...this.#targetGroups]) one.mark();
  }

  /** The requests of all target groups since the mark. */
  requests(): RequestCounts {
    const counts = this.#targetGroups.map((targetGroup) => targetGroup.requests());
    return {
      sent: counts.reduce((sum, { sent }) => sum + sent, 0),
      failed: counts.reduce((sum, { failed }) => sum + failed, 0),
      beyondCapacity: counts.reduce((sum, { beyondCapacity }) => sum + beyondCapacity, 0),
    };
  }

  /** How often each action was called, failed calls included: `{ DescribeAutoScalingGroups: 3 }`. */
  get apiCalls(): Readonly<Record<string, number>> {
    return { ...this.#endpoint.calls, ...this.systemsManagerEndpoint.calls };
  }

  /** Faults from now on, in place of those before. */
  setIntercept(intercept: Intercept | undefined): void {
    this.#endpoint.intercept = intercept;
    this.systemsManagerEndpoint.intercept = intercept;
  }

  /** For the `requestHandler` of an AutoScalingClient or ElasticLoadBalancingV2Client: calls without a socket. */
  requestHandler(): InProcessRequestHandler {
    return inProcessRequestHandler(this.#endpoint);
  }

  /** Clears all timers: nothing happens by itself any more. */
  stop(): void {
    this.#timers.stop();
  }
}

function refuseTaken(kind: string, name: string, existing: readonly { readonly name: string }[]): void {
  if (existing.some((one) => one.name === name))
    throw new Error(`${kind} ${name} exists already: give it another name.`);
}
