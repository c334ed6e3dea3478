import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect, it, test } from 'vitest';
import { phaseOf } from '../../../functions/capacity/group-snapshot.ts';
import { snapshotWith } from './group-answer.ts';

test.each([
  ['Pending', 'pending'],
  ['Pending:Wait', 'pending'],
  ['Pending:Proceed', 'pending'],
  ['Quarantined', 'pending'],
  ['InService', 'in service'],
  ['Terminating', 'terminating'],
  ['Terminating:Wait', 'terminating'],
  ['Terminating:Proceed', 'terminating'],
  ['Terminated', 'terminating'],
  ['Detaching', 'detaching'],
  ['Detached', 'detaching'],
  ['EnteringStandby', 'standby'],
  ['Standby', 'standby'],
  ['Warmed:Pending', 'warm'],
  ['Warmed:Running', 'warm'],
  ['Warmed:Terminating:Wait', 'warm'],
  ['ReplacingRootVolume', 'pending'],
  ['SomethingNew', 'pending'],
])('an instance in %s is %s', (lifecycleState, phase) => {
  expect(phaseOf(lifecycleState)).toBe(phase);
});

it('allows detaching InService and Standby instances only', () => {
  const states = ['Pending', 'InService', 'EnteringStandby', 'Standby', 'Terminating'] as const;
  const { instances } = snapshotWith({ Instances: states.map((LifecycleState) => ({ ...instance, LifecycleState })) });
  expect(instances.map(({ detachable }) => detachable)).toEqual([false, true, false, true, false]);
});

test.each([
  ['Healthy', true],
  ['HEALTHY', true],
  ['Unhealthy', false],
])('an instance whose HealthStatus is %s: healthy %s', (HealthStatus, healthy) => {
  expect(snapshotWith({ Instances: [{ ...instance, HealthStatus }] }).instances).toMatchObject([{ healthy }]);
});

it('reads the weight of an instance, 1 where there is none', () => {
  const { instances } = snapshotWith({ Instances: [instance, { ...instance, WeightedCapacity: '4' }] });
  expect(instances.map(({ weight }) => weight)).toEqual([1, 4]);
});

test.each<[string, Partial<AutoScalingGroup>, object]>([
  ['nothing is launched while Launch is suspended', suspended('Launch'), { canLaunch: false, registersTargets: true }],
  [
    'nothing is registered while AddToLoadBalancer is suspended',
    suspended('AddToLoadBalancer'),
    { canLaunch: true, registersTargets: false },
  ],
  ['a Classic Load Balancer', { LoadBalancerNames: ['classic'] }, { hasOtherTrafficSources: true }],
  [
    'VPC Lattice',
    { TrafficSources: [{ Identifier: 'arn:aws:vpc-lattice:us-east-2:1:targetgroup/tg-1', Type: 'vpc-lattice' }] },
    { hasOtherTrafficSources: true },
  ],
  [
    'a target group, which stands among the traffic sources as well',
    { TrafficSources: [{ Identifier: 'arn:aws:elasticloadbalancing:…:targetgroup/web/1', Type: 'elbv2' }] },
    { hasOtherTrafficSources: false },
  ],
  ['Capacity Rebalancing', { CapacityRebalance: true }, { rebalancesCapacity: true }],
  [
    'nothing of it where the service says nothing',
    {},
    { canLaunch: true, registersTargets: true, hasOtherTrafficSources: false, rebalancesCapacity: false },
  ],
  ['the tags', { Tags: [{ Key: 'team', Value: 'web' }] }, { tags: new Map([['team', 'web']]) }],
])('knows of %s', (_, answer, expected) => {
  expect(snapshotWith(answer)).toMatchObject(expected);
});

const instance = {
  InstanceId: 'i-00000000000000001',
  AvailabilityZone: 'us-east-2a',
  LifecycleState: 'InService',
  HealthStatus: 'Healthy',
  ProtectedFromScaleIn: false,
} as const;

function suspended(ProcessName: string): Partial<AutoScalingGroup> {
  return { SuspendedProcesses: [{ ProcessName }] };
}
