import type { WorldNotice } from '../../../simulator/scenarios/world-file.ts';

/** What can be typed, for messages. */
export const noticesAllowed =
  'a list such as "0-9@0-2, 12@30": instances 0 to 9 are noticed within seconds 0 to 2, instance 12 at second 30';

/** As it is typed: `0-9@0-2, 12@30`. */
export function noticesText(notices: readonly WorldNotice[]): string {
  return notices
    .map(({ instance, count, afterSeconds, withinSeconds }) => {
      const last = count > 1 ? `-${instance + count - 1}` : '';
      return `${instance}${last}@${afterSeconds}${withinSeconds > 0 ? `-${afterSeconds + withinSeconds}` : ''}`;
    })
    .join(', ');
}

/** Undefined where it cannot be read. */
export function parseNotices(text: string): WorldNotice[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const notices = parts.flatMap((part) => parseNotice(part) ?? []);
  return notices.length === parts.length ? notices : undefined;
}

function parseNotice(text: string): WorldNotice | undefined {
  const [, first, last = first, from, to = from] =
    /^(\d+)(?:\s*-\s*(\d+))?\s*@\s*(\d+(?:\.\d+)?)(?:\s*-\s*(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (first === undefined || from === undefined) return undefined;
  const count = Number(last) - Number(first) + 1;
  const withinSeconds = Number(to) - Number(from);
  if (count < 1 || withinSeconds < 0) return undefined;
  return { instance: Number(first), count, afterSeconds: Number(from), withinSeconds };
}
