import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noticeEvent } from '../../../cli/execution/notice-event.ts';

const now = Date.UTC(2026, 0, 1, 17);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notice-event-'));
});

afterEach(() => rm(folder, { recursive: true }));

it.each([
  ['keeps a time that tells when the instance is reclaimed', '2026-01-01T16:58:30Z', '2026-01-01T16:58:30.000Z'],
  ['replaces a time of more than two minutes ago with now', '2026-01-01T16:57:30Z', '2026-01-01T17:00:00.000Z'],
  ['replaces a time that is yet to come with now', '2026-01-01T17:00:30Z', '2026-01-01T17:00:00.000Z'],
  ['replaces a placeholder with now', 'yyyy-mm-ddThh:mm:ssZ', '2026-01-01T17:00:00.000Z'],
  ['fills in a missing time with now', undefined, '2026-01-01T17:00:00.000Z'],
])('%s', async (_, time, expected) => {
  const eventPath = join(folder, 'event.json');
  await writeFile(eventPath, JSON.stringify({ time, detail: { 'instance-id': 'i-0123456789abcdef0' } }));
  const notice = noticeEvent({ eventPath }, now);
  expect(notice.event.time).toBe(expected);
  expect(notice.noticedAtMilliseconds).toBe(Date.parse(expected));
});
