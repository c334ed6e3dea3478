import { expect, it } from 'vitest';
import { noticesText, parseNotices } from '../../../../console/page/start/notices-text.ts';

it.each(['0@0', '0-9@0-2', '0-9@0-2, 12@30', '3-4@1.5-2.5'])('reads what it writes: %s', (text) => {
  expect(noticesText(parseNotices(text) ?? [])).toBe(text);
});

it('reads a range of instances within a range of seconds', () => {
  expect(parseNotices('5-9@10-14')).toEqual([{ instance: 5, count: 5, afterSeconds: 10, withinSeconds: 4 }]);
});

it.each(['', 'all', '0', '@3', '9-0@0', '0@5-2', '0@0,', '-1@0'])('refuses %j', (text) => {
  expect(parseNotices(text)).toBeUndefined();
});
