import {
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { type ContractWorld, inContractWorld, passed, stateMachineArn } from '../../../contract/world.ts';

const executionArn = 'arn:aws:states:us-east-2:123456789012:execution:handler:one';

it.each([
  ['from its beginning', false],
  ['from its end', true],
])('pages through a history %s', async (_, reverseOrder) => {
  await inContractWorld(async (world) => {
    await start(world, 'one');
    await world.answered(async () => passed(90)(world));
    const ids = await world.answered(() => historyIds(world.stepFunctions, reverseOrder));
    const inOrder = Array.from({ length: 16 }, (_, index) => index + 1);
    expect(ids).toEqual(reverseOrder ? inOrder.toReversed() : inOrder);
  });
});

it('goes on in a history where it was, though there is more of it since', async () => {
  await inContractWorld(async (world) => {
    await start(world, 'one');
    await world.answered(async () => passed(1)(world));
    const first = await world.answered(() => historyPage(world.stepFunctions, true));
    await world.answered(async () => passed(90)(world));
    const second = await world.answered(() => historyPage(world.stepFunctions, true, first.nextToken));
    expect([first, second].flatMap(({ events }) => events?.map(({ id }) => id))).toEqual([
      12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
    ]);
  });
});

it('lists executions where it was, though more were started since', async () => {
  await inContractWorld(async (world) => {
    for (const name of ['one', 'two', 'three']) await start(world, name);
    const list = (nextToken?: string) =>
      world.answered(() =>
        world.stepFunctions.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, nextToken })),
      );
    const first = await list();
    await start(world, 'four');
    const second = await list(first.nextToken);
    expect([first, second].map(({ executions }) => executions?.map(({ name }) => name))).toEqual([
      ['three', 'two'],
      ['one'],
    ]);
  });
});

function start({ answered, stepFunctions }: ContractWorld, name: string): Promise<unknown> {
  return answered(() => stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name })));
}

async function historyIds(stepFunctions: SFNClient, reverseOrder: boolean): Promise<(number | undefined)[]> {
  const ids: (number | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await historyPage(stepFunctions, reverseOrder, nextToken);
    ids.push(...(page.events ?? []).map(({ id }) => id));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return ids;
}

function historyPage(stepFunctions: SFNClient, reverseOrder: boolean, nextToken?: string) {
  return stepFunctions.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder, maxResults: 5, nextToken }));
}
