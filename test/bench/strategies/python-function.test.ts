import { expect, test } from 'vitest';
import { Bill } from '../../../bench/measures/bill.ts';
import { invokePython, withLegacyRetries } from '../../../simulator/strategies/python-function.ts';
import { inVirtualTime, type VirtualTime } from '../../../simulator/time/virtual-time.ts';

const throttled = Object.assign(new Error('Rate exceeded'), { name: 'Throttling' });

function inTime<T>(work: (time: VirtualTime) => Promise<T>): Promise<T> {
  return inVirtualTime({ startAt: new Date('2026-01-01T00:00:00Z') }, work);
}

test('a throttled call is made five times', async () => {
  let calls = 0;
  const call = withLegacyRetries(async () => {
    calls += 1;
    throw throttled;
  });
  await inTime((time) => time.runUntilSettled(call.catch(() => undefined)));
  expect(calls).toBe(5);
});

test('a call that was refused is not made again', async () => {
  let calls = 0;
  const call = withLegacyRetries(async () => {
    calls += 1;
    throw Object.assign(new Error('above max value'), { name: 'ValidationError' });
  });
  await call.catch(() => undefined);
  expect(calls).toBe(1);
});

test('a function that raises is invoked again after one minute, and after two', async () => {
  const seconds: number[] = [];
  await inTime(async (time) => {
    const begun = Date.now();
    const failing = async () => {
      seconds.push((Date.now() - begun) / 1000);
      throw new Error('raised');
    };
    await time.runUntilSettled(invokePython(new Bill(), failing));
  });
  expect(seconds).toEqual([0, 60, 180]);
});

test('what a function sleeps is billed', async () => {
  const bill = new Bill();
  await inTime((time) => time.runUntilSettled(invokePython(bill, (python) => python.sleep(90))));
  expect(bill.usage(0).gigabyteSecondsX86).toBeCloseTo((90 + 0.015 + 0.43) / 8, 6);
});
