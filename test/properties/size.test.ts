import { beforeAll, describe, expect, it } from 'vitest';
import { type Cost, costOf, storm } from './growth.ts';

describe('a storm over every instance of a group', () => {
  let ofTen: Cost;
  let ofHundred: Cost;
  beforeAll(async () => {
    ofTen = await costOf(storm(1, 10));
    ofHundred = await costOf(storm(1, 100));
  }, 120_000);

  it('of 100 gets everyone out in time, with every guarantee', () => {
    expect(ofHundred.violations).toBe(0);
    expect(ofHundred.leastSecondsLeft).toBeGreaterThan(0);
  });

  it('raises at most twice, whatever its size', () => {
    expect(ofTen.raises).toBeLessThanOrEqual(2);
    expect(ofHundred.raises).toBeLessThanOrEqual(2);
  });

  it('keeps nobody past its deadline, though no replacement comes', async () => {
    const { leastSecondsLeft } = await costOf(storm(1, 60, { launchSeconds: ['never'] }));
    expect(leastSecondsLeft).toBeGreaterThan(0);
  });

  it('costs no more API calls for each notice the larger it is', () => {
    expect(ofHundred.callsPerNotice).toBeLessThanOrEqual(ofTen.callsPerNotice);
  });

  it('costs as many API calls for each notice whether it hits one group or several', async () => {
    const several = await costOf(storm(4, 10));
    expect(several.callsPerNotice / ofTen.callsPerNotice).toBeCloseTo(1, 0);
  });
});
