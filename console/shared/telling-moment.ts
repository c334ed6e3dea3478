import type { RunModel } from './run-model.ts';

/**
 * The moment of a run that shows most, for whoever opens its page: the middle of when least served, where the floor did not hold; else when
 * the first instance left; else the end.
 */
export function tellingMoment({ group, instances, atSeconds }: RunModel): number {
  const short = group.filter(({ floor, serving }) => serving < floor);
  const [worst] = short.toSorted((a, b) => b.floor - b.serving - (a.floor - a.serving));
  if (worst) {
    const better = group.find((one) => one.atSeconds > worst.atSeconds && one.serving > worst.serving);
    return (worst.atSeconds + (better?.atSeconds ?? atSeconds)) / 2;
  }
  const left = [...instances.values()].flatMap(({ kind, leftAtSeconds }) =>
    kind === 'interrupted' && leftAtSeconds !== undefined ? [leftAtSeconds] : [],
  );
  return left.length > 0 ? Math.min(...left) : atSeconds;
}
