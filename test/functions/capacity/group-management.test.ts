import { describe, expect, it, test } from 'vitest';
import { reasonNotToManage } from '../../../functions/capacity/group-management.ts';

const ours = { rebalancesCapacity: false, tags: new Map<string, string>() };

describe('a group that another service manages for itself is left alone', () => {
  const managed = [
    ['an EKS managed node group', { tags: tagged('eks:nodegroup-name'), rebalancesCapacity: true }, 'EKS managed node'],
    ['AWS Batch', { tags: tagged('AWSBatchServiceTag') }, 'AWS Batch'],
    ['Amazon EMR', { tags: tagged('aws:elasticmapreduce:job-flow-id') }, 'Amazon EMR'],
    ['Capacity Rebalancing', { rebalancesCapacity: true }, 'Capacity Rebalancing'],
  ] as const;

  test.each(managed)('%s', (_, group, reason) => {
    expect(reasonNotToManage({ ...ours, ...group }, {})).toContain(reason);
  });

  test.each(managed)('unless such groups are to be handled, too: %s', (_, group) => {
    expect(reasonNotToManage({ ...ours, ...group }, { includeServiceManagedGroups: true })).toBeUndefined();
  });
});

it('a group of an ECS capacity provider is ours, like any other', () => {
  expect(reasonNotToManage({ ...ours, tags: tagged('AmazonECSManaged') }, {})).toBeUndefined();
});

describe('where an opt-in tag is asked for', () => {
  const groupTag = { key: 'spot', value: 'yes' };

  test.each([
    ['with the tag is ours', 'yes', undefined],
    ['with another value is left alone', 'no', 'group without the opt-in tag'],
  ])('a group %s', (_, value, reason) => {
    expect(reasonNotToManage({ ...ours, tags: new Map([['spot', value]]) }, { groupTag })).toBe(reason);
  });

  it('a group without it is left alone, even where service-managed groups are to be handled', () => {
    const settings = { groupTag, includeServiceManagedGroups: true };
    expect(reasonNotToManage(ours, settings)).toBe('group without the opt-in tag');
  });

  it('a group that opted in is left alone all the same where another service manages it', () => {
    const group = { rebalancesCapacity: true, tags: new Map([['spot', 'yes']]) };
    expect(reasonNotToManage(group, { groupTag })).toContain('Capacity Rebalancing');
  });
});

function tagged(key: string): ReadonlyMap<string, string> {
  return new Map([[key, 'x']]);
}
