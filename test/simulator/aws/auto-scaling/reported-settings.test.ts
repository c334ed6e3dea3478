import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { createGroup, createServedGroup, idOf, inWorld } from '../world.ts';

test('reports every source of traffic', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    const lattice = 'arn:aws:vpc-lattice:us-east-2:123456789012:targetgroup/tg-1234567890123456';
    const { targetGroup } = createServedGroup(aws, {
      loadBalancerNames: ['classic'],
      vpcLatticeTargetGroupArns: [lattice],
    });
    const { AutoScalingGroups } = await answered(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({})));
    expect(AutoScalingGroups).toMatchObject([
      {
        LoadBalancerNames: ['classic'],
        TargetGroupARNs: [targetGroup.arn],
        TrafficSources: [
          { Identifier: targetGroup.arn, Type: 'elbv2' },
          { Identifier: 'classic', Type: 'elb' },
          { Identifier: lattice, Type: 'vpc-lattice' },
        ],
      },
    ]);
  });
});

test('reports an instance maintenance policy where the group has one', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    createGroup(aws, { name: 'a' });
    const policy = { minHealthyPercentage: 90, maxHealthyPercentage: -1 };
    createGroup(aws, { name: 'b', instanceMaintenancePolicy: policy });
    const { AutoScalingGroups } = await answered(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({})));
    expect(AutoScalingGroups?.map(({ InstanceMaintenancePolicy }) => InstanceMaintenancePolicy)).toEqual([
      undefined,
      { MinHealthyPercentage: 90, MaxHealthyPercentage: -1 },
    ]);
  });
});

test.each([
  [
    { minHealthyPercentage: 101, maxHealthyPercentage: -1 },
    /minHealthyPercentage must be -1 or from 0 to 100, not 101/,
  ],
  [{ minHealthyPercentage: 0, maxHealthyPercentage: 99 }, /maxHealthyPercentage must be -1 or from 100 to 200, not 99/],
])('refuses the instance maintenance policy %o', async (instanceMaintenancePolicy, message) => {
  await inWorld(async ({ aws }) => {
    expect(() => createGroup(aws, { instanceMaintenancePolicy })).toThrow(message);
  });
});

test('answers that a target is unused where no listener uses its target group', async () => {
  await inWorld(async ({ aws, loadBalancing, answered }) => {
    const targetGroup = aws.createTargetGroup({ name: 'web', hasListener: false });
    const group = createGroup(aws, { targetGroups: [targetGroup] });
    const Targets = [{ Id: idOf(group) }, { Id: 'i-1234567890abcdef0' }];
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup.arn, Targets });
    const { TargetHealthDescriptions } = await answered(() => loadBalancing.send(command));
    expect(TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth)).toEqual([
      {
        State: 'unused',
        Reason: 'Target.NotInUse',
        Description: 'Target group is not configured to receive traffic from the load balancer',
      },
      {
        State: 'unused',
        Reason: 'Target.NotRegistered',
        Description: 'Target is not registered to the target group',
      },
    ]);
  });
});

test('counts an instance as serving once it is InService where no listener uses its target group', async () => {
  await inWorld(async ({ aws, pass }) => {
    const targetGroup = aws.createTargetGroup({ name: 'web', hasListener: false });
    const group = createGroup(aws, { targetGroups: [targetGroup], launchSeconds: 10 });
    group.setDesiredCapacity(2);
    await pass(11.1);
    expect(group.snapshot()).toMatchObject({ inService: 2, serving: 2 });
  });
});

test('finds no target unhealthy where no listener uses its target group', async () => {
  await inWorld(async ({ aws, pass }) => {
    const targetGroup = aws.createTargetGroup({ name: 'web', hasListener: false });
    const group = createGroup(aws, { targetGroups: [targetGroup], unhealthyDetectionSeconds: 60 });
    aws.interrupt(idOf(group), { reclaimSeconds: 1 });
    await pass(30);
    expect(targetGroup.state(idOf(group))).toBe('unused');
  });
});

test('forgets a target at once where no listener uses its target group', async () => {
  await inWorld(async ({ aws }) => {
    const targetGroup = aws.createTargetGroup({ name: 'web', hasListener: false });
    const group = createGroup(aws, { instances: 2, targetGroups: [targetGroup] });
    group.detachInstances([idOf(group)], { decrement: true });
    expect([...targetGroup.targets().keys()]).toEqual([idOf(group, 1)]);
  });
});

test('sends no requests where no listener uses the target group', async () => {
  await inWorld(async ({ aws, pass }) => {
    createGroup(aws, { targetGroups: [aws.createTargetGroup({ name: 'web', hasListener: false })] });
    await pass(60);
    expect(aws.requests()).toEqual({ sent: 0, failed: 0, beyondCapacity: 0 });
  });
});
