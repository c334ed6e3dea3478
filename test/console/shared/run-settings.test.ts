import { expect, it } from 'vitest';
import { parseRunSettings } from '../../../console/shared/run-settings.ts';

const names = ['single', 'pair'];

it('takes numbers that are written out, as a form gives them', () => {
  const given = { scenario: 'pair', event: {}, seed: '3', speed: '2.5' };
  expect(parseRunSettings(given, names)).toEqual({ scenario: 'pair', event: {}, seed: 3, speed: 2.5 });
});

it('plays at twenty times real time with seed 1 unless told otherwise', () => {
  expect(parseRunSettings({ scenario: 'single', event: {} }, names)).toMatchObject({ seed: 1, speed: 20 });
});

it.each([
  [[], 'JSON object'],
  [{ scenario: 'nope', event: {} }, 'There is no scenario "nope". There are: single, pair.'],
  [{ scenario: 'pair' }, '"event", is missing'],
  [{ scenario: 'pair', event: {}, seed: '' }, 'The seed is ""'],
  [{ scenario: 'pair', event: {}, seed: 1.5 }, 'The seed is 1.5'],
  [{ scenario: 'pair', event: {}, seed: -1 }, 'The seed is -1'],
  [{ scenario: 'pair', event: {}, speed: 0 }, 'The speed is 0'],
  [{ scenario: 'pair', event: {}, speed: 'fast' }, 'The speed is "fast"'],
])('refuses %j', (given, message) => {
  expect(() => parseRunSettings(given, names)).toThrow(message);
});
