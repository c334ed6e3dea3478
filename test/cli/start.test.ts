import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, objectAt } from '../../simulator/json.ts';
import { scenarios } from '../../simulator/scenarios/scenarios.ts';

describe('npm start', () => {
  it('plays what is synthesized, and prints a JSON summary only', () => {
    const { status, stdout, stderr } = start('--json');
    const summary = parseObject(stdout);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(Object.keys(summary)).toEqual([
      'scenario',
      'executions',
      'group',
      'capacity',
      'requests',
      'apiCalls',
      'guarantees',
      'changesByOthers',
    ]);
    expect(Object.keys(objectAt(summary, 'group'))).toEqual([
      'desiredBefore',
      'desiredAfter',
      'minInService',
      'minServing',
      'peakDesired',
      'maxSize',
    ]);
    expect(summary.executions).toEqual([
      {
        instanceId: 'i-1234567890abcdef0',
        status: 'SUCCEEDED',
        finalState: 'Handled',
        reason: expect.stringMatching(
          /^left at [\d.]+ s because the floor holds without it; its raise was taken back$/,
        ),
        handledBy: null,
        detachedAfterSeconds: expect.any(Number),
        secondsBeforeReclaim: expect.any(Number),
        scaledOut: true,
        decremented: true,
        stateTransitions: expect.any(Number),
      },
    ]);
  });

  it('starts an execution by hand with as little as an instance id', () => {
    const { status, stdout } = start('--json', '--scenario', 'fleet', '--input', 'events/minimal.json');
    expect({ status, executions: parseObject(stdout).executions }).toEqual({
      status: 0,
      executions: [expect.objectContaining({ instanceId: 'i-1234567890abcdef0', finalState: 'Handled' })],
    });
  });

  it('lists every scenario', () => {
    const listed = start('--list').stdout.trim().split('\n');
    expect(listed.map((line) => line.split(' ')[0])).toEqual(scenarios.map(({ name }) => name));
  });

  it('ends with exit code 2 where the event cannot be read', () => {
    const { status, stderr } = start('--event', 'events/missing.json');
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('events/missing.json') });
  });
});

function start(...args: string[]) {
  return spawnSync(process.execPath, ['cli/start.ts', ...args], { encoding: 'utf8' });
}

function parseObject(text: string): JsonObject {
  const parsed: unknown = JSON.parse(text);
  if (!isJsonObject(parsed)) throw new Error(`Not a JSON object: ${text}`);
  return parsed;
}
