import { afterEach, describe, expect, it, test, vi } from 'vitest';
import type { HandlingState } from '../../../functions/shared/contract.ts';
import { repeatThrottled } from '../../../functions/shared/repeat-throttled.ts';
import type { ApiCall, Fault, Intercept } from '../../../simulator/aws/index.ts';
import { type Functions, ledgerNow, looked, recorded, withFunctions } from '../../support/functions.ts';
import { createWeb, failing } from '../../support/handling.ts';

const throttle: Fault = { kind: 'throttle' };

describe('where the first call of each kind is throttled', () => {
  it('a raise under the lease goes through', () =>
    withFunctions({}, async (functions) => {
      const raise = await raiseWith(functions, firstOfEachKind(throttle));
      expect(await raise.answer).toEqual({ from: 1, to: 2 });
    }));

  it('a detach with a decrement goes through', () =>
    withFunctions({}, async (functions) => {
      const raise = await raiseWith(functions, undefined);
      await raise.answer;
      await functions.app.time.runFor(60_000);
      const handling = await looked(functions, raise.handling);
      intercepted(functions, firstOfEachKind(throttle));
      const detachment = await functions.settled(functions.detachInstances(handling));
      expect(detachment).toMatchObject({ how: { decremented: true } });
    }));

  it('a look at the group answers', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, { instances: 2, ...halfServing }));
      intercepted(functions, firstOfEachKind(throttle));
      const { capacity } = await looked(functions, handling);
      expect(capacity.group).toMatchObject({ serving: 2, servingBy: 'target health' });
    }));
});

describe('a call that is throttled again and again', () => {
  it('is made four times', () =>
    withFunctions({}, async (functions) => {
      const raise = await raiseWith(functions, failing('SetDesiredCapacity', throttle));
      await raise.answer.catch(() => undefined);
      expect(functions.app.aws.apiCalls.SetDesiredCapacity).toBe(4);
    }));

  it('fails with the error of the service', () =>
    withFunctions({}, async (functions) => {
      const raise = await raiseWith(functions, failing('SetDesiredCapacity', throttle));
      await expect(raise.answer).rejects.toMatchObject({ name: 'Throttling' });
    }));

  it('is known to have had no effect: nothing stays pending', () =>
    withFunctions({}, async (functions) => {
      const raise = await raiseWith(functions, failing('SetDesiredCapacity', throttle));
      await raise.answer.catch(() => undefined);
      expect((await ledgerNow(functions)).pending).toBeUndefined();
    }));

  it('costs 0.7 s of waiting at most', () =>
    withFunctions({}, async (functions) => {
      vi.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
      const raise = await raiseWith(functions, failing('SetDesiredCapacity', { ...throttle, latencyMs: 0 }));
      const begun = Date.now();
      await raise.answer.catch(() => undefined);
      expect(Date.now() - begun).toBeLessThanOrEqual(700 + latencyOfTheOtherCalls);
    }));
});

describe.each(['SetDesiredCapacity', 'DetachInstances'])('%s', (action) => {
  test.each<[string, Fault]>([
    ['whose answer was lost', { kind: 'timeout-after', seconds: 2.5 }],
    ['that may not have arrived', { kind: 'timeout-before', seconds: 2.5 }],
    ['that failed inside of the service', { kind: 'internal' }],
    ['that met another update', { kind: 'contention' }],
  ])('%s is not repeated', (_, fault) =>
    withFunctions({}, async (functions) => {
      const options = action === 'DetachInstances' ? { instances: 2, ...halfServing } : {};
      const handling = await looked(functions, await recorded(functions, createWeb(functions.app, options)));
      intercepted(functions, failing(action, fault));
      await calling(action, functions, handling).catch(() => undefined);
      expect(functions.app.aws.apiCalls[action]).toBe(1);
    }),
  );
});

it('a call is not repeated by a function that was frozen meanwhile', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  vi.spyOn(Date, 'now').mockReturnValueOnce(0).mockReturnValueOnce(60_000);
  const token = await repeatThrottled.acquireInitialRetryToken('aws');
  const error = { name: 'Throttling', message: 'Rate exceeded' };
  const repeated = repeatThrottled.refreshRetryTokenForRetry(token, { error, errorType: 'THROTTLING' });
  await expect(repeated).rejects.toBe(error);
});

afterEach(() => vi.restoreAllMocks());

/** In milliseconds: two updates of the table, and one look at the group. */
const latencyOfTheOtherCalls = 60;

/** With it one of two may leave at once. */
const halfServing = { tags: { 'spot-interruption-handler:min-serving': '50%' } };

async function raiseWith(functions: Functions, intercept: Intercept | undefined) {
  const handling = await looked(functions, await recorded(functions, createWeb(functions.app, {})));
  intercepted(functions, intercept);
  return { handling, answer: functions.settled(functions.setDesiredCapacity(handling)) };
}

function calling(action: string, functions: Functions, handling: HandlingState): Promise<unknown> {
  const { detachInstances, setDesiredCapacity, settled } = functions;
  return action === 'SetDesiredCapacity' ? settled(setDesiredCapacity(handling)) : settled(detachInstances(handling));
}

function intercepted({ app }: Functions, intercept: Intercept | undefined): void {
  app.aws.setIntercept(intercept);
  app.dynamoDb.setIntercept(intercept);
}

/** Of a table's updates: of each, since every one of them says something else. */
function firstOfEachKind(fault: Fault): Intercept {
  const seen = new Set<string>();
  return ({ action, parameters }: ApiCall) => {
    const kind = `${action} ${parameters.UpdateExpression}`;
    if (seen.has(kind)) return undefined;
    seen.add(kind);
    return fault;
  };
}
