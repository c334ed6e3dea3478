import { expect, test } from 'vitest';
import { Bill, costOf } from '../../../bench/measures/bill.ts';

test('bills state transitions', () => {
  expect(costOf(new Bill().usage(32)).total).toBeCloseTo(32 * 0.000025, 10);
});

test('bills a function for its time and its computing by its memory', () => {
  const bill = new Bill();
  bill.invoked({ milliseconds: 985, isCold: false, memoryMegabytes: 512, runtime: 'node', logBytes: 0, traced: false });
  expect(bill.usage(0).gigabyteSecondsArm).toBeCloseTo(0.5, 10);
});

test('bills the start of an environment, too', () => {
  const bill = new Bill();
  bill.invoked({
    milliseconds: 985,
    isCold: true,
    memoryMegabytes: 1024,
    runtime: 'python',
    logBytes: 0,
    traced: false,
  });
  expect(bill.usage(0).gigabyteSecondsX86).toBeCloseTo(1.43, 10);
});

test.each([
  [1, 1],
  [16, 1],
  [17, 2],
  [1000, 62],
])('bills a query that reads %i items as %i reads', (items, reads) => {
  const bill = new Bill();
  bill.readItems(items);
  expect(bill.usage(0).tableReads).toBe(reads);
});
