import type { Ec2Instances } from '../ec2/ec2-instances.ts';
import { pageOf } from '../protocols/paging.ts';
import type { QueryApi } from '../protocols/query-endpoint.ts';
import type { MemberReader, QueryParameters, XmlValue } from '../protocols/query-protocol.ts';
import { ServiceError, validationError } from '../protocols/service-error.ts';
import type { TargetGroup } from './target-group.ts';
import type { TargetState } from './target-state.ts';

/** The part of Elastic Load Balancing's API (2015-12-01) that is simulated. */
export function elasticLoadBalancingApi(
  targetGroups: () => readonly TargetGroup[],
  instances: Pick<Ec2Instances, 'isRunning'>,
): QueryApi {
  return {
    namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    version: '2015-12-01',
    actions: {
      DescribeTargetHealth: (parameters, at) => describeTargetHealth(targetGroups(), parameters, at),
      RegisterTargets: (parameters) => registerTargets(targetGroups(), instances, parameters),
      DeregisterTargets: (parameters) => deregisterTargets(targetGroups(), parameters),
      DescribeTargetGroups: (parameters) => describeTargetGroups(targetGroups(), parameters),
    },
  };
}

const port = 80;

function describeTargetHealth(all: readonly TargetGroup[], parameters: QueryParameters, at: number): XmlValue {
  const arn = parameters.requiredString('TargetGroupArn');
  const asked = parameters.structures('Targets', readTarget);
  parameters.list('Include');
  parameters.refuseOthers();
  const registered = existingTargetGroup(all, arn).targets(at);
  const described = asked.length > 0 ? asked : [...registered.keys()].map((id) => ({ id, port }));
  return {
    TargetHealthDescriptions: described.map((target) => {
      const state = target.port === port ? registered.get(target.id)?.state : undefined;
      return {
        HealthCheckPort: state === undefined || state === 'unused' ? undefined : String(port),
        TargetHealth: targetHealth[state ?? 'notRegistered'],
        Target: { Id: target.id, Port: target.port },
      };
    }),
  };
}

/** All of them or, where one does not run, none. Targets on other ports than the target group's are not simulated. */
function registerTargets(
  all: readonly TargetGroup[],
  instances: Pick<Ec2Instances, 'isRunning'>,
  parameters: QueryParameters,
): XmlValue {
  const { ids, targetGroup } = targetsOf(all, parameters);
  const down = ids.filter((id) => !instances.isRunning(id));
  if (down.length > 0) {
    const which = `'${down.join("', '")}'`;
    const message = `The following targets are not in a running state and cannot be registered: ${which}`;
    throw new ServiceError('InvalidTarget', message);
  }
  for (const id of ids) targetGroup.registerAgain(id);
  return {};
}

/** Those that are not registered are passed over. */
function deregisterTargets(all: readonly TargetGroup[], parameters: QueryParameters): XmlValue {
  const { ids, targetGroup } = targetsOf(all, parameters);
  for (const id of ids) targetGroup.registrar.deregister(id);
  return {};
}

function targetsOf(all: readonly TargetGroup[], parameters: QueryParameters) {
  const arn = parameters.requiredString('TargetGroupArn');
  const targets = parameters.structures('Targets', readTarget);
  parameters.refuseOthers();
  const targetGroup = existingTargetGroup(all, arn);
  if (targets.length === 0) throw validationError('At least one target must be specified');
  const elsewhere = targets.find((target) => target.port !== port);
  if (elsewhere) throw validationError(`Target ${elsewhere.id} on port ${elsewhere.port}: only ${port} is simulated`);
  return { ids: targets.map(({ id }) => id), targetGroup };
}

function readTarget(target: MemberReader) {
  target.string('AvailabilityZone');
  target.string('QuicServerId');
  return { id: target.requiredString('Id'), port: target.integer('Port', { min: 1, max: 65_535 }) ?? port };
}

function describeTargetGroups(all: readonly TargetGroup[], parameters: QueryParameters): XmlValue {
  const arns = parameters.list('TargetGroupArns');
  const names = parameters.list('Names');
  const loadBalancerArn = parameters.string('LoadBalancerArn');
  const size = parameters.integer('PageSize', { min: 1, max: 400 }) ?? 400;
  const token = parameters.string('Marker');
  parameters.refuseOthers();
  if (loadBalancerArn !== undefined) {
    throw new ServiceError('LoadBalancerNotFound', `Load balancers '[${loadBalancerArn}]' not found`);
  }
  for (const arn of arns) existingTargetGroup(all, arn);
  const missing = names.filter((name) => !all.some((targetGroup) => targetGroup.name === name));
  if (missing.length > 0) throw targetGroupNotFound();
  const chosen = all
    .filter(({ arn }) => arns.length === 0 || arns.includes(arn))
    .filter(({ name }) => names.length === 0 || names.includes(name));
  const { items, nextToken } = pageOf(chosen, { action: 'DescribeTargetGroups', size, token });
  return { TargetGroups: items.map(targetGroupXml), NextMarker: nextToken };
}

function targetGroupXml({ arn, name }: TargetGroup): XmlValue {
  return {
    TargetGroupArn: arn,
    TargetGroupName: name,
    Protocol: 'HTTP',
    Port: port,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckPath: '/',
    TargetType: 'instance',
    LoadBalancerArns: [],
  };
}

function existingTargetGroup(all: readonly TargetGroup[], arn: string): TargetGroup {
  if (!/^arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:targetgroup\/.+/.test(arn)) {
    throw validationError(`'${arn}' is not a valid target group ARN`);
  }
  const targetGroup = all.find((candidate) => candidate.arn === arn);
  if (targetGroup === undefined) throw targetGroupNotFound();
  return targetGroup;
}

function targetGroupNotFound(): ServiceError {
  return new ServiceError('TargetGroupNotFound', 'One or more target groups not found');
}

/** Reasons and descriptions as DescribeTargetHealth documents them. */
const targetHealth: Readonly<Record<TargetState | 'notRegistered', XmlValue>> = {
  initial: {
    State: 'initial',
    Reason: 'Elb.InitialHealthChecking',
    Description: 'Initial health checks in progress',
  },
  healthy: { State: 'healthy' },
  unhealthy: { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' },
  draining: {
    State: 'draining',
    Reason: 'Target.DeregistrationInProgress',
    Description: 'Target deregistration is in progress',
  },
  unused: {
    State: 'unused',
    Reason: 'Target.NotInUse',
    Description: 'Target group is not configured to receive traffic from the load balancer',
  },
  notRegistered: {
    State: 'unused',
    Reason: 'Target.NotRegistered',
    Description: 'Target is not registered to the target group',
  },
};
