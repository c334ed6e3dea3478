import { describe, expect, it } from 'vitest';
import type { InterruptionRecord } from '../../../functions/capacity/interruption-record.ts';
import { type Former, formerServing, formersOf, planForFormers } from '../../../functions/capacity/serving-on.ts';
import { leftNow } from '../../support/reports.ts';
import { at } from './situations.ts';

const now = { nowMilliseconds: at(20), lookSeconds: 0.1 };
const a: Former = { instanceId: 'i-a', weight: 1, detachByMilliseconds: at(90), by: 'one' };
const b: Former = { ...a, instanceId: 'i-b', detachByMilliseconds: at(95) };
const both = new Set(['i-a', 'i-b']);
const healthy = { instanceIds: both, registered: both };

describe('those that gave way and serve on', () => {
  it('are the ones that were noted so, until their reclaim', () => {
    const record = { by: 'one', noticeAtMilliseconds: at(0), detachByMilliseconds: at(90) };
    const interruptions = new Map<string, InterruptionRecord>([
      ['i-a', { ...record, left: leftNow({ servesOn: 2, by: 'one' }) }],
      ['i-left', { ...record, left: leftNow() }],
      ['i-there', record],
    ]);
    expect(formersOf(interruptions, 30, at(119))).toEqual([{ ...a, weight: 2 }]);
    expect(formersOf(interruptions, 30, at(120))).toEqual([]);
  });

  it('serve with their weights once their targets are healthy', () => {
    const heavy = { ...a, weight: 3 };
    expect(formerServing([heavy, b], { instanceIds: new Set(['i-a']) })).toBe(3);
    expect(formerServing([heavy, b], { instanceIds: undefined })).toBe(0);
  });

  it('stay as long as the group is short of them', () => {
    expect(planForFormers([a, b], 2, healthy, now)).toMatchObject({ end: [], register: [], open: [a, b] });
  });

  it('are deregistered as replacements serve, those first that have less time', () => {
    expect(planForFormers([a, b], 1, healthy, now)).toMatchObject({ end: ['i-a'], open: [a, b] });
    expect(planForFormers([a, b], 0, healthy, now).end).toEqual(['i-a', 'i-b']);
  });

  it('are as many as cover what is missing, where they weigh more', () => {
    const heavy = [a, b].map((former) => ({ ...former, weight: 2 }));
    expect(planForFormers(heavy, 1, healthy, now).end).toEqual(['i-a']);
    expect(planForFormers(heavy, 3, healthy, now).end).toEqual([]);
  });

  it('are deregistered when their time is up, however short the group is', () => {
    const { end } = planForFormers([a, b], 2, healthy, { ...now, nowMilliseconds: at(89.5) });
    expect(end).toEqual(['i-a']);
  });

  it('say when the first of them has to go: in time for a call', () => {
    const { dueAtMilliseconds = 0 } = planForFormers([a, b], 2, healthy, now);
    expect(dueAtMilliseconds).toBe(at(89));
  });

  it('are registered again where they are needed and are not', () => {
    const onlyB = { instanceIds: new Set(['i-b']), registered: new Set(['i-b']) };
    expect(planForFormers([a, b], 2, onlyB, now)).toMatchObject({ register: ['i-a'], end: [] });
  });

  it('are done when they are not registered any more', () => {
    const none = { instanceIds: new Set<string>(), registered: new Set<string>() };
    expect(planForFormers([a, b], 0, none, now)).toEqual({
      register: [],
      end: [],
      open: [],
      dueAtMilliseconds: undefined,
    });
  });

  it('stay while it is not known who serves, but not past their time', () => {
    const unknown = { instanceIds: undefined };
    expect(planForFormers([a, b], 0, unknown, now).end).toEqual([]);
    expect(planForFormers([a, b], 0, unknown, { ...now, nowMilliseconds: at(96) }).end).toEqual(['i-a', 'i-b']);
  });
});
