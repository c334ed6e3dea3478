import { describe, expect, it } from 'vitest';
import { judge } from '../../../simulator/judging/judge.ts';
import { groupWith, noticesWith, noticeWith, worldWith } from '../../properties/known-worlds.ts';
import { runWorld } from '../../properties/run-world.ts';
import { theWellKnownHandler } from '../../properties/well-known-handler.ts';
import type { World } from '../../properties/world.ts';

async function verdictsOf(world: World) {
  const verdicts = judge(await runWorld(world));
  return (guarantee: string) => verdicts.find((one) => one.guarantee === guarantee);
}

describe('a verdict', () => {
  it('is kept only of what was judged', async () => {
    const of = await verdictsOf(worldWith());
    expect([of('G1')?.verdict, of('G4')?.verdict, of('G8')?.verdict]).toEqual(['kept', 'kept', 'not judged']);
  });

  it('says why there was nothing to judge', async () => {
    const of = await verdictsOf(worldWith({ notices: [noticeWith({ group: -1 })] }));
    expect(of('G1')).toMatchObject({
      verdict: 'not judged',
      why: ['no InService instance of a managed group was interrupted'],
    });
  });

  it('says what could not hold, and that MaxSize is the reason', async () => {
    const of = await verdictsOf(
      worldWith({ groups: [groupWith({ instances: 2, above: 0 })], notices: noticesWith(2) }),
    );
    expect(of('G4')).toMatchObject({
      verdict: 'could not hold',
      why: [expect.stringMatching(/MaxSize 2 leaves no room to raise$/)],
    });
  });

  it('says what could not hold, and that no capacity is the reason', async () => {
    const of = await verdictsOf(worldWith({ groups: [groupWith({ launchSeconds: ['never'] })] }));
    expect(of('G4')).toMatchObject({
      verdict: 'could not hold',
      why: [expect.stringMatching(/launches were refused for want of capacity$/)],
    });
  });

  it('says what could not hold, and that the launch takes longer than the notice', async () => {
    const of = await verdictsOf(worldWith({ groups: [groupWith({ launchSeconds: [150] })] }));
    expect(of('G4')).toMatchObject({
      verdict: 'could not hold',
      why: [expect.stringMatching(/a replacement takes 150.0 s until it serves$/)],
    });
  });

  it('says that faults are the reason', async () => {
    const faults = [{ where: 'SetDesiredCapacity', kind: 'throttle', share: 1, fromSeconds: 0 }] as const;
    const of = await verdictsOf(worldWith({ faults }));
    expect(of('G4')).toMatchObject({
      verdict: 'could not hold',
      why: [expect.stringMatching(/API calls were made to fail$/)],
    });
  });

  it('judges G8 where somebody else changes the group', async () => {
    const others = [{ kind: 'person', afterSeconds: 10, desiredCapacity: 3 }] as const;
    const of = await verdictsOf(worldWith({ groups: [groupWith({ instances: 3, below: 3, others })] }));
    expect([of('G3')?.verdict, of('G8')?.verdict]).toEqual(['not judged', 'kept']);
  });

  it('says what broke it', async () => {
    const log = await runWorld(worldWith(), theWellKnownHandler);
    const netZero = judge(log).find(({ guarantee }) => guarantee === 'G3');
    expect(netZero).toMatchObject({ verdict: 'broken', why: ['group-1 is left at 2; without us it would be 1'] });
  });
});
