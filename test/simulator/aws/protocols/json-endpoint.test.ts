import { expect, it } from 'vitest';
import type { Fault } from '../../../../simulator/aws/protocols/faults.ts';
import { type JsonApi, JsonEndpoint } from '../../../../simulator/aws/protocols/json-endpoint.ts';
import { ConnectionLost } from '../../../../simulator/aws/protocols/service-endpoint.ts';
import { busy, inVirtualTime } from '../../../../simulator/time/virtual-time.ts';

it('answers in the version of the protocol that the service speaks', async () => {
  expect(await answer('Double', { of: 2 })).toMatchObject({
    status: 200,
    contentType: 'application/x-amz-json-1.1',
    body: '{"doubled":4}',
  });
});

it.each([
  [
    'an action that it does not have',
    'Halve',
    {},
    'UnknownOperationException',
    'Numbers has no Halve here. It has: Double.',
  ],
  [
    'a body that is no JSON object',
    'Double',
    [],
    'SerializationException',
    'The body of the request is not a JSON object.',
  ],
  ['a wrong type', 'Double', { of: '2' }, 'SerializationException', 'of is "2", but has to be an integer.'],
  [
    'a number out of its limits',
    'Double',
    { of: 11 },
    'ValidationException',
    "1 validation error detected: Value '11' at 'of' failed to satisfy constraint: Member must have value less than or equal to 10",
  ],
])('refuses %s', async (_, action, parameters, code, message) => {
  const { status, body } = await answer(action, parameters);
  expect({ status, ...JSON.parse(body) }).toEqual({ status: 400, __type: code, message });
});

it.each<[Fault['kind'], Fault, number, string]>([
  ['throttle', { kind: 'throttle' }, 400, 'ThrottlingException'],
  ['internal', { kind: 'internal' }, 500, 'InternalFailure'],
])('fails by a fault: %s', async (_, fault, status, code) => {
  const answered = await answer('Double', { of: 2 }, fault);
  expect({ status: answered.status, code: JSON.parse(answered.body).__type }).toEqual({ status, code });
});

it('takes the answer away by a fault', async () => {
  const lost = answer('Double', { of: 2 }, { kind: 'timeout-after', seconds: 1 });
  await expect(lost).rejects.toThrow(ConnectionLost);
});

const api: JsonApi = {
  service: 'events',
  title: 'Numbers',
  targetPrefix: 'Numbers',
  version: '1.1',
  actions: { Double: (parameters) => ({ doubled: 2 * (parameters.integer('of', { min: 0, max: 10 }) ?? 0) }) },
};

function answer(action: string, parameters: unknown, fault?: Fault) {
  const endpoint = new JsonEndpoint({ api, intercept: () => fault });
  const request = { authorization: undefined, target: `Numbers.${action}`, body: JSON.stringify(parameters) };
  return inVirtualTime({ startAt: new Date('2026-03-01T12:00:00Z') }, (time) =>
    time.runUntilSettled(busy(() => endpoint.answer(request))),
  );
}
