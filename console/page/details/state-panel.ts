import { causeMessage } from '../../../simulator/aws/step-functions/cause.ts';
import { type StateVisit, type VisitError, worstOf } from '../../shared/execution-model.ts';
import type { ExecutionVisit, RunModel } from '../../shared/run-model.ts';
import type { GraphNode, WorkflowGraph } from '../../shared/workflow-graph.ts';
import { byId, html, jsonBlock, seconds } from '../dom.ts';
import type { Selection, Snapshot, Store } from '../store.ts';
import { type Difference, differences } from './json-difference.ts';

/** The most visits that are offered one by one. */
const mostOptions = 400;

/** A state: what it was given, what it added, what went wrong, visit by visit; and its definition. */
export class StatePanel {
  readonly #store: Store;
  readonly #panel = byId('panel-state', HTMLElement);
  readonly #graph: WorkflowGraph;
  #shown = '';

  constructor(store: Store, graph: WorkflowGraph) {
    this.#store = store;
    this.#graph = graph;
    store.subscribe(
      ({ model, selection }) => [model.version, model.id, selection],
      (snapshot) => this.#show(snapshot),
    );
  }

  #show({ model, selection }: Snapshot): void {
    const node = this.#graph.nodes.find(({ name }) => name === selection.state);
    const visits = node ? model.visits(node.name, selection.execution) : [];
    const selected = selectedVisit(visits, selection);
    const shown = JSON.stringify([
      model.id,
      node?.name,
      visits.length,
      selected?.execution.name,
      selected?.index,
      selected?.status,
      selected?.visit.errors.length,
      selected?.visit.failedCalls.length,
      selected?.visit.retries,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#panel.replaceChildren(...this.#content(model, node, visits, selected));
  }

  #content(
    model: RunModel,
    node: GraphNode | undefined,
    visits: readonly ExecutionVisit[],
    selected: ExecutionVisit | undefined,
  ): HTMLElement[] {
    if (!node) return [html('p', { class: 'hint' }, 'Choose a state of the graph, or an event of the history.')];
    const status = selected?.status ?? 'not entered';
    const head = html(
      'div',
      { class: 'state-head' },
      html('h3', {}, node.name, ' ', html('small', {}, node.what)),
      html('span', { class: 'chip', 'data-status': status }, status),
    );
    return [
      head,
      ...(selected ? [this.#visitPicker(visits, selected), ...visitDetails(model, selected.visit)] : []),
      folded('Definition', jsonBlock(node.definition, 'Definition, JSON'), selected === undefined),
    ];
  }

  #visitPicker(visits: readonly ExecutionVisit[], selected: ExecutionVisit): HTMLElement {
    const position = visits.indexOf(selected);
    const show = (to: number) => {
      const visit = visits[to];
      if (visit)
        this.#store.showVisit({ execution: visit.execution.name, state: visit.visit.state, visit: visit.index });
    };
    const button = (text: string, label: string, to: number) => {
      const disabled = visits[to] ? undefined : '';
      const element = html('button', { type: 'button', 'aria-label': label, disabled }, text);
      element.addEventListener('click', () => show(to));
      return element;
    };
    const options = visits.slice(0, mostOptions).map(({ execution, index, visit, status }, number) => {
      const text = `${execution.instanceId} · visit ${index + 1} · ${seconds(visit.enteredAtSeconds)} · ${status}`;
      return html('option', { value: number, selected: number === position ? '' : undefined }, text);
    });
    const select = html('select', { 'aria-label': 'Visit' }, ...options);
    select.addEventListener('change', () => show(Number(select.value)));
    return html(
      'div',
      { class: 'visit-line' },
      select,
      html(
        'span',
        {},
        button('‹', 'Earlier visit', position - 1),
        ` visit ${position + 1} of ${visits.length} `,
        button('›', 'Later visit', position + 1),
      ),
    );
  }
}

/** The one that was chosen, else the one that went worst. */
function selectedVisit(
  visits: readonly ExecutionVisit[],
  { visit, visitOf }: Pick<Selection, 'visit' | 'visitOf'>,
): ExecutionVisit | undefined {
  return visits.find((one) => one.execution.name === visitOf && one.index === visit) ?? worstOf(visits);
}

function visitDetails({ started }: RunModel, visit: StateVisit): HTMLElement[] {
  const { enteredAtSeconds, exitedAtSeconds, retries, errors, failedCalls, input, output } = visit;
  const took = exitedAtSeconds === undefined ? '' : `, took ${seconds(exitedAtSeconds - enteredAtSeconds)}`;
  const counts = [counted(retries, 'retry', 'retries'), counted(failedCalls.length, 'failed call', 'failed calls')];
  const text = [`Entered at ${seconds(enteredAtSeconds)}${took}`, ...counts.filter(Boolean)].join(', ');
  return [
    html('p', { class: 'hint' }, started ? text : ''),
    ...errors.map(({ atSeconds, error, cause }) => errorLine(atSeconds, error, causeMessage(cause))),
    ...callLines(failedCalls),
    ...(output === undefined ? [] : [folded('What it added', differenceList(differences(input, output)), true)]),
    ...(input === undefined ? [] : [folded('Input', jsonBlock(input, 'Input, JSON'), false)]),
    ...(output === undefined ? [] : [folded('Output', jsonBlock(output, 'Output, JSON'), false)]),
  ];
}

function errorLine(atSeconds: number, error: string, message: string): HTMLElement {
  return html('p', { class: 'violation' }, html('b', {}, `${seconds(atSeconds)} ${error}`), ` ${message}`);
}

/** Calls that failed within the function. */
function callLines(failedCalls: readonly VisitError[]): HTMLElement[] {
  return failedCalls.map(({ atSeconds, error, cause }) =>
    html(
      'p',
      { class: 'why' },
      html('b', {}, `${seconds(atSeconds)} ${error}`),
      `: ${cause}; repeated by the function while it can`,
    ),
  );
}

function differenceList(found: readonly Difference[]): HTMLElement {
  if (found.length === 0) return html('p', { class: 'hint' }, 'Nothing: the output is the input.');
  return html('ul', { class: 'differences' }, ...found.map(differenceItem));
}

function differenceItem({ path, before, after }: Difference): HTMLElement {
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const sign = { added: '+', removed: '−', changed: '~' }[kind];
  const value = after === undefined ? '' : JSON.stringify(after);
  return html(
    'li',
    { 'data-difference': kind },
    html('span', { class: 'sign', 'aria-label': kind, role: 'img' }, sign),
    html('b', {}, path === '' ? 'everything' : path),
    html('code', {}, value),
    ...(kind === 'changed' ? [html('code', { class: 'before' }, `was ${JSON.stringify(before)}`)] : []),
  );
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
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
