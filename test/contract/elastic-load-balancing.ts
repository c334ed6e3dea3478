import {
  DeregisterTargetsCommand,
  type DeregisterTargetsCommandInput,
  DescribeTargetHealthCommand,
  type DescribeTargetHealthCommandInput,
  RegisterTargetsCommand,
  type RegisterTargetsCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Contract, contracts, type Given } from './contract.ts';
import { group, instanceId, passed, targetGroupArn } from './world.ts';

const reference = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference';
const examples = 'https://github.com/boto/botocore/blob/develop/botocore/data/elbv2/2015-12-01/examples-1.json';

const other = 'i-0fedcba9876543210';

const describeTargetHealth = contracts(
  'DescribeTargetHealth',
  ({ loadBalancing }, request: DescribeTargetHealthCommandInput) =>
    loadBalancing.send(new DescribeTargetHealthCommand(request)),
  [
    {
      when: 'of all targets',
      given: [group()],
      request: { TargetGroupArn: targetGroupArn },
      answer: {
        TargetHealthDescriptions: [
          { HealthCheckPort: '80', Target: { Id: instanceId, Port: 80 }, TargetHealth: { State: 'healthy' } },
        ],
      },
      source: `${examples}#elbv2-describe-target-health-1`,
    },
    {
      when: 'of one target',
      given: [group({ instances: [{ id: instanceId }, { id: other }] })],
      request: { TargetGroupArn: targetGroupArn, Targets: [{ Id: other }] },
      answer: {
        TargetHealthDescriptions: [
          { HealthCheckPort: '80', Target: { Id: other, Port: 80 }, TargetHealth: { State: 'healthy' } },
        ],
      },
      source: `${examples}#elbv2-describe-target-health-2`,
    },
    {
      when: 'of an instance that is not registered',
      given: [group()],
      request: { TargetGroupArn: targetGroupArn, Targets: [{ Id: other }] },
      answer: {
        TargetHealthDescriptions: [
          {
            Target: { Id: other },
            TargetHealth: {
              State: 'unused',
              Reason: 'Target.NotRegistered',
              Description: 'Target is not registered to the target group',
            },
          },
        ],
      },
      source: `${reference}/API_TargetHealth.html`,
    },
    {
      when: 'of a new target, until it has passed its health checks',
      given: [group({ instances: 0, desiredCapacity: 1, launchSeconds: 10 }, { healthCheckSeconds: 20 }), passed(15)],
      request: { TargetGroupArn: targetGroupArn },
      answer: {
        TargetHealthDescriptions: [
          {
            TargetHealth: {
              State: 'initial',
              Reason: 'Elb.InitialHealthChecking',
              Description: 'Initial health checks in progress',
            },
          },
        ],
      },
      source: `${reference}/API_TargetHealth.html`,
    },
    {
      when: 'of a target that drains',
      given: [
        group({ instances: [{ id: instanceId }, { id: other }] }),
        ({ aws }) => void aws.group('web').detachInstances([instanceId], { decrement: true }),
      ],
      request: { TargetGroupArn: targetGroupArn, Targets: [{ Id: instanceId }] },
      answer: {
        TargetHealthDescriptions: [
          {
            TargetHealth: {
              State: 'draining',
              Reason: 'Target.DeregistrationInProgress',
              Description: 'Target deregistration is in progress',
            },
          },
        ],
      },
      source: `${reference}/API_TargetHealth.html`,
    },
    {
      when: 'of a target whose instance is gone',
      given: [
        group({}, { unhealthyAfterSeconds: 10 }),
        ({ aws }) => void aws.interrupt(instanceId, { reclaimSeconds: 0 }),
        passed(15),
      ],
      request: { TargetGroupArn: targetGroupArn },
      answer: { TargetHealthDescriptions: [{ TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout' } }] },
      source: `${reference}/API_TargetHealth.html`,
    },
    {
      when: 'of a target group that no listener uses',
      given: [group({}, { hasListener: false })],
      request: { TargetGroupArn: targetGroupArn },
      answer: {
        TargetHealthDescriptions: [
          {
            TargetHealth: {
              State: 'unused',
              Reason: 'Target.NotInUse',
              Description: 'Target group is not configured to receive traffic from the load balancer',
            },
          },
        ],
      },
      source: `${reference}/API_TargetHealth.html`,
    },
    {
      when: 'of a target group without targets',
      given: [group({ instances: 0 })],
      request: { TargetGroupArn: targetGroupArn },
      answer: { TargetHealthDescriptions: [] },
      source: `${reference}/API_DescribeTargetHealth.html`,
    },
    {
      when: 'throttled',
      given: [group(), ({ aws }) => aws.setIntercept(() => ({ kind: 'throttle' }))],
      request: { TargetGroupArn: targetGroupArn },
      error: { name: 'Throttling', message: 'Rate exceeded' },
      source: 'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1061',
    },
    {
      when: 'of a target group that does not exist',
      request: { TargetGroupArn: targetGroupArn },
      error: { name: 'TargetGroupNotFoundException', message: 'One or more target groups not found' },
      source: `${reference}/API_DescribeTargetHealth.html#API_DescribeTargetHealth_Errors`,
    },
  ],
);

const registerTargets = contracts(
  'RegisterTargets',
  ({ loadBalancing }, request: RegisterTargetsCommandInput) => loadBalancing.send(new RegisterTargetsCommand(request)),
  [
    {
      when: 'of an instance that runs',
      given: [group(), ({ aws }) => aws.createInstance(other)],
      request: { TargetGroupArn: targetGroupArn, Targets: [{ Id: other }] },
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${examples}#elbv2-register-targets-1`,
    },
    {
      when: 'of an instance that does not run',
      given: [group()],
      request: { TargetGroupArn: targetGroupArn, Targets: [{ Id: other }] },
      error: {
        name: 'InvalidTargetException',
        message: `The following targets are not in a running state and cannot be registered: '${other}'`,
      },
      source: 'https://github.com/hashicorp/terraform/issues/20345',
    },
    {
      when: 'of a target group that does not exist',
      request: { TargetGroupArn: targetGroupArn, Targets: [{ Id: other }] },
      error: { name: 'TargetGroupNotFoundException', message: 'One or more target groups not found' },
      source: `${reference}/API_RegisterTargets.html#API_RegisterTargets_Errors`,
    },
  ],
);

const deregisterTargets = contracts(
  'DeregisterTargets',
  ({ loadBalancing }, request: DeregisterTargetsCommandInput) =>
    loadBalancing.send(new DeregisterTargetsCommand(request)),
  [
    {
      when: 'of a target',
      given: [group()],
      request: { TargetGroupArn: targetGroupArn, Targets: [{ Id: instanceId }] },
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${examples}#elbv2-deregister-targets-1`,
    },
    {
      when: 'of an instance that is not registered',
      given: [group()],
      request: { TargetGroupArn: targetGroupArn, Targets: [{ Id: other }] },
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${reference}/API_DeregisterTargets.html`,
    },
  ],
);

const afterwards = contracts(
  'DescribeTargetHealth',
  ({ loadBalancing }, request: DescribeTargetHealthCommandInput) =>
    loadBalancing.send(new DescribeTargetHealthCommand(request)),
  [
    {
      when: 'of a target that drains',
      given: [group(), deregister()],
      request: { TargetGroupArn: targetGroupArn },
      answer: {
        TargetHealthDescriptions: [{ TargetHealth: { State: 'draining', Reason: 'Target.DeregistrationInProgress' } }],
      },
      source: `${reference}/API_DeregisterTargets.html`,
    },
    {
      when: 'of a target that drained and was registered again',
      given: [group(), deregister(), register()],
      request: { TargetGroupArn: targetGroupArn },
      answer: {
        TargetHealthDescriptions: [{ TargetHealth: { State: 'initial', Reason: 'Elb.InitialHealthChecking' } }],
      },
      source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html',
    },
  ],
);

export const elasticLoadBalancing: readonly Contract[] = [
  ...describeTargetHealth,
  ...registerTargets,
  ...deregisterTargets,
  ...afterwards,
];

function register(): Given {
  return ({ loadBalancing }) =>
    loadBalancing.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: [{ Id: instanceId }] }));
}

function deregister(): Given {
  return ({ loadBalancing }) =>
    loadBalancing.send(new DeregisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: [{ Id: instanceId }] }));
}
