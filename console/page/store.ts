import { Recording } from '../shared/recording.ts';
import type { RunModel } from '../shared/run-model.ts';
import type { RunUpdate } from '../shared/run-update.ts';

/** What is looked at, everywhere on the page. */
export interface Selection {
  /** Undefined: all executions. */
  readonly execution: string | undefined;
  readonly instanceId: string | undefined;
  readonly state: string | undefined;
  /** Which visit to the state, from 0, and whose. Undefined: the one that went worst. */
  readonly visit: number | undefined;
  readonly visitOf: string | undefined;
}

/** What the pointer is on. */
export interface Hover {
  readonly atSeconds?: number | undefined;
  readonly instanceId?: string | undefined;
  readonly execution?: string | undefined;
}

/** All that views draw from. */
export interface Snapshot {
  /** The run at the moment that is shown. */
  readonly model: RunModel;
  /** The run as far as it has come. */
  readonly latest: RunModel;
  readonly atSeconds: number;
  /** The moment goes with the run. */
  readonly isFollowing: boolean;
  readonly isPlaying: boolean;
  readonly selection: Selection;
  readonly hover: Hover;
}

type Draw = (snapshot: Snapshot) => void;

interface Subscription {
  readonly select: (snapshot: Snapshot) => readonly unknown[];
  readonly draw: Draw;
  drawn: readonly unknown[];
}

const nothing: Selection = {
  execution: undefined,
  instanceId: undefined,
  state: undefined,
  visit: undefined,
  visitOf: undefined,
};
const noVisit = { visit: undefined, visitOf: undefined };
/** Where the run was played as fast as possible, it is played again at this speed: virtual seconds per second. */
const usualSpeed = 20;

/** What the page shows: a run, a moment of it, what is selected and what is pointed at. Views subscribe to it. */
export class Store {
  #recording = new Recording();
  /** Undefined: the latest. */
  #moment: number | undefined;
  #isPlaying = false;
  #playedAt = 0;
  #selection = nothing;
  #hover: Hover = {};
  #isScheduled = false;
  readonly #subscriptions: Subscription[] = [];

  get snapshot(): Snapshot {
    const { latest } = this.#recording;
    const isFollowing = this.#moment === undefined;
    const model = this.#moment === undefined ? latest : this.#recording.at(this.#moment);
    const { atSeconds } = model;
    return {
      model,
      latest,
      atSeconds,
      isFollowing,
      isPlaying: this.#isPlaying || (isFollowing && latest.isGoingOn),
      selection: this.#selection,
      hover: this.#hover,
    };
  }

  /** Calls `draw` in the next frame after anything of what `select` picks has changed. */
  subscribe(select: Subscription['select'], draw: Draw): void {
    this.#subscriptions.push({ select, draw, drawn: [] });
    this.#schedule();
  }

  /** A run begins anew where it is requested. */
  apply(updates: readonly RunUpdate[]): void {
    for (const update of updates) {
      if (update.kind === 'requested') this.#reset();
      this.#recording.apply(update);
    }
    this.#schedule();
  }

  select(selection: Partial<Selection>): void {
    this.#selection = { ...this.#selection, ...selection };
    this.#schedule();
  }

  /** A state: of the executions that are looked at, the visit that went worst. */
  selectState(state: string): void {
    this.select({ state, ...noVisit });
  }

  /** An execution and its instance; undefined: all of them. The same once more: all of them, too. */
  selectExecution(execution: string | undefined): void {
    const isSame = execution === this.#selection.execution;
    const instanceId = this.#recording.latest.executions.get(execution ?? '')?.instanceId;
    if (isSame) this.select({ execution: undefined, instanceId: undefined, ...noVisit });
    else this.select({ execution, instanceId, ...noVisit });
  }

  selectInstance(instanceId: string): void {
    const execution = this.#recording.latest.executionOf(instanceId)?.name;
    if (execution !== undefined) this.selectExecution(execution);
    else this.select({ execution: undefined, instanceId, ...noVisit });
  }

  /** A state, as an execution passed it. Which executions are looked at stays as it is. */
  showVisit({
    execution,
    state,
    visit,
  }: {
    readonly execution: string;
    readonly state: string;
    readonly visit: number;
  }) {
    const { selection } = this.snapshot;
    const { latest } = this.#recording;
    this.select({
      state,
      visit,
      visitOf: execution,
      instanceId:
        selection.execution === undefined ? latest.executions.get(execution)?.instanceId : selection.instanceId,
    });
  }

  hover(hover: Hover): void {
    this.#hover = hover;
    this.#schedule();
  }

  /** Shows a moment, and stays there. */
  goTo(atSeconds: number): void {
    this.#isPlaying = false;
    this.#moment = atSeconds;
    this.#schedule();
  }

  /** Goes to the next event, or the one before: of the selected execution, or of all. */
  step(step: 1 | -1): void {
    const next = this.#recording.eventFrom(this.snapshot.atSeconds, step, this.#selection.execution);
    if (next !== undefined) this.goTo(next);
    else if (step === 1) this.follow();
    else this.goTo(0);
  }

  follow(): void {
    this.#isPlaying = false;
    this.#moment = undefined;
    this.#schedule();
  }

  pause(): void {
    this.goTo(this.snapshot.atSeconds);
  }

  /** Plays on from the moment; from the beginning where it is at the end. */
  play(): void {
    const { atSeconds, latest } = this.snapshot;
    this.#moment = !latest.isGoingOn && atSeconds >= latest.atSeconds ? 0 : atSeconds;
    this.#isPlaying = true;
    this.#playedAt = performance.now();
    this.#schedule();
  }

  #reset(): void {
    this.#recording = new Recording();
    this.#moment = undefined;
    this.#isPlaying = false;
    this.#hover = {};
    this.#selection = { ...nothing, state: this.#selection.state };
  }

  #schedule(): void {
    if (!this.#isScheduled) requestAnimationFrame(() => this.#frame());
    this.#isScheduled = true;
  }

  #frame(): void {
    this.#isScheduled = false;
    if (this.#isPlaying) this.#playOn();
    const { snapshot } = this;
    for (const subscription of this.#subscriptions) {
      const selected = subscription.select(snapshot);
      if (isSame(selected, subscription.drawn)) continue;
      subscription.drawn = selected;
      subscription.draw(snapshot);
    }
  }

  #playOn(): void {
    const now = performance.now();
    const { latest } = this.#recording;
    const speed = latest.settings?.speed;
    const passed = ((now - this.#playedAt) / 1000) * (typeof speed === 'number' ? speed : usualSpeed);
    this.#playedAt = now;
    this.#moment = (this.#moment ?? 0) + passed;
    if (this.#moment >= latest.atSeconds) this.follow();
    this.#schedule();
  }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => Object.is(value, other[index]));
}
