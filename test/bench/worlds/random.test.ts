import { expect, test } from 'vitest';
import { median } from '../../../bench/measures/order-statistics.ts';
import { logNormal, poisson, randomOf, randomStream } from '../../../bench/worlds/random.ts';

const thousands = Array.from({ length: 5000 });

test('a key always has the same number', () => {
  expect(randomOf(1, 'web')).toBe(randomOf(1, 'web'));
});

test('another seed gives a key another number', () => {
  expect(randomOf(1, 'web')).not.toBe(randomOf(2, 'web'));
});

test('half of the log-normal values are below the median', () => {
  const random = randomStream(1, 'test');
  expect(median(thousands.map(() => logNormal(random, 35, 0.35)))).toBeCloseTo(35, -0.5);
});

test('Poisson counts have their mean', () => {
  const random = randomStream(1, 'test');
  const mean = thousands.map(() => poisson(random, 3)).reduce((sum, count) => sum + count, 0) / thousands.length;
  expect(Math.abs(mean - 3)).toBeLessThan(0.1);
});
