import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { type GroupSnapshot, snapshotOf } from '../../../functions/capacity/group-snapshot.ts';

/** The snapshot of a group whose answer of DescribeAutoScalingGroups says this, and else only what it has to say. */
export function snapshotWith(answer: Partial<AutoScalingGroup>): GroupSnapshot {
  return snapshotOf({
    AutoScalingGroupName: 'web',
    MinSize: 0,
    MaxSize: 4,
    DesiredCapacity: 1,
    DefaultCooldown: 300,
    AvailabilityZones: [],
    HealthCheckType: 'EC2',
    CreatedTime: new Date(0),
    ...answer,
  });
}
