import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { busy, inVirtualTime, sleep, VirtualTime } from '../../../simulator/time/virtual-time.ts';

const startAt = new Date('2026-01-01T00:00:00.000Z');

describe('virtual time', () => {
  it('lets a minute pass without waiting for it', async () => {
    const realStart = performance.now();
    const now = await inVirtualTime({ startAt }, async (time) => {
      await time.runUntilSettled(sleep(60_000));
      return new Date().toISOString();
    });
    expect(now).toBe('2026-01-01T00:01:00.000Z');
    expect(performance.now() - realStart).toBeLessThan(1000);
  });

  it('stands still while work is in flight', async () => {
    const elapsed = await inVirtualTime({ startAt }, async (time) => {
      setInterval(() => {}, 1);
      return await time.runUntilSettled(busy(() => elapsedDuring(() => turns(20))));
    });
    expect(elapsed).toBe(0);
  });

  it('passes while the work in flight only sleeps', async () => {
    const elapsed = await inVirtualTime({ startAt }, (time) =>
      time.runUntilSettled(busy(() => elapsedDuring(() => sleep(50)))),
    );
    expect(elapsed).toBe(50);
  });

  it('passes while the work in flight only waits for a timer of node:timers/promises', async () => {
    const elapsed = await inVirtualTime({ startAt, stuckAfterSeconds: 1 }, (time) =>
      time.runUntilSettled(busy(() => elapsedDuring(() => wait(50_000)))),
    );
    expect(elapsed).toBe(50_000);
  });

  it('stands still for a nested piece of work while the outer one waits for it', async () => {
    const elapsed = await inVirtualTime({ startAt }, async (time) => {
      setInterval(() => {}, 1);
      return await time.runUntilSettled(busy(() => elapsedDuring(() => busy(() => turns(20)))));
    });
    expect(elapsed).toBe(0);
  });

  it('stands still for one of two parallel calls while the other sleeps', async () => {
    const elapsed = await inVirtualTime({ startAt }, (time) => {
      const computing = () => busy(() => elapsedDuring(() => turns(20)));
      return time.runUntilSettled(busy(async () => (await Promise.all([computing(), busy(() => sleep(50))]))[0]));
    });
    expect(elapsed).toBe(0);
  });

  it('is not held back by a sleep that never ends', async () => {
    const passed = await inVirtualTime({ startAt }, async (time) => {
      busy(() => sleep(Number.POSITIVE_INFINITY));
      await time.runFor(1000);
      return Date.now() - startAt.getTime();
    });
    expect(passed).toBe(1000);
  });

  it('ends a run at its limit, and says that the condition did not come true', async () => {
    const [met, passed] = await inVirtualTime({ startAt }, async (time) => {
      setInterval(() => {}, 300);
      const met = await time.runUntil(() => false, 1000);
      return [met, Date.now() - startAt.getTime()];
    });
    expect([met, passed]).toEqual([false, 1000]);
  });

  it('reports a deadlock with the time at which nothing could happen any more', async () => {
    const run = inVirtualTime({ startAt }, (time) => time.runUntilSettled(new Promise(() => {})));
    await expect(run).rejects.toThrow('Deadlock in virtual time at 2026-01-01T00:00:00.000Z');
  });

  it('reports work in flight that never ends', async () => {
    const run = inVirtualTime({ startAt, stuckAfterSeconds: 0.02 }, (time) =>
      time.runUntilSettled(busy(() => new Promise(() => {}))),
    );
    await expect(run).rejects.toThrow('1 in flight without an end');
  });

  it('passes at the given speed', async () => {
    const realStart = performance.now();
    await inVirtualTime({ startAt, speed: 1000 }, (time) => time.runFor(30_000));
    expect(performance.now() - realStart).toBeGreaterThan(25);
  });

  it('gives the real clock back, also after a failure', async () => {
    await inVirtualTime({ startAt }, async () => Promise.reject(new Error('failed'))).catch(() => undefined);
    expect(VirtualTime.installed).toBeUndefined();
    expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(5000);
  });

  it('gives the real timers of node:timers/promises back', async () => {
    await inVirtualTime({ startAt }, async () => undefined);
    expect(wait).not.toBe(sleep);
  });

  it('is not needed for a sleep', async () => {
    const realStart = performance.now();
    await sleep(5);
    expect(performance.now() - realStart).toBeGreaterThan(3);
  });
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

async function elapsedDuring(work: () => Promise<unknown>): Promise<number> {
  const start = Date.now();
  await work();
  return Date.now() - start;
}
