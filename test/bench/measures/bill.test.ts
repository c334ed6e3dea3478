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

test('bills the table by its units', () => {
  const bill = new Bill();
  bill.wrote(2);
  bill.read(0.5);
  expect(costOf(bill.usage(0)).table).toBeCloseTo((2 * 0.625 + 0.5 * 0.125) / 1e6, 12);
});
