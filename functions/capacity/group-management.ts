import type { Settings } from '../configuration/settings.ts';
import type { NotManagedReason } from '../shared/contract.ts';
import type { GroupSnapshot } from './group-snapshot.ts';

/** Whether a group is left alone (G7): without the opt-in tag, or since another service deals with its interruptions. */
export function reasonNotToManage(
  { rebalancesCapacity, tags }: Pick<GroupSnapshot, 'rebalancesCapacity' | 'tags'>,
  { groupTag, includeServiceManagedGroups }: Pick<Settings, 'groupTag' | 'includeServiceManagedGroups'>,
): NotManagedReason | undefined {
  if (groupTag && tags.get(groupTag.key) !== groupTag.value) return 'group without the opt-in tag';
  if (includeServiceManagedGroups) return undefined;
  const owner = servicesByTag.find(({ isIn }) => [...tags.keys()].some(isIn));
  if (owner) return owner.reason;
  return rebalancesCapacity
    ? 'group with Capacity Rebalancing, which replaces its interrupted instances itself'
    : undefined;
}

/** The tags that services put on the groups which they create. `AmazonECSManaged` is not among them: such a group is ours. */
const servicesByTag: readonly { readonly isIn: (key: string) => boolean; readonly reason: NotManagedReason }[] = [
  {
    isIn: (key) => key === 'eks:nodegroup-name',
    reason: 'group of an EKS managed node group, which drains and replaces its nodes itself',
  },
  { isIn: (key) => key === 'AWSBatchServiceTag', reason: 'group of AWS Batch, which manages it itself' },
  { isIn: (key) => key.startsWith('aws:elasticmapreduce:'), reason: 'group of Amazon EMR, which manages it itself' },
];
