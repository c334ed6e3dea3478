import ElkConstructor from 'elkjs';
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import { isJsonObject, type JsonObject, objectAt } from '../../simulator/json.ts';
import type { Definition, Transition } from '../../statemachine/graph.ts';
import { transitionsOf } from '../../statemachine/graph.ts';
import type { GraphEdge, GraphNode, Point, WorkflowGraph } from '../shared/workflow-graph.ts';

const stateSize = { width: 184, height: 44 };
const startSize = { width: 56, height: 22 };
const startName = 'Start';
/** A label's lines, in the page's 10.5 px. */
const textSize = { charactersPerLine: 18, characterWidth: 5.6, lineHeight: 13 };

/** Downwards, loops leading back up at the sides, and the way through the middle as straight as it gets. */
const layoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.layering.strategy': 'LONGEST_PATH_SOURCE',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.nodePlacement.strategy': 'LINEAR_SEGMENTS',
  'elk.layered.compaction.postCompaction.strategy': 'EDGE_LENGTH',
  'elk.layered.thoroughness': '40',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeNode': '10',
  'elk.spacing.edgeEdge': '7',
  'elk.spacing.edgeLabel': '3',
};

/** ELK begins with a random order of the nodes: the tidiest of this number of layouts is taken. */
const attempts = 4;

/** Lays out the definition's graph with ELK. The same definition is always laid out in the same way. */
export async function layOut(json: JsonObject): Promise<WorkflowGraph> {
  const definition = parseDefinition(json);
  const edges = mergedEdges(transitionsOf(definition));
  const start: UnplacedEdge = { from: startName, to: definition.StartAt, isCatch: false, labels: [], lines: [] };
  const names = inDepthFirstOrder(definition, edges);
  const graph: ElkNode = {
    id: 'workflow',
    children: [{ id: startName, ...startSize }, ...names.map((id) => ({ id, ...stateSize }))],
    edges: [elkEdge(start), ...edges.toSorted((a, b) => Number(a.isCatch) - Number(b.isCatch)).map(elkEdge)],
  };
  const laidOut = await tidiest(graph);
  return {
    width: laidOut.width ?? 0,
    height: laidOut.height ?? 0,
    nodes: (laidOut.children ?? []).map((node) => graphNode(node, objectAt(objectAt(json, 'States'), node.id))),
    edges: [start, ...edges].map(({ lines, ...edge }) => ({ ...edge, ...placeOf(laidOut.edges, { ...edge, lines }) })),
  };
}

async function tidiest(graph: ElkNode): Promise<ElkNode> {
  // The published types take the CommonJS module for its default export.
  const elk = new (ElkConstructor.default ?? ElkConstructor)();
  const seeds = Array.from({ length: attempts }, (_, attempt) => String(attempt + 1));
  const layouts = await Promise.all(
    seeds.map((seed) =>
      elk.layout(structuredClone(graph), { layoutOptions: { ...layoutOptions, 'elk.randomSeed': seed } }),
    ),
  );
  const [best] = layouts.toSorted((a, b) => untidiness(a) - untidiness(b));
  if (!best) throw new Error('There is no layout to choose from.');
  return best;
}

/** Narrow graphs with short edges are easy to read. */
function untidiness({ width = 0, edges = [] }: ElkNode): number {
  const lengths = edges.map((edge) => {
    const points = pointsOf([edge], edge.id);
    return points.reduce((sum, { x, y }, index) => {
      const before = points[index - 1] ?? { x, y };
      return sum + Math.abs(x - before.x) + Math.abs(y - before.y);
    }, 0);
  });
  return 2 * width + lengths.reduce((sum, length) => sum + length, 0);
}

interface UnplacedEdge extends Omit<GraphEdge, 'points' | 'text'> {
  /** Of the label. */
  readonly lines: readonly string[];
}

/** One edge for all transitions from one state to another. */
function mergedEdges(transitions: readonly Transition[]): UnplacedEdge[] {
  const groups = Map.groupBy(transitions, edgeId).values();
  return [...groups].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const labels = group.flatMap(({ label }) => label ?? []);
    const rules = group.flatMap(({ kind, label = '' }) => (kind === 'choice' || kind === 'default' ? [label] : []));
    const isCatch = group.every(({ kind }) => kind === 'catch');
    return [{ from: first.from, to: first.to, isCatch, labels, lines: linesOf(rules) }];
  });
}

/** Regular transitions before those of a Catch, so that the regular way through is laid out first. */
function inDepthFirstOrder({ StartAt }: Definition, edges: readonly UnplacedEdge[]): string[] {
  const names = new Set<string>();
  const visit = (name: string) => {
    if (names.has(name)) return;
    names.add(name);
    const leaving = edges.filter(({ from }) => from === name);
    for (const { to } of leaving.toSorted((a, b) => Number(a.isCatch) - Number(b.isCatch))) visit(to);
  };
  visit(StartAt);
  return [...names];
}

function elkEdge(edge: UnplacedEdge): ElkExtendedEdge {
  const priority = edge.isCatch ? '0' : '5';
  return {
    id: edgeId(edge),
    labels: edge.lines.length === 0 ? [] : [labelOf(edge.lines)],
    sources: [edge.from],
    targets: [edge.to],
    layoutOptions: {
      'elk.layered.priority.direction': priority,
      'elk.layered.priority.straightness': priority,
      'elk.layered.priority.shortness': priority,
    },
  };
}

/** Of a Choice's rules; `otherwise` alone says no more than that it is the rest. */
function linesOf(rules: readonly string[]): string[] {
  const isRest = rules.every((rule) => rule === 'otherwise');
  return isRest ? [] : wrapped(rules.join('; or '));
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= textSize.charactersPerLine) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function labelOf(lines: readonly string[]) {
  const width = Math.max(...lines.map(({ length }) => length)) * textSize.characterWidth;
  return { text: lines.join(' '), width, height: lines.length * textSize.lineHeight };
}

function placeOf(
  edges: readonly ElkExtendedEdge[] | undefined,
  edge: UnplacedEdge,
): Pick<GraphEdge, 'points' | 'text'> {
  const points = pointsOf(edges, edgeId(edge));
  const label = edges?.find(({ id }) => id === edgeId(edge))?.labels?.[0];
  if (!label) return { points };
  const { x = 0, y = 0, width = 0, height = 0 } = label;
  return { points, text: { x, y, width, height, lines: edge.lines } };
}

function edgeId({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from}→${to}`;
}

function graphNode({ id, x = 0, y = 0, width = 0, height = 0 }: ElkNode, definition: JsonObject): GraphNode {
  const kind = id === startName ? 'start' : 'state';
  return { name: id, x, y, width, height, kind, what: kind === 'start' ? '' : whatItIs(definition), definition };
}

function whatItIs({ Type, Resource }: JsonObject): string {
  const action = /:states:::(\w+):(\w+)/.exec(String(Resource));
  if (action?.[1] === 'dynamodb') return `DynamoDB ${capitalized(action[2] ?? '')}`;
  if (action) return `${action[1]} ${action[2]}`;
  return Type === 'Task' ? 'Lambda function' : String(Type);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function pointsOf(edges: readonly ElkExtendedEdge[] | undefined, id: string): Point[] {
  const section = edges?.find((edge) => edge.id === id)?.sections?.[0];
  if (!section) throw new Error(`The layout has no edge ${id}.`);
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({ x, y }));
}

/** The definition's states have to be objects with a Type; what leads on is read by `transitionsOf`. */
function parseDefinition(json: JsonObject): Definition {
  const text = JSON.stringify(json);
  const states = Object.entries(objectAt(json, 'States'));
  const wrong = states.find(([, state]) => !isJsonObject(state) || typeof state.Type !== 'string');
  if (wrong) throw new Error(`The state ${wrong[0]} has no Type.`);
  const definition: Definition = JSON.parse(text);
  return definition;
}
