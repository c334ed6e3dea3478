import type { StateStatus } from '../../shared/execution-model.ts';
import type { RunModel, StateSummary } from '../../shared/run-model.ts';
import { stateAt } from '../../shared/state-at.ts';
import type { EdgeText, GraphEdge, GraphNode, Point, WorkflowGraph } from '../../shared/workflow-graph.ts';
import { byId, set, setText, svg } from '../dom.ts';
import type { Snapshot, Store } from '../store.ts';
import { GraphZoom } from './graph-zoom.ts';

const margin = 12;
const cornerRadius = 6;
/** Drawn in a circle of radius 8 around the origin. */
const icons: Record<StateStatus, string> = {
  'not entered': '',
  'in progress': 'M0,-3.5 V0 L2.5,2',
  succeeded: 'M-3.5,0 L-1,2.5 L3.5,-2.5',
  caught: 'M0,-4 V1 M0,3.2 V3.8',
  failed: 'M-2.8,-2.8 L2.8,2.8 M2.8,-2.8 L-2.8,2.8',
  stopped: 'M-3,0 H3',
};

/** The execution graph: what went worst in each state, how often it was visited, and which way was taken, and why. */
export class GraphView {
  readonly #container = byId('graph', HTMLElement);
  readonly #nodes: readonly NodeView[];
  readonly #edges: readonly EdgeView[];
  #followed = '';

  constructor(store: Store, graph: WorkflowGraph, onSelect: (state: string) => void) {
    const states = graph.nodes.filter(({ kind }) => kind === 'state');
    this.#nodes = states.map((node) => new NodeView(node, () => onSelect(node.name)));
    this.#edges = graph.edges.map((edge) => new EdgeView(edge));
    const width = graph.width + 2 * margin;
    const height = graph.height + 2 * margin;
    const drawing = svg(
      'svg',
      { viewBox: [-margin, -margin, width, height].join(' '), role: 'group', 'aria-label': 'States of the workflow' },
      arrowHeads(),
      ...this.#edges.map(({ path }) => path),
      ...graph.nodes.filter(({ kind }) => kind === 'start').map(startNode),
      ...this.#nodes.map(({ element }) => element),
      ...this.#edges.flatMap(({ label }) => label ?? []),
    );
    set(this.#container, { tabindex: 0 });
    this.#container.append(drawing);
    new GraphZoom(this.#container, drawing, { width, height });
    store.subscribe(
      ({ model, selection }) => [model.id, model.version, selection.execution, selection.state],
      (snapshot) => this.#show(snapshot),
    );
    store.subscribe(
      ({ hover }) => [hover.execution, hover.atSeconds],
      (snapshot) => this.#pointAt(snapshot),
    );
  }

  #show({ model, selection: { execution, state } }: Snapshot): void {
    for (const node of this.#nodes) node.show(model.stateSummary(node.name, execution), node.name === state);
    for (const edge of this.#edges) edge.show(edge.isTaken(model, execution));
    this.#follow(model, execution);
  }

  /** The state in which the execution that is pointed at is, or was at the time that is pointed at. */
  #pointAt({ model, atSeconds, hover }: Snapshot): void {
    const execution = model.executions.get(hover.execution ?? '');
    const state = execution && stateAt(execution, hover.atSeconds ?? atSeconds);
    for (const node of this.#nodes) node.point(node.name === state);
  }

  /** Where the graph is larger than its place, the state that is in progress is kept in sight. */
  #follow(model: RunModel, execution: string | undefined): void {
    const current = model.selected(execution).find(({ status }) => status === 'running')?.current;
    if (current === undefined || current === this.#followed) return;
    this.#followed = current;
    if (this.#container.scrollWidth <= this.#container.clientWidth) return;
    const box = this.#nodes.find(({ name }) => name === current)?.element.getBoundingClientRect();
    const frame = this.#container.getBoundingClientRect();
    if (!box || (box.left >= frame.left && box.right <= frame.right)) return;
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
    this.#container.scrollBy({ left: box.left + box.width / 2 - frame.left - frame.width / 2, behavior });
  }
}

/** A transition, and on it, once it was taken, the rule by which. */
class EdgeView {
  readonly path: SVGPathElement;
  readonly label: SVGGElement | undefined;
  readonly #edge: GraphEdge;

  constructor(edge: GraphEdge) {
    this.#edge = edge;
    this.path = edgePath(edge);
    this.label = edge.text && edgeLabel(edge.text);
  }

  isTaken(model: RunModel, execution: string | undefined): boolean {
    const { from, to } = this.#edge;
    return from === 'Start' ? model.executions.size > 0 : model.isTaken(from, to, execution);
  }

  show(isTaken: boolean): void {
    set(this.path, {
      'data-taken': isTaken ? '' : undefined,
      'marker-end': isTaken ? 'url(#arrow-taken)' : 'url(#arrow)',
    });
    if (this.label) set(this.label, { 'data-taken': isTaken ? '' : undefined });
  }
}

class NodeView {
  readonly name: string;
  readonly element: SVGGElement;
  readonly #what: string;
  readonly #circle = svg('circle', { r: 8 });
  readonly #icon = svg('path', { class: 'icon' });
  readonly #count = svg('text', { class: 'count', 'text-anchor': 'middle', dy: '0.35em' });
  readonly #badge = svg('rect', { class: 'visits-badge', y: -9, height: 18, rx: 9 });
  readonly #visits = svg('text', { class: 'visits', 'text-anchor': 'middle', dy: '0.35em' });
  readonly #visitsBadge: SVGGElement;
  readonly #retriedBadge = svg('rect', { class: 'retried-badge', y: -8, height: 16, rx: 8 });
  readonly #retried = svg('text', { class: 'retried', 'text-anchor': 'middle', dy: '0.35em' });
  readonly #button: SVGGElement;

  constructor({ name, what, x, y, width, height, definition }: GraphNode, onSelect: () => void) {
    this.name = name;
    this.#what = what;
    const isEnd = definition.Type === 'Succeed' || definition.Type === 'Fail';
    const icon = { transform: `translate(15,${height / 2})` };
    this.#button = svg(
      'g',
      { class: 'state-button', tabindex: 0, role: 'button' },
      svg('rect', { class: 'halo', x: -4, y: -4, width: width + 8, height: height + 8, rx: isEnd ? 27 : 11 }),
      svg('rect', { class: 'box', width, height, rx: isEnd ? height / 2 : 8 }),
      svg('text', { class: 'name', x: 29, y: height / 2 - 4 }, name),
      ' ',
      svg('text', { class: 'what', x: 29, y: height / 2 + 11.5 }, what),
      svg('g', { class: 'status', ...icon }, this.#circle, this.#icon),
    );
    this.#visitsBadge = svg('g', { transform: `translate(${width - 10},-2)` }, this.#badge, this.#visits);
    // The button's label says these figures in words.
    const figures = svg(
      'g',
      { class: 'figures', 'aria-hidden': 'true' },
      svg('g', icon, this.#count),
      this.#visitsBadge,
      svg('g', { transform: `translate(${width - 16},${height})` }, this.#retriedBadge, this.#retried),
    );
    this.element = svg(
      'g',
      { class: 'node', 'data-state': name, transform: `translate(${x},${y})` },
      this.#button,
      figures,
    );
    this.element.addEventListener('click', onSelect);
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onSelect();
    });
  }

  point(isPointedAt: boolean): void {
    set(this.element, { 'data-hovered': isPointedAt ? '' : undefined });
  }

  show(summary: StateSummary, isSelected: boolean): void {
    const { status, visits, inProgress, retries, failedCalls } = summary;
    set(this.element, { 'data-status': status, 'data-active': inProgress > 0 ? '' : undefined });
    set(this.#button, {
      'aria-pressed': String(isSelected),
      'aria-label': labelOf(this.name, this.#what, summary),
    });
    // Repeated by the workflow, and by the function.
    const repeated = retries + failedCalls;
    const repeatedWidth = repeated > 0 ? 22 + 7 * String(repeated).length : 0;
    setText(this.#retried, repeated > 0 ? `↻ ${repeated}` : '');
    set(this.#retriedBadge, { x: -repeatedWidth / 2, width: repeatedWidth });
    const isShared = inProgress > 1;
    setText(this.#count, isShared ? String(inProgress) : '');
    set(this.#circle, { r: isShared ? 9 + String(inProgress).length * 1.5 : 8 });
    set(this.#icon, { d: isShared ? '' : icons[status] });
    const count = `×${visits}`;
    setText(this.#visits, count);
    const badgeWidth = 14 + 8 * count.length;
    set(this.#badge, { x: -badgeWidth / 2, width: badgeWidth });
    set(this.#visitsBadge, { display: visits > 1 ? undefined : 'none' });
  }
}

function labelOf(name: string, what: string, summary: StateSummary): string {
  const { status, visits, retries, failedCalls, inProgress } = summary;
  const visited = visits > 0 ? `, ${visits} ${visits === 1 ? 'visit' : 'visits'}` : '';
  const retried = retries > 0 ? `, ${retries} ${retries === 1 ? 'retry' : 'retries'}` : '';
  const failed = failedCalls > 0 ? `, ${failedCalls} failed ${failedCalls === 1 ? 'call' : 'calls'}` : '';
  const active = inProgress > 1 ? `, in progress in ${inProgress} executions` : '';
  return `${name}, ${what}: ${status}${active}${visited}${retried}${failed}`;
}

function startNode({ x, y, width, height }: GraphNode): SVGGElement {
  return svg(
    'g',
    { class: 'start', transform: `translate(${x},${y})` },
    svg('rect', { width, height, rx: height / 2 }),
    svg('text', { x: width / 2, y: height / 2, 'text-anchor': 'middle', dy: '0.35em' }, 'Start'),
  );
}

function edgePath({ points, isCatch, labels, from, to }: GraphEdge): SVGPathElement {
  const label = labels.length > 0 ? ` (${labels.join('; ')})` : '';
  const title = svg('title', {}, `${from} → ${to}${label}`);
  return svg('path', { class: isCatch ? 'edge catch' : 'edge', d: rounded(points) }, title);
}

function edgeLabel({ x, y, width, height, lines }: EdgeText): SVGGElement {
  const lineHeight = height / lines.length;
  const text = lines.map((line, index) =>
    svg('text', { x: width / 2, y: (index + 0.75) * lineHeight, 'text-anchor': 'middle' }, line),
  );
  return svg(
    'g',
    { class: 'edge-label', 'aria-hidden': 'true', transform: `translate(${x},${y})` },
    svg('rect', { x: -2, y: -1, width: width + 4, height: height + 2, rx: 3 }),
    ...text,
  );
}

/** A path with its corners rounded. */
function rounded(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (!first) return '';
  const steps = others.map((point, index) => {
    const before = points[index] ?? point;
    const after = others[index + 1];
    if (!after) return `L${point.x},${point.y}`;
    const into = towards(point, before);
    const out = towards(point, after);
    return `L${into.x},${into.y} Q${point.x},${point.y} ${out.x},${out.y}`;
  });
  return [`M${first.x},${first.y}`, ...steps].join(' ');
}

/** A point on the way from one to another, as far off as the corner is rounded. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(cornerRadius, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function arrowHeads(): SVGDefsElement {
  const head = (id: string) =>
    svg(
      'marker',
      {
        id,
        viewBox: '0 0 8 8',
        refX: 7,
        refY: 4,
        markerWidth: 7,
        markerHeight: 7,
        orient: 'auto',
        markerUnits: 'userSpaceOnUse',
      },
      svg('path', { d: 'M0,0.5 L7.5,4 L0,7.5 Z' }),
    );
  return svg('defs', {}, head('arrow'), head('arrow-taken'));
}
