import { expect, test } from 'vitest';
import { median, quantile } from '../../../bench/measures/order-statistics.ts';

test.each([
  [[], undefined],
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %s', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test.each([
  [0.99, 99],
  [0.01, 1],
  [1, 100],
])('of 1 to 100, a share of %d lies at or below %d', (share, expected) => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantile(values, share)).toBe(expected);
});
