import { expect, test } from 'vitest';
import { History } from '../../../simulator/aws/history.ts';
import { inVirtualTime } from '../../../simulator/time/virtual-time.ts';
import { startAt } from './world.ts';

const second = (number: number) => startAt.getTime() + number * 1000;

/** 'a' at the start, 'b' from second 5 on, 'c' and at once 'd' from second 10 on, seen at second 12. */
async function inHistory(work: (history: History<string>) => void): Promise<void> {
  await inVirtualTime({ startAt }, async (time) => {
    const history = new History('a');
    await time.runFor(5000);
    history.current = 'b';
    await time.runFor(5000);
    history.current = 'c';
    history.current = 'd';
    await time.runFor(2000);
    work(history);
  });
}

test.each([
  [3, 'a'],
  [5, 'b'],
  [9.999, 'b'],
  [10, 'd'],
  [12, 'd'],
])('finds what was at second %d', async (at, value) => {
  await inHistory((history) => expect(history.at(second(at))).toBe(value));
});

test('finds what is', async () => {
  await inHistory((history) => expect(history.current).toBe('d'));
});

test('answers with the oldest it knows for times before that', async () => {
  await inHistory((history) => expect(history.at(second(-60))).toBe('a'));
});

test('forgets what was over for longer than a stale read can look back', async () => {
  await inVirtualTime({ startAt }, async (time) => {
    const history = new History('a');
    await time.runFor(1000);
    history.current = 'b';
    await time.runFor(11_000);
    history.current = 'c';
    expect(history.at(second(0))).toBe('b');
  });
});
