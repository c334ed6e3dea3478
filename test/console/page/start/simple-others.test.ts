import { expect, it } from 'vitest';
import { plansOf, type SimpleOther, simpleOf } from '../../../../console/page/start/simple-others.ts';

const simple: SimpleOther[] = [
  { kind: 'nobody', afterSeconds: 20, value: 0 },
  { kind: 'person', afterSeconds: 10, value: 8 },
  { kind: 'scheduled-action', afterSeconds: 10, value: 8 },
  { kind: 'cluster-autoscaler', afterSeconds: 5, value: -2 },
  { kind: 'instance-refresh', afterSeconds: 5, value: 80 },
  { kind: 'target-tracking', afterSeconds: 30, value: 90 },
];

it.each(simple)('shows what it was made from: $kind', (other) => {
  expect(simpleOf(plansOf(other) ?? [])).toEqual(other);
});

it('leaves to the JSON what the form cannot say', () => {
  const plans = simple.flatMap((other) => plansOf(other) ?? []);
  expect(simpleOf(plans).kind).toBe('json');
  expect(simpleOf([{ kind: 'terminations', afterSeconds: 1, instances: [0], decrement: false }]).kind).toBe('json');
  expect(plansOf({ kind: 'json', afterSeconds: 0, value: 0 })).toBeUndefined();
});
