import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, expect, it } from 'vitest';
import { followExecution } from '../../../console/follow/follow-execution.ts';
import { untilHandled } from '../../cli/execution/history.ts';
import { type Refusal, type StandIn, startStandIn } from '../../cli/execution/stand-in.ts';

let standIn: StandIn;

afterEach(() => standIn.close());

const throttled = { status: 400, code: 'ThrottlingException', message: 'Rate exceeded' };

it('gives up when errors that should pass have not for long', async () => {
  await expect(follow(() => throttled, 0)).rejects.toThrow('Rate exceeded');
});

it('starts its patience anew with every answer', async () => {
  const { told, types } = await follow((poll) => (poll === 1 || poll === 3 ? throttled : undefined), 60);
  expect(told).toBe(2);
  expect(types.at(-1)).toBe('ExecutionSucceeded');
});

it('does not bear what will not pass', async () => {
  const invalid = { status: 400, code: 'InvalidArn', message: 'Invalid Arn' };
  await expect(follow(() => invalid, 60)).rejects.toThrow('Invalid Arn');
});

it("bears a server's fault", async () => {
  const fault = { status: 500, code: 'InternalServerError', message: 'Internal' };
  const { types } = await follow((poll) => (poll === 1 ? fault : undefined), 60);
  expect(types.at(-1)).toBe('ExecutionSucceeded');
});

async function follow(refuse: (poll: number) => Refusal | undefined, patienceSeconds: number) {
  const { events } = untilHandled();
  standIn = await startStandIn({
    history: [events.slice(0, 3), events],
    refuse: (_, poll) => refuse(poll),
  });
  const client = new SFNClient({
    region: 'us-east-2',
    endpoint: standIn.endpoint,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  let told = 0;
  const onUnreachable = () => {
    told += 1;
  };
  const { signal } = new AbortController();
  const types: string[] = [];
  const options = { pollMilliseconds: 1, signal, onUnreachable, patienceSeconds };
  for await (const { type } of followExecution(client, 'arn', options)) types.push(type);
  return { told, types };
}
