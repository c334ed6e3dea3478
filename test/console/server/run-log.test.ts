import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RunLog } from '../../../console/server/run-log.ts';
import type { RunUpdate } from '../../../console/shared/run-update.ts';

let log: RunLog;
let told: string[];

beforeEach(() => {
  vi.useFakeTimers();
  log = new RunLog();
  told = [];
});

afterEach(() => {
  log.close();
  vi.useRealTimers();
});

it('tells whoever comes later everything from the beginning', () => {
  request('1');
  log.append({ kind: 'stopped' });
  log.listen(tell);
  expect(told).toEqual(['requested stopped (2)']);
});

it('goes on from where a listener was', () => {
  request('1');
  log.append({ kind: 'stopped' });
  log.listen(tell, 1);
  expect(told).toEqual(['stopped (2)']);
});

it('tells all listeners together what came within a moment', () => {
  log.listen(tell);
  request('1');
  log.append({ kind: 'stopped' });
  expect(told).toEqual([]);
  vi.runAllTimers();
  expect(told).toEqual(['requested stopped (2)']);
});

it('begins anew with a new run, and finishes telling the one before', () => {
  log.listen(tell);
  request('1');
  log.append({ kind: 'stopped' });
  request('2');
  vi.runAllTimers();
  expect(told).toEqual(['requested stopped (2)', 'requested (1)']);
  expect(log.runId).toBe('2');
});

function request(id: string): void {
  log.append({ kind: 'requested', id, settings: { scenario: 'single', event: {}, seed: 1, speed: 20 } });
}

function tell(updates: readonly RunUpdate[], count: number): void {
  told.push(`${updates.map(({ kind }) => kind).join(' ')} (${count})`);
}
