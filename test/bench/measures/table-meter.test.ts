import { expect, test } from 'vitest';
import { Bill } from '../../../bench/measures/bill.ts';
import { tableMeter } from '../../../bench/measures/table-meter.ts';

test('counts a write for each update', () => {
  const bill = new Bill();
  const meter = tableMeter(bill);
  meter(update('web', 'i-1'));
  expect(bill.usage(0).tableWrites).toBe(1);
});

test('counts what a query reads by the items that its group has', () => {
  const bill = new Bill();
  const meter = tableMeter(bill);
  for (let number = 0; number < 40; number += 1) meter(update('web', `i-${number}`));
  meter({
    service: 'dynamodb',
    action: 'Query',
    parameters: { ExpressionAttributeValues: { ':group': { S: 'web' } } },
  });
  expect(bill.usage(0).tableReads).toBe(3);
});

test('leaves other services out', () => {
  const bill = new Bill();
  tableMeter(bill)({ service: 'autoscaling', action: 'DetachInstances', parameters: {} });
  expect(bill.usage(0).tableReads).toBe(0);
});

function update(group: string, instanceId: string) {
  const Key = { autoScalingGroupName: { S: group }, instanceId: { S: instanceId } };
  return { service: 'dynamodb', action: 'UpdateItem', parameters: { Key } } as const;
}
