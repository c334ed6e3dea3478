import type { TargetGroup } from '../../simulator/aws/index.ts';

/** Requests per second over time, as stretches of a constant rate. Times are milliseconds since the epoch. */
export type Traffic = (from: number, to: number) => Iterable<{ readonly seconds: number; readonly rate: number }>;

export interface TrafficCounts {
  readonly sent: number;
  /** Without an answer: sent to a target that does not answer, or to none, or in flight when their instance went. */
  readonly failed: number;
  /** Answered late or refused, if an instance takes no more than `requestsPerInstance`. */
  readonly beyondCapacity: number;
}

export interface TrafficMeterOptions {
  readonly targetGroup: TargetGroup;
  readonly traffic: Traffic;
  /** What one instance can answer in a second. */
  readonly requestsPerInstance: number;
  /** How long a request takes. Default 1. */
  readonly requestSeconds?: number;
  /** Whether EC2 has taken the instance. */
  readonly isDown: (instanceId: string) => boolean;
}

interface Routes {
  readonly instanceIds: ReadonlySet<string>;
  readonly answering: number;
}

/**
 * Requests as a stream that is spread evenly over the routes of a target group, which makes a month of a fleet as quick
 * to count as a minute. It follows the simulator's rules for single requests: a draining target gets none; without a
 * healthy target all that are registered get them; what is in flight on an instance fails when EC2 takes it.
 */
export class TrafficMeter {
  readonly #options: TrafficMeterOptions;
  readonly #requestSeconds: number;
  #at = Date.now();
  #routes: Routes;
  #recent: { readonly from: number; readonly until: number; readonly routes: Routes }[] = [];
  #sent = 0;
  #failed = 0;
  #beyondCapacity = 0;

  constructor(options: TrafficMeterOptions) {
    this.#options = options;
    this.#requestSeconds = options.requestSeconds ?? 1;
    this.#routes = this.#currentRoutes();
  }

  /** Call it after each change of the target group or its instances. */
  changed(): void {
    this.#passTime();
    this.#routes = this.#currentRoutes();
  }

  /** Call it when EC2 has taken an instance, before `changed`. */
  taken(instanceId: string): void {
    this.#passTime();
    const inFlightSince = Date.now() - this.#requestSeconds * 1000;
    for (const { from, until, routes } of this.#recent) {
      const share = routes.instanceIds.has(instanceId) ? 1 / routes.instanceIds.size : 0;
      if (share > 0) this.#failed += share * this.#requests(Math.max(from, inFlightSince), until);
    }
  }

  counts(): TrafficCounts {
    this.#passTime();
    return { sent: this.#sent, failed: this.#failed, beyondCapacity: this.#beyondCapacity };
  }

  #passTime(): void {
    const now = Date.now();
    if (now === this.#at) return;
    const { answering, instanceIds } = this.#routes;
    const answered = instanceIds.size === 0 ? 0 : answering / instanceIds.size;
    for (const { seconds, rate } of this.#options.traffic(this.#at, now)) {
      this.#sent += rate * seconds;
      this.#failed += rate * seconds * (1 - answered);
      this.#beyondCapacity += seconds * Math.max(0, rate * answered - answering * this.#options.requestsPerInstance);
    }
    this.#recent = this.#recent.filter(({ until }) => until > now - this.#requestSeconds * 1000);
    this.#recent.push({ from: this.#at, until: now, routes: this.#routes });
    this.#at = now;
  }

  #requests(from: number, to: number): number {
    let requests = 0;
    for (const { seconds, rate } of this.#options.traffic(from, to)) requests += seconds * rate;
    return requests;
  }

  #currentRoutes(): Routes {
    const targets = [...this.#options.targetGroup.targets().values()].filter(({ state }) => state !== 'draining');
    const healthy = targets.filter(({ state }) => state === 'healthy');
    const routed = healthy.length > 0 ? healthy : targets;
    return {
      instanceIds: new Set(routed.map(({ instanceId }) => instanceId)),
      answering: routed.filter(({ instanceId, started }) => started && !this.#options.isDown(instanceId)).length,
    };
  }
}

export function steadyTraffic(rate: number): Traffic {
  return (from, to) => [{ seconds: (to - from) / 1000, rate }];
}

export interface BurstOptions {
  readonly usualRate: number;
  readonly burstRate: number;
  readonly burstSeconds: number;
  /** When in an hour (by its number since the epoch) the burst begins: a share of what is left of it, from 0 to 1. */
  readonly startInHour: (hour: number) => number;
}

const hourMs = 3_600_000;

/** A burst in every hour, at a time that differs. */
export function burstyTraffic({ usualRate, burstRate, burstSeconds, startInHour }: BurstOptions): Traffic {
  return function* (from, to) {
    for (let hour = Math.floor(from / hourMs); hour * hourMs < to; hour += 1) {
      const begin = hour * hourMs + startInHour(hour) * (hourMs - burstSeconds * 1000);
      const end = begin + burstSeconds * 1000;
      const inHour = overlap(from, to, hour * hourMs, (hour + 1) * hourMs);
      const inBurst = overlap(from, to, begin, end);
      if (inBurst > 0) yield { seconds: inBurst / 1000, rate: burstRate };
      if (inHour > inBurst) yield { seconds: (inHour - inBurst) / 1000, rate: usualRate };
    }
  };
}

function overlap(from: number, to: number, begin: number, end: number): number {
  return Math.max(0, Math.min(to, end) - Math.max(from, begin));
}
