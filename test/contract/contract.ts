import { expect } from 'vitest';
import type { ContractWorld } from './world.ts';

/** A request that we rely on, and what AWS answers, as a test of the simulated service. */
export interface Contract {
  readonly action: string;
  readonly when: string;
  check(world: ContractWorld): Promise<void>;
}

/** What is written down of one. */
export type Row<Request, Answer extends object> = {
  /** In which case. */
  readonly when: string;
  /** What has happened before, in this order. Default: nothing; there is no group, no execution, no item. */
  readonly given?: readonly Given[];
  readonly request: Request;
  /** Where AWS says so: a page of an API reference, a published example, a record of what it answered. */
  readonly source: `https://${string}`;
} & (
  | { readonly answer: Expected<Answer> & object; readonly error?: never }
  | { readonly error: ExpectedError; readonly answer?: never }
);

export type Given = (world: ContractWorld) => unknown;

/** As much of the answer as is relied on; lists are whole. */
type Expected<T> = T extends Date | Uint8Array | ((...args: never) => unknown)
  ? T
  : T extends readonly (infer Element)[]
    ? readonly Expected<Element>[]
    : T extends object
      ? { readonly [Key in keyof T]?: Expected<T[Key]> }
      : T;

export interface ExpectedError {
  /** As the SDK names it: the service's error code, or its class of errors. */
  readonly name: string;
  /** The whole message, or a pattern where its wording is not certain. */
  readonly message: string | RegExp;
  /** Default 400. */
  readonly status?: number;
}

/** The rows of one action, which `send` calls through its SDK client. */
export function contracts<Request, Answer extends object>(
  action: string,
  send: (world: ContractWorld, request: Request) => Promise<Answer>,
  rows: readonly Row<NoInfer<Request>, NoInfer<Answer>>[],
): Contract[] {
  return rows.map(({ when, given = [], request, answer, error }) => ({
    action,
    when,
    async check(world) {
      for (const happens of given) await world.answered(async () => happens(world));
      const call = () => send(world, request);
      if (error === undefined) expect(await world.answered(call)).toMatchObject(answer);
      else expectError(await world.refused(call), error);
    },
  }));
}

function expectError(actual: Error, { name, message, status = 400 }: ExpectedError): void {
  const expected = { name, message: message instanceof RegExp ? expect.stringMatching(message) : message };
  expect(actual).toMatchObject({ ...expected, $metadata: { httpStatusCode: status } });
}
