import type { InProcessApp } from '../account/in-process-app.ts';
import type { SpotInterruptionEvent } from '../aws/index.ts';

export type StrategyName =
  | 'ours'
  | 'blog-2020'
  | 'detach-now'
  | 'do-nothing'
  | 'capacity-rebalancing'
  | 'capacity-rebalancing, serving'
  | 'without-delay';

/** One way to deal with Spot interruptions. */
export interface Strategy {
  readonly name: StrategyName;
  /** Who published it, and where. */
  readonly source: string;
  /** What it does with a notice, in one sentence. */
  readonly does: string;
  /** How far the group may exceed its MaxSize while it acts, as a share of its DesiredCapacity. Default 0. */
  readonly maxSizeMargin?: number;
  start(surroundings: Surroundings): RunningStrategy;
}

export interface Surroundings {
  readonly app: InProcessApp;
  readonly bill: Expenses;
  /** The tag (KEY=VALUE) by which groups opt in, where the world has one; no group in it has the tag. */
  readonly groupTag?: string;
  /** Rebalance recommendations are acted on, where the strategy can be told to. */
  readonly isRecommendationHeeded: boolean;
}

/** Told what a strategy's own functions use. */
export interface Expenses {
  invoked(cost: InvocationCost): void;
  /** A call of a service that is not simulated. */
  called(action: string): void;
}

export interface InvocationCost {
  /** In its code, waiting included. */
  readonly milliseconds: number;
  /** In a new environment, whose start is billed, too. */
  readonly isCold: boolean;
  readonly memoryMegabytes: number;
  readonly runtime: 'node' | 'python';
  readonly logBytes: number;
  readonly traced: boolean;
}

/** A strategy at work on a simulated account. What it begins goes on in virtual time. */
export interface RunningStrategy {
  /** "EC2 Spot Instance Interruption Warning". */
  noticed(event: SpotInterruptionEvent): void;
  /** "EC2 Instance Rebalance Recommendation". */
  recommended?(instanceId: string): void;
}
