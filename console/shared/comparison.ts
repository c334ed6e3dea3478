import type { StrategyRun } from '../../simulator/strategies/strategy-run.ts';

/** What the server tells of a comparison, line by line, as JSON: a strategy's run, or what went wrong. */
export type ComparisonLine =
  | { readonly kind: 'strategy'; readonly run: StrategyRun }
  | { readonly kind: 'failed'; readonly message: string };
