import { pageOf } from '../protocols/paging.ts';
import type { QueryApi } from '../protocols/query-endpoint.ts';
import type { MemberReader, QueryParameters, XmlValue } from '../protocols/query-protocol.ts';
import { validationError } from '../protocols/service-error.ts';
import type { AutoScalingGroup } from './auto-scaling-group.ts';
import { activityXml, groupXml, instanceXml, lifecycleHookXml, tagsXml } from './auto-scaling-xml.ts';
import type { Instance } from './group-state.ts';

/** The part of EC2 Auto Scaling's API (2011-01-01) that is simulated: parameters, limits and errors as documented. */
export function autoScalingApi(groups: () => readonly AutoScalingGroup[]): QueryApi {
  const existingGroup = (name: string): AutoScalingGroup => {
    const group = groups().find((candidate) => candidate.name === name);
    if (group !== undefined) return group;
    throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
  };
  return {
    namespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    version: '2011-01-01',
    actions: {
      DescribeAutoScalingGroups: (parameters, at) => describeGroups(groups(), parameters, at),
      DescribeAutoScalingInstances: (parameters, at) => describeInstances(groups(), parameters, at),
      DescribeScalingActivities: (parameters, at) => describeActivities(groups(), existingGroup, parameters, at),
      DescribeTags: (parameters) => describeTags(groups(), parameters),
      SetDesiredCapacity: (parameters) => setDesiredCapacity(existingGroup, parameters),
      DetachInstances: (parameters) => detachInstances(existingGroup, parameters),
      TerminateInstanceInAutoScalingGroup: (parameters) => terminateInstances(groups(), existingGroup, parameters),
      DescribeLifecycleHooks: (parameters) => describeLifecycleHooks(existingGroup, parameters),
      CompleteLifecycleAction: (parameters) => completeLifecycleAction(existingGroup, parameters),
    },
  };
}

type ExistingGroup = (name: string) => AutoScalingGroup;

function describeGroups(groups: readonly AutoScalingGroup[], parameters: QueryParameters, at: number): XmlValue {
  const names = parameters.list('AutoScalingGroupNames');
  const filters = parameters.structures('Filters', readFilter).map(tagFilterOf);
  const includeInstances = parameters.boolean('IncludeInstances') ?? true;
  parameters.boolean('IncludeManagedResources');
  const page = readPage(parameters, 'DescribeAutoScalingGroups', { size: 50, maxSize: 100 });
  parameters.refuseOthers();
  if (names.length > page.size) {
    throw validationError(`The number of group names that may be passed in is limited to ${page.size}`);
  }
  const chosen = groups
    .filter((group) => names.length === 0 || names.includes(group.name))
    .filter((group) => filters.every((matches) => matches(group)));
  const { items, nextToken } = pageOf(chosen, page);
  return {
    AutoScalingGroups: items.map((group) => groupXml(group, { at, includeInstances })),
    NextToken: nextToken,
  };
}

function describeInstances(groups: readonly AutoScalingGroup[], parameters: QueryParameters, at: number): XmlValue {
  const ids = parameters.list('InstanceIds');
  parameters.boolean('IncludeManagedResources');
  const page = readPage(parameters, 'DescribeAutoScalingInstances', { size: 50, maxSize: 50 });
  parameters.refuseOthers();
  if (ids.length > 50) throw validationError('The number of instance ids that may be passed in is limited to 50');
  const isChosen = ({ id }: Instance) => ids.length === 0 || ids.includes(id);
  const chosen = groups.flatMap((group) =>
    group
      .state(at)
      .instances.filter(isChosen)
      .map((instance) => ({ group, instance })),
  );
  const { items, nextToken } = pageOf(chosen, page);
  return {
    AutoScalingInstances: items.map(({ group, instance }) => ({
      AutoScalingGroupName: group.name,
      ...instanceXml(group, instance),
      // DescribeAutoScalingInstances shows it in capitals, DescribeAutoScalingGroups does not.
      HealthStatus: instance.healthStatus.toUpperCase(),
    })),
    NextToken: nextToken,
  };
}

function describeActivities(
  groups: readonly AutoScalingGroup[],
  existingGroup: ExistingGroup,
  parameters: QueryParameters,
  at: number,
): XmlValue {
  const name = parameters.string('AutoScalingGroupName');
  const ids = parameters.list('ActivityIds');
  parameters.boolean('IncludeDeletedGroups');
  parameters.boolean('IncludeManagedResources');
  const page = readPage(parameters, 'DescribeScalingActivities', { size: 100, maxSize: 100 });
  parameters.refuseOthers();
  const chosen = (name === undefined ? groups : [existingGroup(name)])
    .flatMap((group) => group.activities.list(at).map((activity) => ({ group, activity })))
    .filter(({ activity }) => ids.length === 0 || ids.includes(activity.id));
  const { items, nextToken } = pageOf(chosen, page);
  return { Activities: items.map(({ group, activity }) => activityXml(group, activity)), NextToken: nextToken };
}

function describeTags(groups: readonly AutoScalingGroup[], parameters: QueryParameters): XmlValue {
  const filters = parameters.structures('Filters', readFilter);
  parameters.boolean('IncludeManagedResources');
  const page = readPage(parameters, 'DescribeTags', { size: 50, maxSize: 100 });
  parameters.refuseOthers();
  const fields = { 'auto-scaling-group': 'ResourceId', key: 'Key', value: 'Value' } as const;
  const chosen = groups.flatMap(tagsXml).filter((tag) =>
    filters.every(({ name, values }) => {
      if (name === 'propagate-at-launch') return values.includes('true');
      if (name === 'auto-scaling-group' || name === 'key' || name === 'value')
        return values.includes(tag[fields[name]]);
      throw validationError(
        `Filter type ${name} is not correct. Allowed Filter types are: auto-scaling-group key value propagate-at-launch`,
      );
    }),
  );
  const { items, nextToken } = pageOf(chosen, page);
  return { Tags: items, NextToken: nextToken };
}

function setDesiredCapacity(existingGroup: ExistingGroup, parameters: QueryParameters): undefined {
  const name = parameters.requiredString('AutoScalingGroupName');
  const desiredCapacity = parameters.requiredInteger('DesiredCapacity', { min: 0, max: 2 ** 31 - 1 });
  const honorCooldown = parameters.boolean('HonorCooldown') ?? false;
  parameters.refuseOthers();
  existingGroup(name).setDesiredCapacity(desiredCapacity, { honorCooldown });
}

function detachInstances(existingGroup: ExistingGroup, parameters: QueryParameters): XmlValue {
  const name = parameters.requiredString('AutoScalingGroupName');
  const instanceIds = parameters.list('InstanceIds');
  const decrement = parameters.requiredBoolean('ShouldDecrementDesiredCapacity');
  parameters.refuseOthers();
  const group = existingGroup(name);
  if (instanceIds.length === 0) throw validationError('At least one instance id must be specified.');
  return { Activities: activitiesXml(group, group.detachInstances(instanceIds, { decrement })) };
}

/** One instance by `InstanceId`, answered with `Activity`; or several of a group by `InstanceIds`, with `Activities`. */
function terminateInstances(
  groups: readonly AutoScalingGroup[],
  existingGroup: ExistingGroup,
  parameters: QueryParameters,
): XmlValue {
  const name = parameters.string('AutoScalingGroupName');
  const instanceId = parameters.string('InstanceId');
  const instanceIds = parameters.list('InstanceIds');
  const decrement = parameters.requiredBoolean('ShouldDecrementDesiredCapacity');
  parameters.refuseOthers();
  if ((instanceId === undefined) === (instanceIds.length === 0)) {
    throw validationError('Exactly one of InstanceId and InstanceIds must be specified.');
  }
  if (instanceIds.length > 100) {
    throw validationError('The number of instance ids that may be passed in is limited to 100');
  }
  if (instanceId === undefined && name === undefined) {
    throw validationError('AutoScalingGroupName is required when InstanceIds is specified.');
  }
  const isIn = (group: AutoScalingGroup) => group.instances.some(({ id }) => id === instanceId);
  const group = name === undefined ? groups.find(isIn) : existingGroup(name);
  if (group === undefined) {
    throw validationError(`Instance Id not found - No managed instance found for instance ID: ${instanceId}`);
  }
  const activityIds = group.terminateInstances(instanceId === undefined ? instanceIds : [instanceId], { decrement });
  const activities = activitiesXml(group, activityIds);
  return instanceId === undefined ? { Activities: activities } : { Activity: activities[0] };
}

function describeLifecycleHooks(existingGroup: ExistingGroup, parameters: QueryParameters): XmlValue {
  const group = existingGroup(parameters.requiredString('AutoScalingGroupName'));
  const names = parameters.list('LifecycleHookNames');
  parameters.refuseOthers();
  const chosen = group.lifecycleHooks.filter(({ name }) => names.length === 0 || names.includes(name));
  return { LifecycleHooks: chosen.map((hook) => lifecycleHookXml(group, hook)) };
}

function completeLifecycleAction(existingGroup: ExistingGroup, parameters: QueryParameters): XmlValue {
  const name = parameters.requiredString('AutoScalingGroupName');
  const hookName = parameters.requiredString('LifecycleHookName');
  const result = parameters.requiredString('LifecycleActionResult');
  const instanceId = parameters.string('InstanceId');
  const token = parameters.string('LifecycleActionToken');
  parameters.refuseOthers();
  if (result !== 'CONTINUE' && result !== 'ABANDON') {
    throw validationError(`LifecycleActionResult must be CONTINUE or ABANDON, not ${result}.`);
  }
  existingGroup(name).completeLifecycleAction({ hookName, instanceId, token }, result);
  return {};
}

function activitiesXml(group: AutoScalingGroup, ids: readonly string[]): readonly XmlValue[] {
  const activities = group.activities.list().filter(({ id }) => ids.includes(id));
  return activities.map((activity) => activityXml(group, activity));
}

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

function readFilter(member: MemberReader): Filter {
  return { name: member.requiredString('Name'), values: member.list('Values') };
}

/** `tag-key`, `tag-value` and `tag:KEY`; values of one filter are alternatives. */
function tagFilterOf({ name, values }: Filter): (group: AutoScalingGroup) => boolean {
  const tagsOf = (group: AutoScalingGroup) => Object.entries(group.settings.tags);
  if (name === 'tag-key') return (group) => tagsOf(group).some(([key]) => values.includes(key));
  if (name === 'tag-value') return (group) => tagsOf(group).some(([, value]) => values.includes(value));
  if (name.startsWith('tag:')) {
    return (group) => tagsOf(group).some(([key, value]) => key === name.slice(4) && values.includes(value));
  }
  throw validationError(`Filter type ${name} is not correct. Allowed Filter types are: tag-key tag-value tag:<key>`);
}

function readPage(
  parameters: QueryParameters,
  action: string,
  limits: { readonly size: number; readonly maxSize: number },
) {
  const size = parameters.integer('MaxRecords', { min: 1, max: limits.maxSize }) ?? limits.size;
  return { action, size, token: parameters.string('NextToken') };
}
