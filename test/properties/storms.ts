import { beforeAll, expect, it } from 'vitest';
import { guarantees } from '../../simulator/judging/guarantees.ts';
import { type CheckedWorld, checkedWorlds, reportOf } from './check-worlds.ts';

/** Runs a batch of random worlds, and holds each guarantee against all of them. */
export function itHoldsInRandomWorlds(seed: number, count: number): void {
  const checked: CheckedWorld[] = [];
  beforeAll(async () => {
    for await (const one of checkedWorlds(seed, count)) checked.push(one);
  }, 120_000);

  it.each(guarantees)(
    `$guarantee $title, in ${count} random worlds`,
    async ({ guarantee }) => {
      const broken = checked.find(({ violations }) => violations.some((one) => one.guarantee === guarantee));
      if (broken) expect.fail(await reportOf(broken, guarantee));
      expect(checked).toHaveLength(count);
    },
    120_000,
  );
}
