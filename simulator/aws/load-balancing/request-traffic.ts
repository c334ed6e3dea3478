export interface RequestCounts {
  readonly sent: number;
  readonly failed: number;
  /** Of those that did not fail: beyond what their instance can answer in a second. */
  readonly beyondCapacity: number;
}

export interface RequestSecond extends RequestCounts {
  /** The beginning of the second. A request in flight counts as failed in the second in which its instance went. */
  readonly at: Date;
}

/** Where a request may go, at the moment. */
export interface Route {
  readonly instanceId: string;
  /** The application answers. */
  readonly answers: boolean;
  /** Milliseconds since the epoch: from then on at its full rate. */
  readonly warmFrom: number;
}

export interface RequestTrafficOptions {
  readonly requestsPerSecond: number;
  readonly requestSeconds: number;
  /** What one instance can answer in a second. */
  readonly requestsPerInstanceSecond: number;
  /** What it can answer while it warms up, as a share of that. */
  readonly warmupShare: number;
  /** The targets that the load balancer routes to as things stand. */
  readonly routes: () => readonly Route[];
}

/**
 * Steady requests, one target after the other. It needs no timer: requests are computed when asked for, and just before
 * anything changes that they depend on (`advance`).
 */
export class RequestTraffic {
  readonly #options: RequestTrafficOptions;
  readonly #inFlight: { readonly instanceId: string; readonly endsAt: number }[] = [];
  readonly #seconds: { sent: number; failed: number; beyondCapacity: number }[] = [];
  /** By instance, in the second at hand. */
  #load = { second: -1, requests: new Map<string, number>() };
  #startedAt: number | undefined;
  #sent = 0;
  #failed = 0;
  #beyondCapacity = 0;
  #mark: RequestCounts = { sent: 0, failed: 0, beyondCapacity: 0 };

  constructor(options: RequestTrafficOptions) {
    this.#options = options;
  }

  /** Starts, unless it has started already. */
  start(): void {
    if (this.#options.requestsPerSecond > 0) this.#startedAt ??= Date.now();
  }

  /** Sends what has become due. Call it before a change of the routes. */
  advance(): void {
    if (this.#startedAt === undefined) return;
    const now = Date.now();
    const routes = this.#options.routes();
    for (let at = this.#nextAt(this.#startedAt); at <= now; at = this.#nextAt(this.#startedAt)) this.#send(at, routes);
    this.#forgetAnswered(now);
  }

  /** Fails what is in flight on an instance that is going away now. */
  failInFlight(instanceId: string): void {
    this.advance();
    for (const request of this.#inFlight.splice(0)) {
      if (request.instanceId === instanceId) this.#fail(Date.now());
      else this.#inFlight.push(request);
    }
  }

  /** Since the mark. */
  counts(): RequestCounts {
    this.advance();
    return {
      sent: this.#sent - this.#mark.sent,
      failed: this.#failed - this.#mark.failed,
      beyondCapacity: this.#beyondCapacity - this.#mark.beyondCapacity,
    };
  }

  mark(): void {
    this.advance();
    this.#mark = { sent: this.#sent, failed: this.#failed, beyondCapacity: this.#beyondCapacity };
  }

  /** Second by second since the start. */
  history(): readonly RequestSecond[] {
    this.advance();
    const startedAt = this.#startedAt ?? 0;
    return this.#seconds.map((counts, second) => ({ at: new Date(startedAt + second * 1000), ...counts }));
  }

  #nextAt(startedAt: number): number {
    return startedAt + (this.#sent * 1000) / this.#options.requestsPerSecond;
  }

  #send(at: number, routes: readonly Route[]): void {
    const route = routes[this.#sent % Math.max(1, routes.length)];
    this.#sent += 1;
    this.#second(at).sent += 1;
    if (route?.answers !== true) {
      this.#fail(at);
      return;
    }
    if (this.#isBeyondCapacity(at, route)) {
      this.#beyondCapacity += 1;
      this.#second(at).beyondCapacity += 1;
    }
    this.#inFlight.push({ instanceId: route.instanceId, endsAt: at + this.#options.requestSeconds * 1000 });
  }

  #isBeyondCapacity(at: number, { instanceId, warmFrom }: Route): boolean {
    const second = Math.floor((at - (this.#startedAt ?? at)) / 1000);
    if (second !== this.#load.second) this.#load = { second, requests: new Map() };
    const requests = (this.#load.requests.get(instanceId) ?? 0) + 1;
    this.#load.requests.set(instanceId, requests);
    const { requestsPerInstanceSecond, warmupShare } = this.#options;
    return requests > requestsPerInstanceSecond * (at < warmFrom ? warmupShare : 1);
  }

  #fail(at: number): void {
    this.#failed += 1;
    this.#second(at).failed += 1;
  }

  #second(at: number): { sent: number; failed: number; beyondCapacity: number } {
    const index = Math.floor((at - (this.#startedAt ?? at)) / 1000);
    while (this.#seconds.length <= index) this.#seconds.push({ sent: 0, failed: 0, beyondCapacity: 0 });
    const second = this.#seconds[index];
    if (second === undefined) throw new RangeError(`No second ${index}: requests begin at ${this.#startedAt}.`);
    return second;
  }

  /** Requests end in the order in which they were sent, all taking equally long. */
  #forgetAnswered(now: number): void {
    const firstOpen = this.#inFlight.findIndex(({ endsAt }) => endsAt > now);
    this.#inFlight.splice(0, firstOpen === -1 ? this.#inFlight.length : firstOpen);
  }
}
