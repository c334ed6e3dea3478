import { causeMessage } from '../../simulator/aws/step-functions/cause.ts';
import type { ExecutionModel, RunModel, StateVisit } from '../shared/run-model.ts';
import type { WorkflowGraph } from '../shared/workflow-graph.ts';
import { byId, html, jsonBlock, seconds } from './dom.ts';
import type { Selection, View } from './view.ts';

/** A state: its definition, and what it was given, what it answered and what went wrong, visit by visit. */
export class StatePanel implements View {
  readonly #panel = byId('panel-state', HTMLElement);
  readonly #graph: WorkflowGraph;
  #shown = '';
  #state: string | undefined;
  /** Undefined: the latest. */
  #visit: number | undefined;
  #redraw = () => {};

  constructor(graph: WorkflowGraph) {
    this.#graph = graph;
  }

  show(state: string): void {
    this.#state = state;
    this.#visit = undefined;
  }

  render(model: RunModel, selection: Selection): void {
    const execution = executionOf(model, this.#state, selection.execution);
    const visits = (this.#state === undefined ? undefined : execution?.visits.get(this.#state)) ?? [];
    const number = Math.min(this.#visit ?? visits.length, visits.length);
    const visit = visits[number - 1];
    const shown = JSON.stringify([
      model.id,
      this.#state,
      execution?.name,
      number,
      visits.length,
      visit?.status,
      visit?.errors.length,
      visit?.retries,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#redraw = () => this.render(model, selection);
    this.#panel.replaceChildren(...this.#content(execution, visits, number));
  }

  #content(execution: ExecutionModel | undefined, visits: readonly StateVisit[], number: number): HTMLElement[] {
    const node = this.#graph.nodes.find(({ name }) => name === this.#state);
    if (!node) return [html('p', { class: 'hint' }, 'Choose a state of the graph.')];
    const visit = visits[number - 1];
    const status = visit?.status ?? 'not entered';
    const head = html(
      'div',
      { class: 'state-head' },
      html('h3', {}, node.name, ' ', html('small', {}, node.what)),
      html('span', { class: 'chip', 'data-status': status }, status),
    );
    return [
      head,
      ...(execution && visit ? [this.#visitLine(execution, visits.length, number)] : []),
      ...(visit ? visitDetails(visit) : []),
      folded('Definition', jsonBlock(node.definition, 'Definition, JSON'), visit === undefined),
    ];
  }

  #visitLine({ instanceId }: ExecutionModel, visits: number, number: number): HTMLElement {
    const button = (text: string, label: string, to: number) => {
      const disabled = to < 1 || to > visits ? '' : undefined;
      const element = html('button', { type: 'button', 'aria-label': label, disabled }, text);
      element.addEventListener('click', () => {
        this.#visit = to === visits ? undefined : to;
        this.#redraw();
      });
      return element;
    };
    return html(
      'div',
      { class: 'visit-line' },
      html('span', {}, instanceId),
      html(
        'span',
        {},
        button('‹', 'Earlier visit', number - 1),
        ` visit ${number} of ${visits} `,
        button('›', 'Later visit', number + 1),
      ),
    );
  }
}

/** The one that is looked at; of all, the one that came last to the state. */
function executionOf(
  model: RunModel,
  state: string | undefined,
  execution: string | undefined,
): ExecutionModel | undefined {
  if (execution !== undefined) return model.executions.get(execution);
  if (state === undefined) return undefined;
  const enteredAt = (one: ExecutionModel) => one.visits.get(state)?.at(-1)?.enteredAtSeconds ?? -1;
  const visited = [...model.executions.values()].filter((one) => enteredAt(one) >= 0);
  return visited.toSorted((a, b) => enteredAt(b) - enteredAt(a))[0];
}

function visitDetails(visit: StateVisit): HTMLElement[] {
  const { enteredAtSeconds, exitedAtSeconds, retries, errors, input, output } = visit;
  const took = exitedAtSeconds === undefined ? '' : `, took ${seconds(exitedAtSeconds - enteredAtSeconds)}`;
  const retried = retries === 0 ? ', no retries' : `, ${retries} ${retries === 1 ? 'retry' : 'retries'}`;
  return [
    html('p', { class: 'hint' }, `Entered +${seconds(enteredAtSeconds)}${took}${retried}`),
    ...errors.map(({ atSeconds, error, cause }) =>
      html('p', { class: 'violation' }, html('b', {}, `+${seconds(atSeconds)} ${error}`), ` ${causeMessage(cause)}`),
    ),
    ...(input === undefined ? [] : [folded('Input', jsonBlock(input, 'Input, JSON'), false)]),
    ...(output === undefined ? [] : [folded('Output', jsonBlock(output, 'Output, JSON'), true)]),
  ];
}

/** Stays open or closed as it was left, from one state to the next. */
function folded(title: string, content: HTMLElement, isOpenAtFirst: boolean): HTMLElement {
  const isOpen = leftOpen.get(title) ?? isOpenAtFirst;
  const summary = html('summary', {}, title);
  const details = html('details', { open: isOpen ? '' : undefined }, summary, content);
  summary.addEventListener('click', () => leftOpen.set(title, !details.open));
  return details;
}

const leftOpen = new Map<string, boolean>();
