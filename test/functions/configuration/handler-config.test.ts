import { expect, test } from 'vitest';
import { checkConfig, defaultConfig } from '../../../functions/configuration/handler-config.ts';

test('a configuration within its limits is taken as it is', () => {
  expect(checkConfig(defaultConfig)).toBe(defaultConfig);
});

test('a prop that is not a number is refused', () => {
  expect(() => checkConfig({ ...defaultConfig, pollSeconds: Number.NaN })).toThrow(
    'pollSeconds is NaN, but has to be a whole number from 1 to 30.',
  );
});

test('a floor that is neither a share nor a number is refused', () => {
  expect(() => checkConfig({ ...defaultConfig, minServing: 0.9 })).toThrow(
    'minServing is 0.9, but has to be a share of the group from "1%" to "100%", or a number of instances from 0 to 10000.',
  );
});

test('a way to leave that there is not is refused', () => {
  expect(() => checkConfig({ ...defaultConfig, ...JSON.parse('{"leaveBy": "stop"}') })).toThrow(
    'leaveBy is "stop", but has to be "auto", "detach" or "terminate".',
  );
});

test('serving on is refused where every instance is terminated', () => {
  expect(() => checkConfig({ ...defaultConfig, serveOnAtMaxSize: true, leaveBy: 'terminate' })).toThrow(
    'serveOnAtMaxSize and leaveBy "terminate" do not go together',
  );
});

test.each([2, 1441, 4.5])('%s minutes until what is left behind is terminated are refused', (minutes) => {
  expect(() => checkConfig({ ...defaultConfig, terminateLeftBehindAfterMinutes: minutes })).toThrow(
    `terminateLeftBehindAfterMinutes is ${minutes}, but has to be a whole number from 3 to 1440.`,
  );
});

test('a tag that IAM would read as a pattern is refused', () => {
  expect(() => checkConfig({ ...defaultConfig, groupTag: { key: 'team', value: '*' } })).toThrow(
    'groupTag value is "*", but has to be at most 256 letters',
  );
});
