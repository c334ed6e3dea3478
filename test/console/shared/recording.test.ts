import { expect, it } from 'vitest';
import { Recording } from '../../../console/shared/recording.ts';
import { statusSentence } from '../../../console/shared/status-sentence.ts';
import { tellingMoment } from '../../../console/shared/telling-moment.ts';
import { recordedRun } from '../recorded-run.ts';

const { updates } = await recordedRun('storm');

function recording(): Recording {
  const made = new Recording();
  for (const update of updates) made.apply(update);
  return made;
}

it('shows the run as it was at a moment, whichever moment was looked at before', () => {
  const going = recording();
  const there = going.at(30).version;
  const end = going.at(1000).version;
  expect(end).toBe(updates.length);
  expect(there).toBeLessThan(end);
  expect(going.at(30).version).toBe(there);
  expect(going.at(30).history.every(({ atSeconds }) => atSeconds <= 30)).toBe(true);
  expect(recording().at(30).history).toEqual(going.at(30).history);
});

it('comes by an update that arrives late for a moment that is being looked at', () => {
  const late = new Recording();
  for (const update of updates.slice(0, 3)) late.apply(update);
  expect(late.at(50).instances.get('i-late')).toBeUndefined();
  late.apply({ kind: 'instance', atSeconds: 10, instanceId: 'i-late', phase: 'pending' });
  expect(late.at(50).instances.get('i-late')?.phase).toBe('pending');
});

it('steps from event to event, of all executions or of one', () => {
  const { latest } = recording();
  const [first] = latest.executions.keys();
  const times = latest.history.filter(({ execution }) => execution === first).map(({ atSeconds }) => atSeconds);
  const next = times.find((at) => at > 10);
  expect(recording().eventFrom(10, 1, first)).toBe(next);
  expect(recording().eventFrom(10, -1, first)).toBe(times.findLast((at) => at < 10));
  expect(recording().eventFrom(1e6, 1)).toBeUndefined();
});

it('says what a storm waits for, moment by moment', () => {
  const at = (seconds: number) => statusSentence(recording().at(seconds));
  expect(at(20)).toMatch(
    /^20 wait: 0 of 20 replacements serve \(20 pending for 19 s\); next look in \d+ s; the first leaves by 1:30 at the latest\.$/,
  );
  expect(at(48)).toContain('20 health checks running for 7 s');
  expect(at(1000)).toMatch(
    /^All 20 instances have left, the last \d+\.\d s before its reclaim; the group is at its usual size, 40/,
  );
});

it('says what one execution waits for, and what became of it', () => {
  const one = recording();
  const [name = ''] = one.latest.executions.keys();
  expect(statusSentence(one.at(20), name)).toMatch(
    /^i-1234567890abcdef0 waits: 0 of 20 replacements serve .*; next look in \d+ s; leaves by 1:30 at the latest\.$/,
  );
  expect(statusSentence(one.at(1000), name)).toMatch(
    /^i-1234567890abcdef0 left at \d+\.\d s .*the floor holds without it/,
  );
});

it('opens at the moment that shows most: when the first has left, where the floor held', () => {
  const { latest } = recording();
  const moment = tellingMoment(latest);
  expect(Math.min(...[...latest.instances.values()].flatMap(({ leftAtSeconds }) => leftAtSeconds ?? []))).toBe(moment);
});

it('follows each instance from its launch until it is gone', () => {
  const { latest } = recording();
  const all = [...latest.instances.values()];
  const phases = (kind: string) =>
    all.filter((one) => one.kind === kind).map(({ spans }) => spans.map(({ phase }) => phase));
  expect(new Set(phases('replacement').map(String))).toEqual(new Set(['pending,in service,serving']));
  expect(new Set(phases('interrupted').map(String))).toEqual(new Set(['serving,draining,out,gone']));
  expect(phases('untouched')).toHaveLength(20);
});

it('says of each execution what became of it as soon as it has ended', () => {
  const { latest } = recording();
  const reasons = [...latest.executions.values()].map(({ conclusion }) => conclusion?.reason);
  expect(reasons).toEqual(latest.summary?.executions.map(({ reason }) => reason));
});
