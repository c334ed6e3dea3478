import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { layOut } from '../../../console/server/graph-layout.ts';
import type { GraphNode } from '../../../console/shared/workflow-graph.ts';
import { transitionsOf } from '../../../statemachine/graph.ts';

const file = new URL('../../../statemachine/spot-interruption.asl.json', import.meta.url);
const definition = JSON.parse(readFileSync(file, 'utf8'));
const graph = await layOut(definition);

it('places every state of the definition, and where it starts', () => {
  const names = graph.nodes.map(({ name }) => name).toSorted();
  expect(names).toEqual([...Object.keys(definition.States), 'Start'].toSorted());
});

it('draws every transition of the definition, those between the same two states as one', () => {
  const edges = new Set(graph.edges.map(({ from, to }) => `${from} ${to}`));
  const transitions = new Set(transitionsOf(definition).map(({ from, to }) => `${from} ${to}`));
  expect(edges).toEqual(transitions.add(`Start ${definition.StartAt}`));
  expect(edges.size).toBe(graph.edges.length);
});

it('lets no two states overlap', () => {
  const pairs = graph.nodes.flatMap((one, index) => graph.nodes.slice(index + 1).map((other) => [one, other] as const));
  expect(pairs.filter(([one, other]) => overlap(one, other))).toEqual([]);
});

it('marks what only a Catch leads to', () => {
  expect(edge('RecordInterruption', 'DuplicateNotice')).toMatchObject({ isCatch: true });
  expect(edge('DescribeInstance', 'ManagedInstance?')).toMatchObject({ isCatch: false });
});

it('says what a state is', () => {
  const what = new Map(graph.nodes.map((node) => [node.name, node.what]));
  expect(what.get('CheckCapacity')).toBe('Lambda function');
  expect(what.get('RecordInterruption')).toBe('DynamoDB UpdateItem');
  expect(what.get('EnoughCapacity?')).toBe('Choice');
});

it('lays the same definition out in the same way', async () => {
  expect(await layOut(definition)).toEqual(graph);
});

function overlap(one: GraphNode, other: GraphNode): boolean {
  const apartX = one.x + one.width <= other.x || other.x + other.width <= one.x;
  const apartY = one.y + one.height <= other.y || other.y + other.height <= one.y;
  return !apartX && !apartY;
}

function edge(from: string, to: string) {
  return graph.edges.find((one) => one.from === from && one.to === to);
}
