import {
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  type DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingInstancesCommand,
  type DescribeAutoScalingInstancesCommandInput,
  DescribeLifecycleHooksCommand,
  type DescribeLifecycleHooksCommandInput,
  DetachInstancesCommand,
  type DetachInstancesCommandInput,
  SetDesiredCapacityCommand,
  type SetDesiredCapacityCommandInput,
  TerminateInstanceInAutoScalingGroupCommand,
  type TerminateInstanceInAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { expect } from 'vitest';
import { type Contract, contracts, type ExpectedError, type Given } from './contract.ts';
import { group, instanceId, passed, startAt, targetGroupArn } from './world.ts';

const reference = 'https://docs.aws.amazon.com/autoscaling/ec2/APIReference';
const examples = 'https://github.com/boto/botocore/blob/develop/botocore/data/autoscaling/2011-01-01/examples-1.json';
const lifecycle = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html';
const notDetachable = 'https://github.com/reproio/ecs_deploy/issues/47';
const notPartOfGroup = 'https://github.com/reproio/ecs_deploy/pull/72';

const other = 'i-0fedcba9876543210';
const two = [{ id: instanceId }, { id: other }];
const lattice = 'arn:aws:vpc-lattice:us-east-2:123456789012:targetgroup/tg-1234567890123456';

const throttled: Given = ({ aws }) => aws.setIntercept(() => ({ kind: 'throttle' }));
const updatePending: Given = ({ aws }) => aws.setIntercept(() => ({ kind: 'contention' }));
const contention: ExpectedError = {
  name: 'ResourceContentionFault',
  message: /^You already have a pending update to an Amazon EC2 Auto Scaling resource/,
  status: 500,
};

const describeAutoScalingGroups = contracts(
  'DescribeAutoScalingGroups',
  ({ autoScaling }, request: DescribeAutoScalingGroupsCommandInput) =>
    autoScaling.send(new DescribeAutoScalingGroupsCommand(request)),
  [
    {
      when: 'by name',
      given: [group({ minSize: 1, maxSize: 5 })],
      request: { AutoScalingGroupNames: ['web'] },
      answer: {
        AutoScalingGroups: [
          {
            AutoScalingGroupName: 'web',
            AutoScalingGroupARN: expect.stringMatching(
              /^arn:aws:autoscaling:us-east-2:123456789012:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/web$/,
            ),
            MinSize: 1,
            MaxSize: 5,
            DesiredCapacity: 1,
            DefaultCooldown: 300,
            AvailabilityZones: ['us-east-2a', 'us-east-2b', 'us-east-2c'],
            CapacityRebalance: false,
            CreatedTime: startAt,
            HealthCheckType: 'EC2',
            LoadBalancerNames: [],
            NewInstancesProtectedFromScaleIn: false,
            SuspendedProcesses: [],
            Tags: [],
            TargetGroupARNs: [targetGroupArn],
            TerminationPolicies: ['Default'],
            Instances: [
              {
                InstanceId: instanceId,
                AvailabilityZone: 'us-east-2a',
                LifecycleState: 'InService',
                HealthStatus: 'Healthy',
                ProtectedFromScaleIn: false,
              },
            ],
          },
        ],
      },
      source: `${examples}#autoscaling-describe-auto-scaling-groups-1`,
    },
    {
      when: 'by a name that no group has',
      given: [group()],
      request: { AutoScalingGroupNames: ['nobody'] },
      answer: { AutoScalingGroups: [] },
      source: `${reference}/API_DescribeAutoScalingGroups.html`,
    },
    {
      when: 'of a group with weights, which are text',
      given: [group({ weight: 2 })],
      request: {},
      answer: { AutoScalingGroups: [{ DesiredCapacity: 2, Instances: [{ WeightedCapacity: '2' }] }] },
      source: `${reference}/API_Instance.html`,
    },
    {
      when: 'of a group with tags',
      given: [group({ tags: { team: 'shop' } })],
      request: {},
      answer: {
        AutoScalingGroups: [
          {
            Tags: [
              {
                ResourceId: 'web',
                ResourceType: 'auto-scaling-group',
                Key: 'team',
                Value: 'shop',
                PropagateAtLaunch: true,
              },
            ],
          },
        ],
      },
      source: `${reference}/API_TagDescription.html`,
    },
    {
      when: 'of a group with a suspended process',
      given: [group({ suspendedProcesses: ['Launch'] })],
      request: {},
      answer: { AutoScalingGroups: [{ SuspendedProcesses: [{ ProcessName: 'Launch' }] }] },
      source: `${reference}/API_SuspendedProcess.html`,
    },
    {
      when: 'of a group with an instance maintenance policy',
      given: [group({ instanceMaintenancePolicy: { minHealthyPercentage: 90, maxHealthyPercentage: 120 } })],
      request: {},
      answer: {
        AutoScalingGroups: [{ InstanceMaintenancePolicy: { MinHealthyPercentage: 90, MaxHealthyPercentage: 120 } }],
      },
      source: `${reference}/API_InstanceMaintenancePolicy.html`,
    },
    {
      when: 'of a group with Capacity Rebalancing',
      given: [group({ capacityRebalance: 'replace-first' })],
      request: {},
      answer: { AutoScalingGroups: [{ CapacityRebalance: true }] },
      source: `${reference}/API_AutoScalingGroup.html`,
    },
    {
      when: 'of a group with a Classic Load Balancer and VPC Lattice',
      given: [group({ targetGroups: [], loadBalancerNames: ['classic'], vpcLatticeTargetGroupArns: [lattice] })],
      request: {},
      answer: {
        AutoScalingGroups: [
          {
            LoadBalancerNames: ['classic'],
            TrafficSources: [
              { Identifier: 'classic', Type: 'elb' },
              { Identifier: lattice, Type: 'vpc-lattice' },
            ],
          },
        ],
      },
      source: `${reference}/API_TrafficSourceIdentifier.html`,
    },
    {
      when: 'of a group with an instance in standby, and one that EC2 has taken',
      given: [group({ instances: [{ lifecycleState: 'Standby' }, { healthStatus: 'Unhealthy' }], maxSize: 2 })],
      request: {},
      answer: {
        AutoScalingGroups: [
          {
            Instances: [
              { LifecycleState: 'Standby', HealthStatus: 'Healthy' },
              { LifecycleState: 'InService', HealthStatus: 'Unhealthy' },
            ],
          },
        ],
      },
      source: `${reference}/API_Instance.html`,
    },
    {
      when: 'throttled',
      given: [group(), throttled],
      request: { AutoScalingGroupNames: ['web'] },
      error: { name: 'Throttling', message: 'Rate exceeded' },
      source: 'https://github.com/kubernetes/autoscaler/issues/1488',
    },
    {
      when: 'of more groups than fit on a page',
      given: [group(), ({ aws }) => aws.createGroup({ name: 'workers', instances: 0, maxSize: 1 })],
      request: { MaxRecords: 1 },
      answer: { AutoScalingGroups: [{ AutoScalingGroupName: 'web' }], NextToken: expect.any(String) },
      source: `${reference}/API_DescribeAutoScalingGroups.html`,
    },
    {
      when: 'just after a raise, with what is launched',
      given: [group(), setDesired(2), passed(3)],
      request: {},
      answer: {
        AutoScalingGroups: [
          { DesiredCapacity: 2, Instances: [{ LifecycleState: 'InService' }, { LifecycleState: 'Pending' }] },
        ],
      },
      source: lifecycle,
    },
    {
      when: 'just after an instance was detached',
      given: [group({ instances: two }), detach(true)],
      request: {},
      answer: {
        AutoScalingGroups: [
          {
            DesiredCapacity: 1,
            Instances: [
              { InstanceId: instanceId, LifecycleState: 'Detaching' },
              { InstanceId: other, LifecycleState: 'InService' },
            ],
          },
        ],
      },
      source: lifecycle,
    },
  ],
);

const describeAutoScalingInstances = contracts(
  'DescribeAutoScalingInstances',
  ({ autoScaling }, request: DescribeAutoScalingInstancesCommandInput) =>
    autoScaling.send(new DescribeAutoScalingInstancesCommand(request)),
  [
    {
      when: 'of an instance in a group',
      given: [group()],
      request: { InstanceIds: [instanceId] },
      answer: {
        AutoScalingInstances: [
          {
            InstanceId: instanceId,
            AutoScalingGroupName: 'web',
            AvailabilityZone: 'us-east-2a',
            LifecycleState: 'InService',
            HealthStatus: 'HEALTHY',
            ProtectedFromScaleIn: false,
          },
        ],
      },
      source: `${examples}#autoscaling-describe-auto-scaling-instances-1`,
    },
    {
      when: 'of an instance in no group',
      given: [group(), ({ aws }) => aws.createInstance(other)],
      request: { InstanceIds: [other] },
      answer: { AutoScalingInstances: [] },
      source: `${reference}/API_DescribeAutoScalingInstances.html`,
    },
    {
      when: 'of an instance with a weight, which is text',
      given: [group({ weight: 3 })],
      request: { InstanceIds: [instanceId] },
      answer: { AutoScalingInstances: [{ WeightedCapacity: '3' }] },
      source: `${reference}/API_AutoScalingInstanceDetails.html`,
    },
    {
      when: 'of an instance that is detaching',
      given: [group({ instances: two }), detach(true)],
      request: { InstanceIds: [instanceId] },
      answer: { AutoScalingInstances: [{ LifecycleState: 'Detaching' }] },
      source: lifecycle,
    },
    {
      when: 'of an instance that has been detached',
      given: [group({ instances: two }), detach(true), passed(10)],
      request: { InstanceIds: [instanceId] },
      answer: { AutoScalingInstances: [] },
      source: lifecycle,
    },
    {
      when: 'of more than 50 ids',
      request: { InstanceIds: ids(51) },
      error: {
        name: 'ValidationError',
        message: 'The number of instance ids that may be passed in is limited to 50',
      },
      source: 'https://github.com/hjacobs/kube-aws-autoscaler/blob/master/kube_aws_autoscaler/main.py',
    },
    {
      when: 'throttled',
      given: [group(), throttled],
      request: { InstanceIds: [instanceId] },
      error: { name: 'Throttling', message: 'Rate exceeded' },
      source: 'https://github.com/kubernetes/autoscaler/issues/1488',
    },
  ],
);

const setDesiredCapacity = contracts(
  'SetDesiredCapacity',
  ({ autoScaling }, request: SetDesiredCapacityCommandInput) =>
    autoScaling.send(new SetDesiredCapacityCommand(request)),
  [
    {
      when: 'within the limits',
      given: [group()],
      request: { AutoScalingGroupName: 'web', DesiredCapacity: 2, HonorCooldown: true },
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${examples}#autoscaling-set-desired-capacity-1`,
    },
    {
      when: 'above MaxSize',
      given: [group({ maxSize: 2 })],
      request: { AutoScalingGroupName: 'web', DesiredCapacity: 3 },
      error: {
        name: 'ValidationError',
        message: 'New SetDesiredCapacity value 3 is above max value 2 for the AutoScalingGroup.',
      },
      source: 'https://github.com/kubernetes/autoscaler/issues/943',
    },
    {
      when: 'below MinSize',
      given: [group({ instances: two, minSize: 1 })],
      request: { AutoScalingGroupName: 'web', DesiredCapacity: 0 },
      error: {
        name: 'ValidationError',
        message: 'New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.',
      },
      source: `${reference}/API_SetDesiredCapacity.html`,
    },
    {
      when: 'of a group that does not exist',
      request: { AutoScalingGroupName: 'nobody', DesiredCapacity: 1 },
      error: {
        name: 'ValidationError',
        message: "AutoScalingGroup name not found - AutoScalingGroup 'nobody' not found",
      },
      source: 'https://github.com/getmoto/moto/blob/master/moto/autoscaling/models.py',
    },
    {
      when: 'in a cooldown that is to be honored',
      given: [group(), setDesired(2), passed(5)],
      request: { AutoScalingGroupName: 'web', DesiredCapacity: 3, HonorCooldown: true },
      error: {
        name: 'ScalingActivityInProgressFault',
        message: /^Scaling activity [0-9a-f-]{36} is in progress and blocks this action$/,
      },
      source: 'https://github.com/aws/aws-cli/issues/2226',
    },
    {
      when: 'in a cooldown, by default',
      given: [group(), setDesired(2), passed(5)],
      request: { AutoScalingGroupName: 'web', DesiredCapacity: 3 },
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${reference}/API_SetDesiredCapacity.html`,
    },
    {
      when: 'while another update is pending',
      given: [group(), updatePending],
      request: { AutoScalingGroupName: 'web', DesiredCapacity: 2 },
      error: contention,
      source: `${reference}/API_SetDesiredCapacity.html#API_SetDesiredCapacity_Errors`,
    },
    {
      when: 'throttled',
      given: [group(), throttled],
      request: { AutoScalingGroupName: 'web', DesiredCapacity: 2 },
      error: { name: 'Throttling', message: 'Rate exceeded' },
      source: 'https://github.com/keikoproj/upgrade-manager/issues/142',
    },
  ],
);

const detachInstances = contracts(
  'DetachInstances',
  ({ autoScaling }, request: DetachInstancesCommandInput) => autoScaling.send(new DetachInstancesCommand(request)),
  [
    {
      when: 'with a decrement',
      given: [group({ instances: two })],
      request: detachment({ ShouldDecrementDesiredCapacity: true }),
      answer: {
        Activities: [
          {
            ActivityId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            AutoScalingGroupName: 'web',
            Cause: expect.stringMatching(
              /^At \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ instance i-1234567890abcdef0 was detached in response to a user request, shrinking the capacity from 2 to 1\.$/,
            ),
            Description: `Detaching EC2 instance: ${instanceId}`,
            Details: expect.any(String),
            Progress: 50,
            StartTime: expect.any(Date),
            StatusCode: 'InProgress',
          },
        ],
      },
      source: `${examples}#autoscaling-detach-instances-1`,
    },
    {
      when: 'without a decrement',
      given: [group()],
      request: detachment({ ShouldDecrementDesiredCapacity: false }),
      answer: { Activities: [{ Description: `Detaching EC2 instance: ${instanceId}`, StatusCode: 'InProgress' }] },
      source: `${reference}/API_DetachInstances.html`,
    },
    {
      when: 'of an instance that is not in the group',
      given: [group()],
      request: detachment({ InstanceIds: [other] }),
      error: {
        name: 'ValidationError',
        message: `The instance ${other} is not part of Auto Scaling group web.`,
      },
      source: notPartOfGroup,
    },
    {
      when: 'of an instance that has been detached',
      given: [group({ instances: two }), detach(true), passed(10)],
      request: detachment(),
      error: {
        name: 'ValidationError',
        message: `The instance ${instanceId} is not part of Auto Scaling group web.`,
      },
      source: 'https://github.com/reproio/ecs_deploy/pull/56',
    },
    {
      when: 'of an instance that is detaching',
      given: [group({ instances: two }), detach(true)],
      request: detachment(),
      error: { name: 'ValidationError', message: `The instance ${instanceId} is not in InService or Standby.` },
      source: 'https://github.com/reproio/ecs_deploy/issues/84',
    },
    {
      when: 'of an instance that is terminating',
      given: [group({ instances: [{ id: instanceId, lifecycleState: 'Terminating' }] })],
      request: detachment(),
      error: { name: 'ValidationError', message: `The instance ${instanceId} is not in InService or Standby.` },
      source: notDetachable,
    },
    {
      when: 'of an instance that is pending',
      given: [group({ instances: [{ id: instanceId, lifecycleState: 'Pending' }] })],
      request: detachment(),
      error: { name: 'ValidationError', message: `The instance ${instanceId} is not in InService or Standby.` },
      source: 'https://github.com/reproio/ecs_deploy/pull/96',
    },
    {
      when: 'of an instance in standby',
      given: [group({ instances: [{ id: instanceId, lifecycleState: 'Standby' }, { id: other }], desiredCapacity: 1 })],
      request: detachment({ ShouldDecrementDesiredCapacity: false }),
      answer: { Activities: [{ Description: `Detaching EC2 instance: ${instanceId}` }] },
      source: `${reference}/API_DetachInstances.html`,
    },
    {
      when: 'with a decrement below MinSize',
      given: [group({ minSize: 1 })],
      request: detachment({ ShouldDecrementDesiredCapacity: true }),
      error: {
        name: 'ValidationError',
        // That it is refused is certain; worded as EnterStandby's.
        message:
          'AutoScalingGroup web has min-size=1, max-size=4, and desired-size=1. ' +
          'To detach 1 instance, please update the AutoScalingGroup sizes appropriately.',
      },
      source: `${reference}/API_DetachInstances.html`,
    },
    {
      when: 'of more than 20 instances',
      given: [group({ instances: ids(21).map((id) => ({ id })), maxSize: 21 })],
      request: detachment({ InstanceIds: ids(21) }),
      error: { name: 'ValidationError', message: /^List exceeds the maximum number of instances to detach/ },
      source: `${reference}/API_DetachInstances.html`,
    },
    {
      when: 'of one that may go and one that may not: of none',
      given: [group({ instances: [{ id: other }, { id: instanceId, lifecycleState: 'Terminating' }] })],
      request: detachment({ InstanceIds: [other, instanceId] }),
      error: { name: 'ValidationError', message: `The instance ${instanceId} is not in InService or Standby.` },
      source: notDetachable,
    },
    {
      when: 'of a group that does not exist',
      request: detachment({ AutoScalingGroupName: 'nobody' }),
      error: {
        name: 'ValidationError',
        message: "AutoScalingGroup name not found - AutoScalingGroup 'nobody' not found",
      },
      source: 'https://github.com/getmoto/moto/blob/master/moto/autoscaling/models.py',
    },
    {
      when: 'while another update is pending',
      given: [group(), updatePending],
      request: detachment(),
      error: contention,
      source: `${reference}/API_DetachInstances.html#API_DetachInstances_Errors`,
    },
    {
      when: 'throttled',
      given: [group(), throttled],
      request: detachment(),
      error: { name: 'Throttling', message: 'Rate exceeded' },
      source: 'https://github.com/keikoproj/upgrade-manager/issues/142',
    },
  ],
);

const hooked = group({
  instances: two,
  lifecycleHooks: [
    { name: 'upload', transition: 'terminating', heartbeatTimeoutSeconds: 120, defaultResult: 'CONTINUE' },
  ],
});

const terminateInstances = contracts(
  'TerminateInstanceInAutoScalingGroup',
  ({ autoScaling }, request: TerminateInstanceInAutoScalingGroupCommandInput) =>
    autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(request)),
  [
    {
      when: 'of several of a group, with a decrement',
      given: [group({ instances: two })],
      request: termination({ InstanceIds: [instanceId, other], ShouldDecrementDesiredCapacity: true }),
      answer: {
        Activities: [
          {
            AutoScalingGroupName: 'web',
            Cause: expect.stringContaining('shrinking the capacity from 1 to 0'),
            StatusCode: 'InProgress',
          },
          {
            AutoScalingGroupName: 'web',
            Cause: expect.stringContaining('shrinking the capacity from 2 to 1'),
            StatusCode: 'InProgress',
          },
        ],
      },
      source: `${reference}/API_TerminateInstanceInAutoScalingGroup.html`,
    },
    {
      when: 'of one, without a decrement',
      given: [group()],
      request: { InstanceId: instanceId, ShouldDecrementDesiredCapacity: false },
      answer: { Activity: { Description: `Terminating EC2 instance: ${instanceId}`, StatusCode: 'InProgress' } },
      source: `${examples}#autoscaling-terminate-instance-in-auto-scaling-group-1`,
    },
    {
      when: 'of an instance in standby',
      given: [group({ instances: [{ id: instanceId, lifecycleState: 'Standby' }, { id: other }], desiredCapacity: 1 })],
      request: termination(),
      answer: { Activities: [{ Description: `Terminating EC2 instance: ${instanceId}` }] },
      source: lifecycle,
    },
    {
      when: 'of an instance that is in no group',
      given: [group()],
      request: termination({ InstanceIds: [other] }),
      error: {
        name: 'ValidationError',
        // That of InstanceId; for InstanceIds only that it is refused is certain.
        message: `Instance Id not found - No managed instance found for instance ID: ${other}`,
      },
      source: 'https://github.com/yaybu/touchdown/issues/51',
    },
    {
      when: 'of an instance whose termination hook runs',
      given: [hooked, terminate(), passed(31)],
      request: termination(),
      error: {
        name: 'ScalingActivityInProgressFault',
        message: /in progress/,
      },
      source: `${reference}/API_TerminateInstanceInAutoScalingGroup.html#API_TerminateInstanceInAutoScalingGroup_Errors`,
    },
    {
      when: 'with a decrement below MinSize',
      given: [group({ minSize: 1 })],
      request: termination({ ShouldDecrementDesiredCapacity: true }),
      error: { name: 'ValidationError', message: /^Currently, desiredSize equals minSize \(1\)\./ },
      source: 'https://github.com/buildkite/elastic-ci-stack-for-aws/issues/1261',
    },
    {
      when: 'of more than 100 instances',
      given: [group({ instances: ids(101).map((id) => ({ id })), maxSize: 101 })],
      request: termination({ InstanceIds: ids(101) }),
      error: { name: 'ValidationError', message: /limited to 100/ },
      source: `${reference}/API_TerminateInstanceInAutoScalingGroup.html`,
    },
    {
      when: 'of several, without the name of their group',
      given: [group({ instances: two })],
      request: { InstanceIds: [instanceId, other], ShouldDecrementDesiredCapacity: false },
      error: { name: 'ValidationError', message: /AutoScalingGroupName/ },
      source: `${reference}/API_TerminateInstanceInAutoScalingGroup.html`,
    },
    {
      when: 'of a group that does not exist',
      request: termination({ AutoScalingGroupName: 'nobody' }),
      error: {
        name: 'ValidationError',
        message: "AutoScalingGroup name not found - AutoScalingGroup 'nobody' not found",
      },
      source: 'https://github.com/getmoto/moto/blob/master/moto/autoscaling/models.py',
    },
    {
      when: 'while another update is pending',
      given: [group(), ({ aws }) => aws.setIntercept(() => ({ kind: 'contention' }))],
      request: termination(),
      error: { name: 'ResourceContentionFault', message: /^You already have a pending update/, status: 500 },
      source: `${reference}/API_TerminateInstanceInAutoScalingGroup.html#API_TerminateInstanceInAutoScalingGroup_Errors`,
    },
  ],
);

const describeTerminated = contracts(
  'DescribeAutoScalingInstances',
  ({ autoScaling }, request: DescribeAutoScalingInstancesCommandInput) =>
    autoScaling.send(new DescribeAutoScalingInstancesCommand(request)),
  [
    {
      when: 'of an instance that its load balancers deregister, before its termination hooks',
      given: [hooked, terminate(), passed(10)],
      request: { InstanceIds: [instanceId] },
      answer: { AutoScalingInstances: [{ LifecycleState: 'Terminating' }] },
      source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html',
    },
    {
      when: 'of an instance whose termination hook runs',
      given: [hooked, terminate(), passed(31)],
      request: { InstanceIds: [instanceId] },
      answer: { AutoScalingInstances: [{ LifecycleState: 'Terminating:Wait' }] },
      source: lifecycle,
    },
    {
      when: 'of an instance whose termination hook has been completed',
      given: [
        hooked,
        terminate(),
        passed(31),
        ({ autoScaling }) =>
          autoScaling.send(
            new CompleteLifecycleActionCommand({
              AutoScalingGroupName: 'web',
              LifecycleHookName: 'upload',
              LifecycleActionResult: 'CONTINUE',
              InstanceId: instanceId,
            }),
          ),
      ],
      request: { InstanceIds: [instanceId] },
      answer: { AutoScalingInstances: [{ LifecycleState: 'Terminating:Proceed' }] },
      source: lifecycle,
    },
    {
      when: 'of an instance whose termination hook has timed out',
      given: [hooked, terminate(), passed(31 + 121)],
      request: { InstanceIds: [instanceId] },
      answer: { AutoScalingInstances: [{ LifecycleState: 'Terminating:Proceed' }] },
      source: lifecycle,
    },
    {
      when: 'of an instance that was detached from a group with a termination hook, which does not run',
      given: [hooked, detach(true), passed(1)],
      request: { InstanceIds: [instanceId] },
      answer: { AutoScalingInstances: [{ LifecycleState: 'Detaching' }] },
      source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html',
    },
  ],
);

const describeLifecycleHooks = contracts(
  'DescribeLifecycleHooks',
  ({ autoScaling }, request: DescribeLifecycleHooksCommandInput) =>
    autoScaling.send(new DescribeLifecycleHooksCommand(request)),
  [
    {
      when: 'of a group with a hook',
      given: [hooked],
      request: { AutoScalingGroupName: 'web' },
      answer: {
        LifecycleHooks: [
          {
            LifecycleHookName: 'upload',
            AutoScalingGroupName: 'web',
            LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
            HeartbeatTimeout: 120,
            GlobalTimeout: 12_000,
            DefaultResult: 'CONTINUE',
          },
        ],
      },
      source: `${examples}#autoscaling-describe-lifecycle-hooks-1`,
    },
    {
      when: 'of a group whose hook has defaults only',
      given: [group({ lifecycleHooks: [{ name: 'upload', transition: 'terminating' }] })],
      request: { AutoScalingGroupName: 'web' },
      answer: { LifecycleHooks: [{ HeartbeatTimeout: 3600, GlobalTimeout: 172_800, DefaultResult: 'ABANDON' }] },
      source: `${reference}/API_PutLifecycleHook.html`,
    },
    {
      when: 'of a group without hooks',
      given: [group()],
      request: { AutoScalingGroupName: 'web' },
      answer: { LifecycleHooks: [] },
      source: `${reference}/API_DescribeLifecycleHooks.html`,
    },
    {
      when: 'by name',
      given: [hooked],
      request: { AutoScalingGroupName: 'web', LifecycleHookNames: ['another'] },
      answer: { LifecycleHooks: [] },
      source: `${reference}/API_DescribeLifecycleHooks.html`,
    },
    {
      when: 'of a group that does not exist',
      request: { AutoScalingGroupName: 'nobody' },
      error: {
        name: 'ValidationError',
        message: "AutoScalingGroup name not found - AutoScalingGroup 'nobody' not found",
      },
      source: 'https://github.com/getmoto/moto/blob/master/moto/autoscaling/models.py',
    },
  ],
);

export const autoScaling: readonly Contract[] = [
  ...describeAutoScalingGroups,
  ...describeAutoScalingInstances,
  ...setDesiredCapacity,
  ...detachInstances,
  ...terminateInstances,
  ...describeTerminated,
  ...describeLifecycleHooks,
];

function detachment(request: Partial<DetachInstancesCommandInput> = {}): DetachInstancesCommandInput {
  return {
    AutoScalingGroupName: 'web',
    InstanceIds: [instanceId],
    ShouldDecrementDesiredCapacity: false,
    ...request,
  };
}

function termination(
  request: Partial<TerminateInstanceInAutoScalingGroupCommandInput> = {},
): TerminateInstanceInAutoScalingGroupCommandInput {
  return {
    AutoScalingGroupName: 'web',
    InstanceIds: [instanceId],
    ShouldDecrementDesiredCapacity: false,
    ...request,
  };
}

function terminate(): Given {
  return ({ autoScaling }) => autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(termination()));
}

function detach(ShouldDecrementDesiredCapacity: boolean): Given {
  return ({ autoScaling }) =>
    autoScaling.send(new DetachInstancesCommand(detachment({ ShouldDecrementDesiredCapacity })));
}

function setDesired(DesiredCapacity: number): Given {
  return ({ autoScaling }) =>
    autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity }));
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `i-${String(index).padStart(17, '0')}`);
}
