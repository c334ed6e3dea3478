import type { RunModel, StateStatus, StateSummary } from '../shared/run-model.ts';
import type { GraphEdge, GraphNode, Point, WorkflowGraph } from '../shared/workflow-graph.ts';
import { byId, set, setText, svg } from './dom.ts';
import type { Selection, View } from './view.ts';

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

/** The execution graph: what each state's status is, how often it was visited, and which way was taken. */
export class GraphView implements View {
  readonly #container = byId('graph', HTMLElement);
  readonly #nodes: readonly NodeView[];
  readonly #edges: readonly { readonly edge: GraphEdge; readonly path: SVGPathElement }[];
  #followed = '';
  selected: string | undefined;

  constructor(graph: WorkflowGraph, onSelect: (state: string) => void) {
    const { width, height } = graph;
    const states = graph.nodes.filter(({ kind }) => kind === 'state');
    this.#nodes = states.map((node) => new NodeView(node, () => this.#select(node.name, onSelect)));
    this.#edges = graph.edges.map((edge) => ({ edge, path: edgePath(edge) }));
    const viewBox = [-margin, -margin, width + 2 * margin, height + 2 * margin].join(' ');
    const drawing = svg(
      'svg',
      { viewBox, role: 'group', 'aria-label': 'States of the workflow' },
      arrowHeads(),
      ...this.#edges.map(({ path }) => path),
      ...graph.nodes.filter(({ kind }) => kind === 'start').map(startNode),
      ...this.#nodes.map(({ element }) => element),
    );
    drawing.style.aspectRatio = `${width + 2 * margin} / ${height + 2 * margin}`;
    set(this.#container, { tabindex: 0 });
    this.#container.append(drawing);
  }

  render(model: RunModel, { execution }: Selection): void {
    for (const node of this.#nodes) {
      node.render(model.stateSummary(node.name, execution), node.name === this.selected);
    }
    for (const { edge, path } of this.#edges) {
      const isTaken =
        model.isTaken(edge.from, edge.to, execution) || (edge.from === 'Start' && model.executions.size > 0);
      set(path, {
        'data-taken': isTaken ? '' : undefined,
        'marker-end': isTaken ? 'url(#arrow-taken)' : 'url(#arrow)',
      });
    }
    this.#follow(model, execution);
  }

  #select(state: string, onSelect: (state: string) => void): void {
    this.selected = state;
    onSelect(state);
  }

  /** Where the graph is wider than its place, the state that is in progress is kept in sight. */
  #follow(model: RunModel, execution: string | undefined): void {
    const [current] = model.currentStates(execution);
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

  render(summary: StateSummary, isSelected: boolean): void {
    const { status, visits, inProgress } = summary;
    set(this.element, { 'data-status': status });
    set(this.#button, {
      'aria-pressed': String(isSelected),
      'aria-label': labelOf(this.name, this.#what, summary),
    });
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

function labelOf(name: string, what: string, { status, visits, retries, inProgress }: StateSummary): string {
  const visited = visits > 0 ? `, ${visits} ${visits === 1 ? 'visit' : 'visits'}` : '';
  const retried = retries > 0 ? `, ${retries} ${retries === 1 ? 'retry' : 'retries'}` : '';
  return `${name}, ${what}: ${status}${inProgress > 1 ? ` in ${inProgress} executions` : ''}${visited}${retried}`;
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
