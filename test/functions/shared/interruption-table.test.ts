import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../../functions/shared/interruption-table.ts';

const nowSeconds = 1_000;
const current = { N: '1001' };
const expired = { N: '1000' };

describe('the records of a group', () => {
  it('are the interrupted instances, without the lease', () => {
    const { interruptions } = recordsOf([item('i-1', {}), item('#lease', {})], nowSeconds);
    expect([...interruptions.keys()]).toEqual(['i-1']);
  });

  it('leave out what has expired, though DynamoDB has not deleted it yet', () => {
    expect(recordsOf([item('i-1', { expiresAt: expired })], nowSeconds).interruptions.size).toBe(0);
  });

  it('hold the raise of an instance', () => {
    const { interruptions } = recordsOf([item('i-1', { raisedTo: { N: '3' }, raiseExpiresAt: current })], nowSeconds);
    expect(interruptions.get('i-1')?.raisedTo).toBe(3);
  });

  it('forget a raise that an earlier notice of the same instance left behind', () => {
    const { interruptions } = recordsOf([item('i-1', { raisedTo: { N: '3' }, raiseExpiresAt: expired })], nowSeconds);
    expect(interruptions.get('i-1')).not.toHaveProperty('raisedTo');
  });

  it('hold the change that is pending on the lease', () => {
    const pending = { pendingInstanceId: { S: 'i-1' }, pendingFrom: { N: '2' }, pendingTo: { N: '3' } };
    expect(recordsOf([item('#lease', pending)], nowSeconds).lease.pendingChange).toEqual({
      instanceId: 'i-1',
      from: 2,
      to: 3,
    });
  });

  it('have an empty lease in a group that was never leased', () => {
    expect(recordsOf([], nowSeconds).lease).toEqual({});
  });
});

function item(instanceId: string, attributes: Record<string, { N: string } | { S: string }>) {
  return { autoScalingGroupName: { S: 'web' }, instanceId: { S: instanceId }, expiresAt: current, ...attributes };
}
