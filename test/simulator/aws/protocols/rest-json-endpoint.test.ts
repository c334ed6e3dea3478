import { expect, it } from 'vitest';
import type { Fault } from '../../../../simulator/aws/protocols/faults.ts';
import { type RestJsonApi, RestJsonEndpoint } from '../../../../simulator/aws/protocols/rest-json-endpoint.ts';
import { ConnectionLost } from '../../../../simulator/aws/protocols/service-endpoint.ts';
import { ServiceError } from '../../../../simulator/aws/protocols/service-error.ts';
import { busy, inVirtualTime } from '../../../../simulator/time/virtual-time.ts';

it.each([
  ['by method and path', 'GET', '/numbers/7', '', '{"got":"7"}'],
  ['by the decoded parameter of the path', 'GET', '/numbers/a%2Fb', '', '{"got":"a/b"}'],
  ['whatever the query', 'GET', '/numbers/7?maxResults=3', '', '{"got":"7"}'],
  ['by the body', 'POST', '/numbers', '{"name":"seven"}', '{"made":"seven"}'],
])('answers %s', async (_, method, path, body, answered) => {
  expect(await answer({ method, path, body })).toMatchObject({
    status: 200,
    contentType: 'application/json',
    body: answered,
  });
});

it.each([
  [
    'another path',
    { method: 'GET', path: '/letters/7', body: '' },
    'UnknownOperationException',
    'Numbers has no such path here. It has: GetNumber, MakeNumber.',
  ],
  [
    'another method',
    { method: 'DELETE', path: '/numbers/7', body: '' },
    'UnknownOperationException',
    'Numbers has no such path here. It has: GetNumber, MakeNumber.',
  ],
  [
    'a body that is no JSON object',
    { method: 'POST', path: '/numbers', body: '[]' },
    'SerializationException',
    'The body of the request is not a JSON object.',
  ],
  [
    'what is missing',
    { method: 'POST', path: '/numbers', body: '{}' },
    'ValidationException',
    "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
  ],
])('refuses %s, with its code in the header', async (_, request, errorType, message) => {
  const refused = await answer(request);
  expect(refused).toMatchObject({ status: 400, errorType });
  expect(JSON.parse(refused.body)).toEqual({ message });
});

it('answers with the status of the error', async () => {
  expect(await answer({ method: 'GET', path: '/numbers/0', body: '' })).toMatchObject({
    status: 404,
    errorType: 'ResourceNotFoundException',
  });
});

it.each<[Fault['kind'], Fault, number, string]>([
  ['throttle', { kind: 'throttle' }, 400, 'ThrottlingException'],
  ['internal', { kind: 'internal' }, 500, 'InternalFailure'],
])('fails by a fault: %s', async (_, fault, status, errorType) => {
  expect(await answer(number7, fault)).toMatchObject({ status, errorType });
});

it('takes the answer away by a fault', async () => {
  await expect(answer(number7, { kind: 'timeout-after', seconds: 1 })).rejects.toThrow(ConnectionLost);
});

const number7 = { method: 'GET', path: '/numbers/7', body: '' };

const api: RestJsonApi = {
  service: 'fis',
  title: 'Numbers',
  actions: {
    GetNumber: {
      method: 'GET',
      path: '/numbers/{name}',
      perform: (parameters) => {
        const got = parameters.requiredString('name');
        if (got === '0') throw new ServiceError('ResourceNotFoundException', 'There is no 0.', 404);
        return { got };
      },
    },
    MakeNumber: {
      method: 'POST',
      path: '/numbers',
      perform: (parameters) => ({ made: parameters.requiredString('name') }),
    },
  },
};

function answer(request: { readonly method: string; readonly path: string; readonly body: string }, fault?: Fault) {
  const endpoint = new RestJsonEndpoint({ api, intercept: () => fault });
  return inVirtualTime({ startAt: new Date('2026-03-01T12:00:00Z') }, (time) =>
    time.runUntilSettled(busy(() => endpoint.answer({ authorization: undefined, ...request }))),
  );
}
