import {
  DescribeListenersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { createServedGroup, idOf, inWorld } from '../world.ts';

test('describes the health of every registered target', async () => {
  await inWorld(async ({ aws, loadBalancing, answered, pass }) => {
    const { group, targetGroup } = createServedGroup(aws, { instances: 3, launchSeconds: 5 });
    const ids = group.instances.map(({ id }) => id);
    aws.interrupt(idOf(group), { reclaimSeconds: 1 });
    group.detachInstances([idOf(group, 1)], { decrement: false });
    await pass(12);
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup.arn });
    const { TargetHealthDescriptions } = await answered(() => loadBalancing.send(command));
    expect(TargetHealthDescriptions).toEqual([
      {
        HealthCheckPort: '80',
        Target: { Id: ids[0], Port: 80 },
        TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' },
      },
      {
        HealthCheckPort: '80',
        Target: { Id: ids[1], Port: 80 },
        TargetHealth: {
          State: 'draining',
          Reason: 'Target.DeregistrationInProgress',
          Description: 'Target deregistration is in progress',
        },
      },
      { HealthCheckPort: '80', Target: { Id: ids[2], Port: 80 }, TargetHealth: { State: 'healthy' } },
      {
        HealthCheckPort: '80',
        Target: { Id: idOf(group, 2), Port: 80 },
        TargetHealth: {
          State: 'initial',
          Reason: 'Elb.InitialHealthChecking',
          Description: 'Initial health checks in progress',
        },
      },
    ]);
  });
});

test('describes the targets asked for, unregistered ones as unused', async () => {
  await inWorld(async ({ aws, loadBalancing, answered }) => {
    const { group, targetGroup } = createServedGroup(aws, { instances: 3 });
    const Targets = [{ Id: 'i-1234567890abcdef0' }, { Id: idOf(group, 1) }];
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup.arn, Targets });
    const { TargetHealthDescriptions } = await answered(() => loadBalancing.send(command));
    expect(TargetHealthDescriptions?.map(({ Target, TargetHealth }) => [Target?.Id, TargetHealth])).toEqual([
      [
        'i-1234567890abcdef0',
        {
          State: 'unused',
          Reason: 'Target.NotRegistered',
          Description: 'Target is not registered to the target group',
        },
      ],
      [idOf(group, 1), { State: 'healthy' }],
    ]);
  });
});

test('refuses an unknown target group', async () => {
  await inWorld(async ({ loadBalancing, refused }) => {
    const TargetGroupArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/none/0123456789abcdef';
    expect(await refused(() => loadBalancing.send(new DescribeTargetHealthCommand({ TargetGroupArn })))).toMatchObject({
      name: 'TargetGroupNotFoundException',
      message: 'One or more target groups not found',
    });
  });
});

test('refuses what is no ARN of a target group', async () => {
  await inWorld(async ({ loadBalancing, refused }) => {
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: 'web' });
    expect(await refused(() => loadBalancing.send(command))).toMatchObject({
      name: 'ValidationError',
      message: "'web' is not a valid target group ARN",
    });
  });
});

test('describes target groups by name', async () => {
  await inWorld(async ({ aws, loadBalancing, answered }) => {
    aws.createTargetGroup({ name: 'a' });
    const { arn } = aws.createTargetGroup({ name: 'b' });
    const { TargetGroups } = await answered(() =>
      loadBalancing.send(new DescribeTargetGroupsCommand({ Names: ['b'] })),
    );
    expect(TargetGroups).toMatchObject([{ TargetGroupArn: arn, TargetGroupName: 'b', TargetType: 'instance' }]);
  });
});

test('refuses an action that is not simulated', async () => {
  await inWorld(async ({ loadBalancing, refused }) => {
    expect(await refused(() => loadBalancing.send(new DescribeListenersCommand({})))).toMatchObject({
      name: 'InvalidAction',
      message: 'Could not find operation DescribeListeners for version 2015-12-01',
    });
  });
});
