import { createHash } from 'node:crypto';

/** Ids in the services' formats, each a pure function of the text it is made from: the same run has the same ids. */

/** i- and 17 hexadecimal digits. */
export function instanceIdFrom(text: string): string {
  return `i-0${hexFrom(text, 16)}`;
}

export function uuidFrom(text: string): string {
  const hex = hexFrom(text, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function hexFrom(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
