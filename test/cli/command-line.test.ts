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
});
