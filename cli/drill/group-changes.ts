import { type GroupLook, isHealthyTarget, isMember, isUnhealthy } from './group-look.ts';

/** What is different at the second of two looks, one line for people each. */
export function changesBetween(before: GroupLook, after: GroupLook): string[] {
  const { desiredCapacity: from } = before;
  const { desiredCapacity: to } = after;
  return [...(from === to ? [] : [`DesiredCapacity ${from} → ${to}`]), ...changesOfInstances(before, after)];
}

function changesOfInstances(before: GroupLook, after: GroupLook): string[] {
  const ids = [before, after].flatMap(({ members, targetStates }) => [
    ...members.map(({ instanceId }) => instanceId),
    ...targetStates.keys(),
  ]);
  return [...new Set(ids)].flatMap((instanceId) =>
    [
      began(before, after, (look) => isMember(look, instanceId), `${instanceId} is in service`),
      began(before, after, (look) => isHealthyTarget(look, instanceId), `${instanceId} is a healthy target`),
      began(before, after, (look) => isUnhealthy(look, instanceId), `${instanceId} is unhealthy`),
      began(before, after, (look) => !isMember(look, instanceId), `${instanceId} has left the group`),
    ].flat(),
  );
}

function began(before: GroupLook, after: GroupLook, holds: (look: GroupLook) => boolean, what: string): string[] {
  return holds(after) && !holds(before) ? [what] : [];
}
