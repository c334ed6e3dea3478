import { expect, it } from 'vitest';
import { InvalidWorld, parseWorld, scenarioOf } from '../../../simulator/scenarios/world-file.ts';

const smallest = { group: { instances: 4 }, notices: [{ instance: 0 }] };

it('takes defaults for all but the notices', () => {
  const world = parseWorld({ notices: [{ instance: 0 }] });
  expect(world.group).toEqual({
    instances: 10,
    minSize: 1,
    maxSize: 20,
    weight: 1,
    launchSeconds: 40,
    failedLaunches: 0,
    healthCheckSeconds: 10,
    load: 0.6,
    warmupSeconds: 0,
    warmupShare: 0.5,
  });
  expect(world.handler).toEqual({ minServing: '100%', drainSeconds: 30 });
});

it('has new instances warm up where it says for how long', () => {
  const warming = { ...smallest, group: { instances: 4, warmupSeconds: 30 } };
  expect(scenarioOf(parseWorld(warming)).warmup).toEqual({ seconds: 30, share: 0.5 });
  expect(scenarioOf(parseWorld(smallest)).warmup).toBeUndefined();
});

it('is read from what is written of it', () => {
  const others = [
    { kind: 'person', afterSeconds: 20, desiredCapacity: 3 },
    { kind: 'terminations', afterSeconds: 5, instances: [1], decrement: true },
    {
      kind: 'step-scaling',
      load: [{ fromSeconds: 0, share: 0.9 }],
      steps: [{ beyond: 'below', utilization: 0.2, change: -1 }],
    },
  ];
  const world = parseWorld({ ...smallest, others, faults: { throttledShare: 0.2 } });
  expect(parseWorld(JSON.parse(JSON.stringify(world)))).toEqual(world);
});

it.each([
  ['no object', 3, '', '3 is no object'],
  ['no notices', {}, 'notices', 'there has to be at least one notice'],
  ['a misspelled setting', { ...smallest, grup: {} }, 'grup', 'there is no such setting; there are name, group,'],
  [
    'a fraction of an instance',
    { ...smallest, group: { instances: 2.5 } },
    'group.instances',
    '2.5 has to be a whole number from 1 to 300',
  ],
  [
    'a MaxSize below the size',
    { ...smallest, group: { instances: 4, maxSize: 3 } },
    'group.maxSize',
    "3 is less than the group's size, 4",
  ],
  [
    'an instance that is not there',
    { ...smallest, notices: [{ instance: 3, count: 2 }] },
    'notices[0]',
    'there is no instance 4; the group has 0 to 3',
  ],
  [
    'a floor that cannot be read',
    { ...smallest, handler: { minServing: '120%' } },
    'handler.minServing',
    '"120%" has to be a share',
  ],
  [
    'somebody unknown',
    { ...smallest, others: [{ kind: 'ghost' }] },
    'others[0].kind',
    '"ghost" has to be one of target-tracking,',
  ],
  [
    'an actor without its number',
    { ...smallest, others: [{ kind: 'person', afterSeconds: 1 }] },
    'others[0].desiredCapacity',
    'it is missing, and has to be a whole number',
  ],
  ['a name that is no file name', { ...smallest, name: '../x' }, 'name', '"../x" has to be of 1 to 40 letters'],
])('refuses %s, and says where', (_, json, path, message) => {
  const problems = problemsOf(json);
  expect(problems.map((problem) => problem.path)).toContain(path);
  expect(problems.find((problem) => problem.path === path)?.message).toContain(message);
});

it('names every problem at once', () => {
  expect(problemsOf({ group: { instances: 0, load: 'high' }, notices: [{ instance: -1 }] })).toHaveLength(3);
});

it('spreads notices evenly, in the order of their times', () => {
  const notices = [
    { instance: 2, afterSeconds: 1 },
    { instance: 0, count: 2, withinSeconds: 4 },
  ];
  expect(scenarioOf(parseWorld({ ...smallest, notices })).notices).toEqual([
    { instance: 0, afterSeconds: 0 },
    { instance: 2, afterSeconds: 1 },
    { instance: 1, afterSeconds: 4 },
  ]);
});

function problemsOf(json: unknown) {
  try {
    parseWorld(json);
  } catch (error) {
    if (error instanceof InvalidWorld) return error.problems;
  }
  throw new Error('The world is valid.');
}
