import { expect, test } from 'vitest';
import { burstyTraffic, steadyTraffic } from '../../../bench/measures/traffic-meter.ts';

const hourMs = 3_600_000;
const bursty = burstyTraffic({ usualRate: 10, burstRate: 40, burstSeconds: 600, startInHour: () => 0.5 });

test('steady traffic has one rate', () => {
  expect([...steadyTraffic(7)(0, 2000)]).toEqual([{ seconds: 2, rate: 7 }]);
});

test('bursty traffic has one burst in every hour', () => {
  const inBurst = [...bursty(0, 3 * hourMs)].filter(({ rate }) => rate === 40);
  expect(inBurst.map(({ seconds }) => seconds)).toEqual([600, 600, 600]);
});

test('bursty traffic leaves no time out', () => {
  const stretches = [...bursty(hourMs / 3, 2.7 * hourMs)];
  const seconds = stretches.reduce((sum, stretch) => sum + stretch.seconds, 0);
  expect(seconds).toBeCloseTo(((2.7 - 1 / 3) * hourMs) / 1000, 6);
});

test('bursty traffic is the same in parts as in one', () => {
  const requests = (from: number, to: number) =>
    [...bursty(from, to)].reduce((sum, { seconds, rate }) => sum + seconds * rate, 0);
  expect(requests(0, 1000) + requests(1000, 2 * hourMs)).toBeCloseTo(requests(0, 2 * hourMs), 6);
});
