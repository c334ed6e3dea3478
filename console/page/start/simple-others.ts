import type { ActorPlan } from '../../../simulator/actors/index.ts';

/** Somebody else who changes the group, as the form offers it: one of these, at a time, with one number. */
export interface SimpleOther {
  readonly kind: SimpleKind;
  readonly afterSeconds: number;
  readonly value: number;
}

/** What the number is; undefined: there is none. */
export const simpleKinds = {
  nobody: { title: 'Nobody', value: undefined },
  'target-tracking': { title: 'Target tracking: the load grows', value: 'to % of the group' },
  person: { title: 'Somebody sets the size', value: 'DesiredCapacity' },
  'scheduled-action': { title: 'A scheduled action sets the size', value: 'DesiredCapacity' },
  'cluster-autoscaler': { title: 'A cluster autoscaler adds', value: 'by how much' },
  'instance-refresh': { title: 'An instance refresh begins', value: '% that stay healthy' },
  json: { title: 'As the JSON below has it', value: undefined },
} as const;
export type SimpleKind = keyof typeof simpleKinds;

export function isSimpleKind(kind: string): kind is SimpleKind {
  return Object.hasOwn(simpleKinds, kind);
}

const usualLoad = 0.6;

/** Undefined: the JSON says it. */
export function plansOf({ kind, afterSeconds, value }: SimpleOther): ActorPlan[] | undefined {
  switch (kind) {
    case 'nobody':
      return [];
    case 'person':
    case 'scheduled-action':
      return [{ kind, afterSeconds, desiredCapacity: value }];
    case 'cluster-autoscaler':
      return [{ kind, afterSeconds, change: value }];
    case 'instance-refresh':
      return [{ kind, afterSeconds, minHealthyPercentage: value }];
    case 'target-tracking': {
      const load = [
        { fromSeconds: 0, share: usualLoad },
        { fromSeconds: afterSeconds, share: value / 100 },
      ];
      return [{ kind, load, targetUtilization: usualLoad, firstAfterSeconds: afterSeconds }];
    }
    case 'json':
      return undefined;
  }
}

/** What the form shows of them: `json` where it is more than the form can say. */
export function simpleOf(plans: readonly ActorPlan[]): SimpleOther {
  const [plan, ...more] = plans;
  if (!plan) return { kind: 'nobody', afterSeconds: 20, value: 0 };
  const simple = more.length > 0 ? undefined : simplePlan(plan);
  return simple ?? { kind: 'json', afterSeconds: 0, value: 0 };
}

function simplePlan(plan: ActorPlan): SimpleOther | undefined {
  switch (plan.kind) {
    case 'person':
    case 'scheduled-action':
      return { kind: plan.kind, afterSeconds: plan.afterSeconds, value: plan.desiredCapacity };
    case 'cluster-autoscaler':
      if (plan.everySeconds !== undefined) return undefined;
      return { kind: plan.kind, afterSeconds: plan.afterSeconds, value: plan.change };
    case 'instance-refresh':
      return { kind: plan.kind, afterSeconds: plan.afterSeconds, value: plan.minHealthyPercentage ?? 90 };
    case 'target-tracking': {
      const [first, second, ...others] = plan.load;
      const isSimple = first?.fromSeconds === 0 && first.share === usualLoad && others.length === 0;
      if (!isSimple || !second || plan.firstAfterSeconds !== second.fromSeconds) return undefined;
      return { kind: plan.kind, afterSeconds: second.fromSeconds, value: Math.round(second.share * 100) };
    }
    default:
      return undefined;
  }
}
