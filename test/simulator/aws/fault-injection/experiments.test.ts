import { describe, expect, it } from 'vitest';
import {
  type ExperimentTarget,
  type ExperimentTemplate,
  spotInterruptionTemplate,
} from '../../../../simulator/aws/fault-injection/experiment-template.ts';
import { type Experiment, Experiments } from '../../../../simulator/aws/fault-injection/experiments.ts';
import type { SimulatedAws } from '../../../../simulator/aws/index.ts';
import { objectAt, stringAt } from '../../../../simulator/json.ts';
import { createGroup, inWorld, startAt } from '../world.ts';

const template = spotInterruptionTemplate('web', { accountId: '123456789012' });

describe('an experiment', () => {
  it('has EC2 announce the interruption at once, and take the instance two minutes later', async () => {
    const { events, reclaimed } = await run(template);
    expect(events).toEqual([
      { after: 1, what: 'EC2 Instance Rebalance Recommendation', time: '2026-03-01T12:00:01Z' },
      { after: 1, what: 'EC2 Spot Instance Interruption Warning', time: '2026-03-01T12:00:01Z' },
    ]);
    expect(reclaimed).toEqual([121]);
  });

  it('sends only the recommendation at once where there is more time', async () => {
    const { events, reclaimed } = await run(interruptingAfter('PT5M'));
    expect(events).toEqual([
      { after: 1, what: 'EC2 Instance Rebalance Recommendation', time: '2026-03-01T12:00:01Z' },
      { after: 181, what: 'EC2 Spot Instance Interruption Warning', time: '2026-03-01T12:03:01Z' },
    ]);
    expect(reclaimed).toEqual([301]);
  });

  it('is initiating, running and completed', async () => {
    const { states } = await run(template);
    expect(states).toEqual(['initiating', 'running', 'completed']);
  });
});

describe('the targets', () => {
  it.each([
    ['ALL', 10],
    ['COUNT(3)', 3],
    ['COUNT(30)', 10],
    ['PERCENT(25)', 2],
    ['PERCENT(1)', 1],
  ])('%s of ten are %i', async (selectionMode, count) => {
    const { instanceIds } = await run(withTarget({ selectionMode }));
    expect(instanceIds).toHaveLength(count);
  });

  it('are no instances of other groups', async () => {
    const { instanceIds } = await run(template, (aws) => {
      createGroup(aws, { name: 'other', instances: 2 });
      createGroup(aws, { instances: [{ id: 'i-00000000000000001' }] });
    });
    expect(instanceIds).toEqual(['i-00000000000000001']);
  });

  it('may be named by their ARNs', async () => {
    const id = 'i-00000000000000002';
    const resourceArns = [`arn:aws:ec2:us-east-2:123456789012:instance/${id}`];
    const { resourceTags: _, ...target } = template.targets.Instances ?? { resourceType: '', selectionMode: 'ALL' };
    const named = { ...template, targets: { Instances: { ...target, resourceArns } } };
    const { instanceIds } = await run(named, (aws) =>
      createGroup(aws, { instances: [{ id: 'i-00000000000000001' }, { id }] }),
    );
    expect(instanceIds).toEqual([id]);
  });

  it('are no instances that have their notice already', async () => {
    const { status, instanceIds } = await run(template, (aws) => {
      for (const { id } of createGroup(aws).instances) aws.interrupt(id);
    });
    expect({ status, instanceIds }).toEqual({ status: 'failed', instanceIds: [] });
  });
});

function interruptingAfter(durationBeforeInterruption: string): ExperimentTemplate {
  const { Interrupt } = template.actions;
  if (Interrupt === undefined) throw new Error('The template has no action Interrupt.');
  return { ...template, actions: { Interrupt: { ...Interrupt, parameters: { durationBeforeInterruption } } } };
}

function withTarget(changes: Partial<ExperimentTarget>): ExperimentTemplate {
  const { Instances } = template.targets;
  if (Instances === undefined) throw new Error('The template has no target Instances.');
  return { ...template, targets: { Instances: { ...Instances, ...changes } } };
}

/** An experiment on a group of ten, or what `create` makes, until ten minutes later. Times are seconds since its start. */
async function run(
  of: ExperimentTemplate,
  create: (aws: SimulatedAws) => unknown = (aws) => createGroup(aws, { instances: 10 }),
) {
  const events: { after: number; what: string; time: string }[] = [];
  const reclaimed: number[] = [];
  const states = new Set<string>();
  const after = () => (Date.now() - startAt.getTime()) / 1000;
  let experiment: Experiment | undefined;
  await inWorld(async ({ aws, pass }) => {
    create(aws);
    aws.onChange(({ kind }) => kind === 'reclaimed' && reclaimed.push(after()));
    const put = (event: unknown) => {
      events.push({
        after: after(),
        what: stringAt(event, 'detail-type', 'The event'),
        time: stringAt(event, 'time', 'The event'),
      });
      if (!Object.hasOwn(objectAt(event, 'detail'), 'instance-id')) throw new Error('The event names no instance.');
    };
    const experiments = new Experiments({ aws, put });
    experiment = experiments.start(of, 'once', {});
    for (let halfSeconds = 0; halfSeconds < 1200; halfSeconds += 1) {
      states.add(experiment.status);
      await pass(0.5);
    }
  });
  const { status, instanceIds } = experiment ?? {};
  return { events, reclaimed, states: [...states], status, instanceIds: [...(instanceIds?.values() ?? [])].flat() };
}
