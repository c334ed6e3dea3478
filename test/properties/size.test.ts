import { describe, expect, it } from 'vitest';
import { costOf, storm } from './growth.ts';

describe('a storm over every instance of a group', () => {
  it('of 100 gets everyone out in time, with every guarantee', async () => {
    const { violations, leastSecondsLeft } = await costOf(storm(1, 100));
    expect(violations).toBe(0);
    expect(leastSecondsLeft).toBeGreaterThan(0);
  });

  it('raises once for the one peer that is missing', async () => {
    expect((await costOf(storm(1, 40))).raises).toBe(1);
  });

  it('raises once for each of the peers that are missing, and no more', async () => {
    expect((await costOf({ ...storm(1, 10), minServingPeers: 3 })).raises).toBe(3);
  });

  it('keeps nobody past its deadline by waiting for the lease, though no replacement comes', async () => {
    const { leastSecondsLeft } = await costOf({ ...storm(1, 20, { launchSeconds: ['never'] }), minServingPeers: 3 });
    expect(leastSecondsLeft).toBeGreaterThan(0);
  });

  it('costs no more API calls for each notice the larger it is', async () => {
    const small = await costOf(storm(1, 4));
    const large = await costOf(storm(1, 40));
    expect(large.callsPerNotice).toBeLessThanOrEqual(small.callsPerNotice);
  });

  it('costs as many API calls for each notice whether it hits one group or several', async () => {
    const one = await costOf(storm(1, 10));
    const several = await costOf(storm(4, 10));
    expect(several.callsPerNotice).toBeCloseTo(one.callsPerNotice, 5);
  });
});
