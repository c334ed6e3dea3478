import { expect, it, test } from 'vitest';
import { readServiceName, readSettings, readSilent } from '../../../functions/configuration/settings.ts';

const environment = { TABLE_NAME: 'interruptions', MIN_SERVING: '90%', POLL_SECONDS: '4', DRAIN_SECONDS: '30' };

it('reads the settings of a function', () => {
  expect(readSettings(environment)).toEqual({
    tableName: 'interruptions',
    minServing: { kind: 'share', percent: 90 },
    pollSeconds: 4,
    drainSeconds: 30,
  });
});

it('reads a tag whose value has an equals sign', () => {
  expect(readSettings({ ...environment, GROUP_TAG: 'spot=a=b' }).groupTag).toEqual({ key: 'spot', value: 'a=b' });
});

it('reads a floor in instances', () => {
  expect(readSettings({ ...environment, MIN_SERVING: '2' }).minServing).toEqual({ kind: 'units', units: 2 });
});

it('reads that service-managed groups are handled, too', () => {
  const included = { ...environment, INCLUDE_SERVICE_MANAGED_GROUPS: 'true' };
  expect(readSettings(included).includeServiceManagedGroups).toBe(true);
});

it('reads the documents to shut instances down with', () => {
  const named = { ...environment, SHUTDOWN_DOCUMENT: 'finish', SHUTDOWN_DOCUMENTS: 'drain,stop' };
  expect(readSettings(named)).toMatchObject({ shutdownDocument: 'finish', shutdownDocuments: ['drain', 'stop'] });
});

it('reads that recommendations are acted on', () => {
  const replacing = { ...environment, REBALANCE_BUDGET: '10%', REBALANCE_TIMEOUT_MINUTES: '15' };
  const rebalance = { budget: { kind: 'share', percent: 10 }, timeoutMinutes: 15 };
  expect(readSettings(replacing).rebalance).toEqual(rebalance);
});

it('reads how instances leave', () => {
  expect(readSettings({ ...environment, LEAVE_BY: 'terminate' }).leaveBy).toBe('terminate');
});

it('reads that instances serve on at MaxSize', () => {
  expect(readSettings({ ...environment, SERVE_ON_AT_MAX_SIZE: 'true' }).serveOnAtMaxSize).toBe(true);
});

it('reads a dry run', () => {
  expect(readSettings({ ...environment, DRY_RUN: 'true' }).dryRun).toBe(true);
});

test.each([
  [{ DRY_RUN: 'yes' }, 'DRY_RUN is "yes", but has to be true, or not set'],
  [{ DRY_RUN: '' }, 'DRY_RUN is "", but has to be true, or not set'],
  [{ INCLUDE_SERVICE_MANAGED_GROUPS: '1' }, 'INCLUDE_SERVICE_MANAGED_GROUPS is "1", but has to be true, or not set'],
  [{ LEAVE_BY: 'stop' }, 'LEAVE_BY is "stop", but has to be "auto", "detach" or "terminate"'],
  [{ MIN_SERVING: undefined }, 'MIN_SERVING is not set'],
  [{ MIN_SERVING: '0%' }, 'MIN_SERVING is "0%", but has to be a share of the group from "1%" to "100%", or a number'],
  [{ TABLE_NAME: undefined }, 'TABLE_NAME is not set'],
  [{ POLL_SECONDS: 'four' }, 'POLL_SECONDS is "four", but has to be a whole number'],
  [{ DRAIN_SECONDS: '-1' }, 'DRAIN_SECONDS is "-1"'],
  [{ REBALANCE_BUDGET: '0%' }, 'REBALANCE_BUDGET is "0%", but has to be a share'],
  [{ REBALANCE_BUDGET: '1' }, 'REBALANCE_TIMEOUT_MINUTES is not set'],
  [{ GROUP_TAG: 'spot' }, 'GROUP_TAG is "spot", but has to be KEY=VALUE'],
])('refuses %o', (wrong, message) => {
  expect(() => readSettings({ ...environment, ...wrong })).toThrow(message);
});

it('reads the service that the metrics are of', () => {
  expect(readServiceName({ SERVICE_NAME: 'the-stack' })).toBe('the-stack');
});

it('refuses metrics of no service', () => {
  expect(() => readServiceName({})).toThrow('SERVICE_NAME is not set');
});

test.each([
  [{ SILENT: 'true' }, true],
  [{}, false],
])('is silent with %o: %s', (given, isSilent) => {
  expect(readSilent(given)).toBe(isSilent);
});

it('refuses to be silent in another word', () => {
  expect(() => readSilent({ SILENT: '1' })).toThrow('SILENT is "1", but has to be true, or not set');
});
