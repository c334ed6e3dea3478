import type { ActorKind, ActorPlan } from '../actors/index.ts';
import type { JsonReader, NumberLimits } from './json-reader.ts';

const seconds: NumberLimits = { min: 0, max: 3600 };
const size: NumberLimits = { min: 0, max: 10_000, whole: true };
const change: NumberLimits = { min: -1000, max: 1000, whole: true };
const share: NumberLimits = { min: 0, max: 10 };

/** How each kind of actor is read; see `ActorPlan` for what the members mean. */
const readers: { readonly [Kind in ActorKind]: (plan: JsonReader) => Extract<ActorPlan, { kind: Kind }> } = {
  'target-tracking': (plan) => ({
    kind: 'target-tracking',
    load: loadIn(plan),
    targetUtilization: plan.number('targetUtilization', { min: 0.01, max: 1, default: 0.6 }),
    scaleInCooldownSeconds: plan.number('scaleInCooldownSeconds', { ...seconds, default: 300 }),
    firstAfterSeconds: plan.number('firstAfterSeconds', { ...seconds, default: 60 }),
  }),
  'step-scaling': (plan) => ({
    kind: 'step-scaling',
    load: loadIn(plan),
    steps: plan.list('steps', (step) => ({
      beyond:
        step.text('beyond', 'above', (text) => ['above', 'below'].includes(text), '"above" or "below"') === 'below'
          ? 'below'
          : 'above',
      utilization: step.number('utilization', { min: 0, max: 1 }),
      change: step.number('change', change),
    })),
    warmupSeconds: plan.number('warmupSeconds', { ...seconds, default: 300 }),
    firstAfterSeconds: plan.number('firstAfterSeconds', { ...seconds, default: 60 }),
  }),
  'scheduled-action': (plan) => ({ kind: 'scheduled-action', ...absoluteSizeIn(plan) }),
  person: (plan) => ({ kind: 'person', ...absoluteSizeIn(plan) }),
  'cluster-autoscaler': (plan) => ({
    kind: 'cluster-autoscaler',
    afterSeconds: plan.number('afterSeconds', seconds),
    change: plan.number('change', change),
    writesAfterSeconds: plan.number('writesAfterSeconds', { ...seconds, default: 2 }),
    ...(plan.has('everySeconds') && { everySeconds: plan.number('everySeconds', { min: 1, max: 3600 }) }),
  }),
  'instance-refresh': (plan) => ({
    kind: 'instance-refresh',
    afterSeconds: plan.number('afterSeconds', seconds),
    minHealthyPercentage: plan.number('minHealthyPercentage', { min: 0, max: 100, default: 90 }),
  }),
  terminations: (plan) => ({
    kind: 'terminations',
    afterSeconds: plan.number('afterSeconds', seconds),
    instances: plan.numbers('instances', { min: 0, max: 10_000, whole: true }),
    decrement: plan.boolean('decrement', false),
  }),
};

const actorKinds = Object.keys(readers).filter(isActorKind);

/** Somebody else who changes the group; undefined where it is said of none that there could be. */
export function readActorPlan(plan: JsonReader): ActorPlan | undefined {
  const kind = plan.text('kind', '', isActorKind, `one of ${actorKinds.join(', ')}`);
  if (!isActorKind(kind)) return undefined;
  const read = readers[kind](plan);
  plan.refuseOthers();
  return read;
}

function isActorKind(kind: string): kind is ActorKind {
  return Object.hasOwn(readers, kind);
}

function absoluteSizeIn(plan: JsonReader) {
  return { afterSeconds: plan.number('afterSeconds', seconds), desiredCapacity: plan.number('desiredCapacity', size) };
}

function loadIn(plan: JsonReader) {
  return plan.list('load', (step) => ({
    fromSeconds: step.number('fromSeconds', seconds),
    share: step.number('share', share),
  }));
}
