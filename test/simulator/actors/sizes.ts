import { type ActorPlan, startActor } from '../../../simulator/actors/index.ts';
import type { GroupOptions, SimulatedAws } from '../../../simulator/aws/index.ts';
import { createGroup, type World } from '../aws/world.ts';

/** Each change of the desired capacity, with who made it. */
export function desiredChanges(aws: SimulatedAws): (readonly [number, string | undefined])[] {
  const seen: (readonly [number, string | undefined])[] = [];
  aws.onChange((change) => change.kind === 'desired capacity' && seen.push([change.to, change.by]));
  return seen;
}

/** What a group of ten, at most twenty, is set to within some seconds. */
export async function sizesSet(
  { aws, pass }: World,
  plan: ActorPlan,
  seconds: number,
  options: Partial<GroupOptions> = {},
): Promise<number[]> {
  const group = createGroup(aws, { instances: 10, maxSize: 20, ...options });
  const changes = desiredChanges(aws);
  startActor(aws, group, plan);
  await pass(seconds);
  return changes.map(([to]) => to);
}
