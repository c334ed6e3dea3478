import type { BackgroundTimers } from '../background-timers.ts';
import type { Changes } from '../changes.ts';
import type { Ec2Instances } from '../ec2/ec2-instances.ts';
import { History } from '../history.ts';
import { type RequestCounts, type RequestSecond, RequestTraffic, type Route } from './request-traffic.ts';
import type { TargetState } from './target-state.ts';

export interface TargetGroupOptions {
  readonly name: string;
  /** From registration to healthy: the interval times the healthy threshold. Default 20. */
  readonly healthCheckSeconds?: number;
  /** From registration until the application answers requests. Default: as long as `healthCheckSeconds`. */
  readonly applicationStartSeconds?: number;
  /** From the end of a target's instance to unhealthy: the interval times the unhealthy threshold. Default 10. */
  readonly unhealthyAfterSeconds?: number;
  /** Default 30. */
  readonly deregistrationDelaySeconds?: number;
  /** Traffic, from the first registration on. Default 10; 0 for none. */
  readonly requestsPerSecond?: number;
  /** What one instance can answer in a second; more are counted as beyond capacity. Default: any number. */
  readonly requestsPerInstanceSecond?: number;
  /** From healthy until a new instance answers at its full rate. Default 0. */
  readonly warmupSeconds?: number;
  /** What it can answer until then, as a share of its full rate. Default 0.5. */
  readonly warmupShare?: number;
  /** How long a request takes. Default 1. */
  readonly requestSeconds?: number;
  /**
   * Default true. A target group that no listener uses has no health checks and no traffic: its registered targets are
   * `unused`, with reason Target.NotInUse ("Target health status", Elastic Load Balancing user guide).
   */
  readonly hasListener?: boolean;
}

export interface Target {
  readonly instanceId: string;
  readonly state: TargetState;
  /** Its application answers requests. */
  readonly started: boolean;
  /** Milliseconds since the epoch: from then on it answers at its full rate. Infinity until it is healthy. */
  readonly warmFrom: number;
  /** Of this target group: 1 is the first. */
  readonly registration: number;
}

/** Makes a target group's registrations, as Auto Scaling does for its instances. */
export interface TargetRegistrar {
  register(instanceId: string, state?: 'initial' | 'healthy'): void;
  deregister(instanceId: string): void;
}

/**
 * A target group of an Application Load Balancer, and the requests that come in through it.
 *
 * Target states as documented for DescribeTargetHealth: initial until the health checks have passed, unhealthy once they
 * fail, draining for the whole deregistration delay after deregistration. A load balancer without a healthy target fails
 * open: it routes to every registered target that is not draining ("Health checks for your target groups").
 */
export class TargetGroup {
  readonly name: string;
  readonly arn: string;
  readonly settings: Required<TargetGroupOptions>;
  /** For the Auto Scaling groups that the target group is attached to. */
  readonly registrar: TargetRegistrar;
  readonly #targets = new History<ReadonlyMap<string, Target>>(new Map());
  readonly #traffic: RequestTraffic;
  readonly #services: TargetGroupServices;
  #registrations = 0;

  constructor(options: TargetGroupOptions, arn: string, services: TargetGroupServices) {
    this.name = options.name;
    this.arn = arn;
    this.settings = settingsOf(options);
    this.registrar = {
      register: (instanceId, state) => this.#register(instanceId, state ?? 'initial'),
      deregister: (instanceId) => this.#deregister(instanceId),
    };
    this.#services = services;
    this.#traffic = new RequestTraffic({ ...this.settings, routes: () => this.#routes() });
    services.instances.onBeforeDown((instanceId) => this.#traffic.failInFlight(instanceId));
    services.instances.onReclaimed((instanceId) => this.#failHealthChecks(instanceId));
  }

  get hasListener(): boolean {
    return this.settings.hasListener;
  }

  state(instanceId: string): TargetState {
    return this.#targets.current.get(instanceId)?.state ?? 'unused';
  }

  /** The registered targets at a time (milliseconds since the epoch; default: now). */
  targets(at = Number.POSITIVE_INFINITY): ReadonlyMap<string, Target> {
    return this.#targets.at(at);
  }

  /** Requests since the mark. */
  requests(): RequestCounts {
    return this.#traffic.counts();
  }

  /** Second by second since the first registration. */
  requestHistory(): readonly RequestSecond[] {
    return this.#traffic.history();
  }

  /** Counts requests anew. */
  mark(): void {
    this.#traffic.mark();
  }

  /** RegisterTargets: one that is registered stays as it is; one that drains is checked anew, while its application runs on. */
  registerAgain(instanceId: string): void {
    const target = this.#targets.current.get(instanceId);
    if (target !== undefined && target.state !== 'draining') return;
    this.#register(instanceId, 'initial', target?.started);
  }

  #register(instanceId: string, state: 'initial' | 'healthy', started = state === 'healthy'): void {
    this.#registrations += 1;
    const registration = this.#registrations;
    if (!this.hasListener) {
      this.#set(instanceId, {
        instanceId,
        state: 'unused',
        started: false,
        warmFrom: Number.POSITIVE_INFINITY,
        registration,
      });
      return;
    }
    const warmFrom = state === 'healthy' ? Date.now() : Number.POSITIVE_INFINITY;
    this.#set(instanceId, { instanceId, state, started, warmFrom, registration });
    this.#traffic.start();
    if (state === 'healthy') return;
    const { applicationStartSeconds, healthCheckSeconds } = this.settings;
    this.#services.timers.after(applicationStartSeconds, () => this.#startApplication(instanceId, registration));
    this.#services.timers.after(healthCheckSeconds, () => this.#concludeInitialChecks(instanceId, registration));
  }

  #startApplication(instanceId: string, registration: number): void {
    const target = this.#targets.current.get(instanceId);
    if (target?.registration === registration) this.#set(instanceId, { ...target, started: true });
  }

  #concludeInitialChecks(instanceId: string, registration: number): void {
    const target = this.#targets.current.get(instanceId);
    if (target?.state !== 'initial' || target.registration !== registration) return;
    const passed = this.#services.instances.isRunning(instanceId);
    const warmFrom = Date.now() + this.settings.warmupSeconds * 1000;
    this.#set(instanceId, passed ? { ...target, state: 'healthy', warmFrom } : { ...target, state: 'unhealthy' });
  }

  #failHealthChecks(instanceId: string): void {
    if (!this.#targets.current.has(instanceId)) return;
    this.#services.timers.after(this.settings.unhealthyAfterSeconds, () => {
      const target = this.#targets.current.get(instanceId);
      if (target === undefined || target.state === 'draining' || target.state === 'unused') return;
      this.#set(instanceId, { ...target, state: 'unhealthy' });
    });
  }

  #deregister(instanceId: string): void {
    const target = this.#targets.current.get(instanceId);
    if (target === undefined || target.state === 'draining') return;
    if (target.state === 'unused') {
      this.#set(instanceId, undefined);
      return;
    }
    this.#set(instanceId, { ...target, state: 'draining' });
    this.#services.timers.after(this.settings.deregistrationDelaySeconds, () => {
      const isRegisteredAgain = this.#targets.current.get(instanceId)?.registration !== target.registration;
      if (!isRegisteredAgain) this.#set(instanceId, undefined);
    });
  }

  #set(instanceId: string, target: Target | undefined): void {
    this.#traffic.advance();
    const from = this.state(instanceId);
    const targets = new Map(this.#targets.current);
    if (target === undefined) targets.delete(instanceId);
    else targets.set(instanceId, target);
    this.#targets.current = targets;
    const to = target?.state ?? 'unused';
    if (from === to) return;
    const groupName = this.#services.instances.groupNameOf(instanceId);
    this.#services.changes.report({ kind: 'target', targetGroupName: this.name, instanceId, from, to }, groupName);
  }

  #routes(): readonly Route[] {
    const routable = [...this.#targets.current.values()].filter(({ state }) => state !== 'draining');
    const healthy = routable.filter(({ state }) => state === 'healthy');
    return (healthy.length > 0 ? healthy : routable).map(({ instanceId, started, warmFrom }) => ({
      instanceId,
      warmFrom,
      answers: started && this.#services.instances.isRunning(instanceId),
    }));
  }
}

export interface TargetGroupServices {
  readonly instances: Ec2Instances;
  readonly timers: BackgroundTimers;
  readonly changes: Changes;
}

function settingsOf(options: TargetGroupOptions): Required<TargetGroupOptions> {
  const healthCheckSeconds = options.healthCheckSeconds ?? 20;
  const settings = {
    healthCheckSeconds,
    applicationStartSeconds: healthCheckSeconds,
    unhealthyAfterSeconds: 10,
    deregistrationDelaySeconds: 30,
    requestsPerSecond: 10,
    requestsPerInstanceSecond: Number.MAX_SAFE_INTEGER,
    warmupSeconds: 0,
    warmupShare: 0.5,
    requestSeconds: 1,
    hasListener: true,
    ...options,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number' && !(value >= 0 && Number.isFinite(value))) {
      throw new RangeError(`Target group ${options.name}: ${name} must be a number of at least 0, not ${value}.`);
    }
  }
  if (settings.warmupShare > 1) {
    throw new RangeError(
      `Target group ${options.name}: warmupShare must be a share from 0 to 1, not ${settings.warmupShare}.`,
    );
  }
  if (settings.applicationStartSeconds > settings.healthCheckSeconds) {
    throw new RangeError(
      `Target group ${options.name}: applicationStartSeconds ${settings.applicationStartSeconds} must be at most ` +
        `healthCheckSeconds ${settings.healthCheckSeconds}, since health checks pass once the application answers.`,
    );
  }
  return settings;
}
