import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Measurements } from '../../../functions/telemetry/measurements.ts';

const ids = { executionArn: 'arn:execution', instanceId: 'i-1234567890abcdef0' };
const notice: Measurements = { metrics: { NoticesReceived: 1 }, properties: ids };
const nothing: Measurements = { metrics: {}, properties: ids };

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('SERVICE_NAME', 'the-stack');
  vi.stubEnv('SILENT', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('are one line in the embedded metric format, with nothing but the service as a dimension', async () => {
  const lines = await linesOf({ ofOutput: () => notice });
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'SpotInterruptionHandler',
            Dimensions: [['service']],
            Metrics: [{ Name: 'NoticesReceived', Unit: 'Count' }],
          },
        ],
      },
      ...ids,
      service: 'the-stack',
      NoticesReceived: 1,
    },
  ]);
});

it('have their units', async () => {
  const metrics = { SecondsToLeave: 25.5, Handled: 1 };
  const [line] = await linesOf({ ofOutput: () => ({ metrics, properties: ids }) });
  expect(line).toMatchObject({
    _aws: {
      CloudWatchMetrics: [
        {
          Metrics: [
            { Name: 'Handled', Unit: 'Count' },
            { Name: 'SecondsToLeave', Unit: 'Seconds' },
          ],
        },
      ],
    },
  });
});

it('are not emitted where there is nothing to measure', async () => {
  expect(await linesOf({ ofOutput: () => nothing })).toEqual([]);
});

it('of one invocation do not turn up in the next', async () => {
  const [, second] = await linesOf({ ofOutput: () => notice }, { ofOutput: () => notice });
  expect(second).toMatchObject({ NoticesReceived: 1 });
});

it('are emitted of an error, which is thrown on', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { measured } = await import('../../../functions/telemetry/metrics.ts');
  const failing = measured(() => Promise.reject(new Error('busy')), {
    ofOutput: () => nothing,
    ofError: () => ({ metrics: { LeaseWaits: 1 }, properties: ids }),
  });
  await expect(failing(undefined)).rejects.toThrow('busy');
  expect(write).toHaveBeenCalledOnce();
});

it('are silenced by the environment', async () => {
  vi.stubEnv('SILENT', 'true');
  expect(await linesOf({ ofOutput: () => notice })).toEqual([]);
});

/** What is written when a function that measures so is called once each. */
async function linesOf(...measures: { ofOutput: () => Measurements }[]): Promise<unknown[]> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { measured } = await import('../../../functions/telemetry/metrics.ts');
  for (const measure of measures)
    await measured(async () => 'output', { ofError: () => nothing, ...measure })(undefined);
  return write.mock.calls.map(([line]) => JSON.parse(String(line)));
}
