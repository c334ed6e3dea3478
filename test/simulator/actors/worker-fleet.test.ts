import { expect, it } from 'vitest';
import { WorkerFleet } from '../../../simulator/actors/index.ts';
import { createGroup, inWorld, type World } from '../aws/world.ts';

const plan = { shortestJobSeconds: 10, longestJobSeconds: 10 };

function withFleet(work: (world: World & { readonly fleet: WorkerFleet; readonly id: string }) => Promise<void>) {
  return inWorld(async (world) => {
    const group = createGroup(world.aws, { instances: [{ id: 'i-1234567890abcdef0' }] });
    world.aws.systemsManager.createDocument({ name: 'stop' });
    await work({ ...world, fleet: new WorkerFleet(world.aws, group, plan), id: 'i-1234567890abcdef0' });
  });
}

it('does one job after another', () =>
  withFleet(async ({ fleet, pass }) => {
    await pass(35);
    expect(fleet.counts()).toEqual({ done: 3, lost: 0 });
  }));

it('loses the job that is under way when EC2 takes the instance', () =>
  withFleet(async ({ aws, fleet, id, pass }) => {
    aws.interrupt(id, { reclaimSeconds: 25 });
    await pass(30);
    expect(fleet.counts()).toEqual({ done: 2, lost: 1 });
  }));

it('finishes the job that is under way when a command says so, and loses none', () =>
  withFleet(async ({ aws, fleet, id, pass }) => {
    aws.interrupt(id, { reclaimSeconds: 25 });
    await pass(15);
    aws.systemsManager.send('stop', [id], {});
    await pass(15);
    expect(fleet.counts()).toEqual({ done: 2, lost: 0 });
  }));

it('has the replacements work, too', () =>
  withFleet(async ({ aws, fleet, id, pass }) => {
    aws.group('web').detachInstances([id], { decrement: false });
    aws.systemsManager.send('stop', [id], {});
    await pass(10);
    expect(fleet.counts().done).toBe(1);
    await pass(60);
    expect(fleet.counts().done).toBeGreaterThan(1);
  }));
