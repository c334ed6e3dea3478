import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseServeArguments, parseStartArguments, UsageError } from '../../cli/command-line.ts';
import { scenarios, UnknownScenario } from '../../simulator/scenarios/scenarios.ts';

describe('command line', () => {
  it('plays the hard small case with the sample event by default', () => {
    expect(parseStartArguments([])).toMatchObject({
      scenario: { name: 'single' },
      eventPath: expect.stringMatching(/events\/spot-interruption\.json$/),
      byHand: false,
      json: false,
    });
  });

  it.each([
    ['an unknown option', ['--sped', '3'], "Unknown option '--sped'"],
    ['an event and an input', ['--event', 'a', '--input', 'b'], 'Give either --event or --input, not both.'],
    ['a speed of nothing', ['--speed', ''], '--speed is ""'],
    ['a speed of 0', ['--speed', '0'], '--speed is "0", but has to be a number greater than 0.'],
    ['a speed that is no number', ['--speed', 'fast'], '--speed is "fast"'],
    ['an argument without an option', ['single'], 'single'],
  ])('refuses %s', (_, args, message) => {
    expect(() => parseStartArguments(args)).toThrow(message);
    expect(() => parseStartArguments(args)).toThrow(UsageError);
  });

  it('names the scenarios that there are to whoever asks for another', () => {
    expect(() => parseStartArguments(['--scenario', 'nope'])).toThrow(
      new UnknownScenario(`There is no scenario "nope". There are: ${scenarios.map(({ name }) => name).join(', ')}.`),
    );
  });

  it.each(['-1', '65536', '80a', ''])('refuses the port "%s"', (port) => {
    expect(() => parseServeArguments([`--port=${port}`])).toThrow('a whole number from 0 (any free port) to 65535');
  });

  it('plays a world of one’s own from a file', () => {
    const file = fileWith('{"name": "mine", "group": {"instances": 3}, "notices": [{"instance": 0, "count": 2}]}');
    expect(parseStartArguments(['--world', file])).toMatchObject({
      scenario: { name: 'mine', instances: 3, notices: [{ instance: 0 }, { instance: 1 }] },
      world: { group: { maxSize: 6 } },
    });
  });

  it.each([
    ['a file that is not there', () => '/nowhere.json', '/nowhere.json cannot be read: ENOENT'],
    ['what is no JSON', () => fileWith('{'), 'cannot be read: Expected property name'],
    [
      'a world that cannot be',
      () => fileWith('{"group": {"instances": 0}}'),
      'group.instances: 0 has to be a whole number',
    ],
  ])('refuses as a world %s', (_, file, message) => {
    expect(() => parseStartArguments(['--world', file()])).toThrow(message);
    expect(() => parseStartArguments(['--world', file()])).toThrow(UsageError);
  });

  it('plays either a scenario or a world', () => {
    expect(() => parseStartArguments(['--world', 'a', '--scenario', 'pair'])).toThrow('either --scenario or --world');
  });
});

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'world-')), 'world.json');
  writeFileSync(file, text);
  return file;
}
