import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GroupBusy } from '../../../functions/shared/errors.ts';

const executionArn = 'arn:execution';
const keysOf = () => ({ executionArn });

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('SILENT', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('logs what a function was given and answered, with the ids of the case', async () => {
  const info = vi.spyOn(console, 'info').mockReturnValue();
  const lambdaHandler = await loaded();
  await lambdaHandler('check-capacity', keysOf, async (input: number) => input + 1)(1);
  expect(info.mock.calls).toEqual([[{ function: 'check-capacity', executionArn, input: 1, output: 2 }]]);
});

it('logs an error with the name that the workflow catches it by', async () => {
  const logged = vi.spyOn(console, 'error').mockReturnValue();
  const error = new GroupBusy('Look again later.');
  const handler = (await loaded())('set-desired-capacity', keysOf, () => Promise.reject(error));
  await handler('input').catch(() => undefined);
  const line = { function: 'set-desired-capacity', executionArn, input: 'input', errorName: 'GroupBusy', error };
  expect(logged.mock.calls).toEqual([[line]]);
});

it('throws the error on', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const error = new GroupBusy('Look again later.');
  const handler = (await loaded())('set-desired-capacity', keysOf, () => Promise.reject(error));
  await expect(handler('input')).rejects.toBe(error);
});

it('logs nothing where it is to be silent', async () => {
  vi.stubEnv('SILENT', 'true');
  const info = vi.spyOn(console, 'info').mockReturnValue();
  await (await loaded())('check-capacity', keysOf, async () => 'output')('input');
  expect(info).not.toHaveBeenCalled();
});

/** Anew, since it looks at the environment when it is loaded. */
async function loaded() {
  const { lambdaHandler } = await import('../../../functions/telemetry/lambda-handler.ts');
  return lambdaHandler;
}
