import type { HistoryRow } from '../../shared/run-model.ts';
import { byId, download, html, jsonBlock, seconds, setText, shortId } from '../dom.ts';
import type { Snapshot, Store } from '../store.ts';
import { VirtualRows } from '../virtual-rows.ts';

const columns = ['Time', 'Type', 'State', 'Instance', 'Id'] as const;
const kinds: Readonly<Record<string, (type: string) => boolean>> = {
  'All events': () => true,
  'States entered': (type) => type.endsWith('StateEntered'),
  'Errors and retries': (type) => /(Failed|Caught|Retried|TimedOut|Aborted)$/.test(type),
};

/** The executions' events in the order of their times. Choosing one selects the visit that it belongs to. */
export class HistoryView {
  readonly #store: Store;
  readonly #detail = byId('history-detail', HTMLElement);
  readonly #kind = byId('history-kind', HTMLSelectElement);
  readonly #filter = byId('history-filter', HTMLInputElement);
  readonly #rows: VirtualRows<HistoryRow>;
  #passing: readonly HistoryRow[] = [];
  #selected: HistoryRow | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#kind.append(...Object.keys(kinds).map((kind) => html('option', { value: kind }, kind)));
    const heads = columns.map((column) => html('span', { role: 'columnheader' }, column));
    this.#rows = new VirtualRows<HistoryRow>({
      grid: byId('history-grid', HTMLElement),
      label: 'Event history',
      rowHeight: 26,
      head: html('div', { class: 'row-cells', role: 'row', 'aria-rowindex': 1 }, ...heads),
      keyOf,
      draw: cells,
      attributesOf: ({ event }) => ({ 'data-tone': toneOf(event.type) }),
      emptyText: () =>
        store.snapshot.model.history.length > 0 ? 'No event passes the filter.' : 'Events appear here as they happen.',
      onSelect: (row) => this.#select(row),
      onHover: (row) =>
        store.hover(row ? { instanceId: row.instanceId, execution: row.execution, atSeconds: row.atSeconds } : {}),
    });
    for (const control of [this.#kind, this.#filter])
      control.addEventListener('input', () => this.#show(store.snapshot));
    byId('history-export', HTMLButtonElement).addEventListener('click', () => this.#export());
    this.#showDetail();
    store.subscribe(
      ({ model, selection }) => [model.id, model.history.length, selection.execution],
      (snapshot) => this.#show(snapshot),
    );
    store.subscribe(
      ({ hover }) => [hover.execution, hover.atSeconds],
      (snapshot) => this.#pointAt(snapshot),
    );
  }

  #show({ model, selection, hover }: Snapshot): void {
    if (this.#selected && !model.executions.has(this.#selected.execution)) this.#select(undefined);
    const wasAtEnd = this.#rows.isScrolledToEnd;
    const { history } = model;
    const kind = kinds[this.#kind.value] ?? (() => true);
    const text = this.#filter.value.trim().toLowerCase();
    this.#passing = history.filter(
      (row) =>
        (selection.execution === undefined || row.execution === selection.execution) &&
        kind(row.event.type) &&
        (text === '' || textOf(row).includes(text)),
    );
    this.#rows.show(this.#passing, this.#selected && keyOf(this.#selected), this.#pointedAt(hover));
    if (wasAtEnd && this.#selected === undefined) this.#rows.scrollToEnd();
    const all = history.length;
    const count = this.#passing.length === all ? `${all}` : `${this.#passing.length} of ${all}`;
    setText(byId('history-count', HTMLElement), count);
  }

  #pointAt({ hover }: Snapshot): void {
    this.#rows.show(this.#passing, this.#selected && keyOf(this.#selected), this.#pointedAt(hover));
  }

  /** The last event of the execution up to the time that is pointed at. */
  #pointedAt({ execution, atSeconds }: Snapshot['hover']): string | undefined {
    if (execution === undefined || atSeconds === undefined) return undefined;
    const row = this.#passing.findLast((one) => one.execution === execution && one.atSeconds <= atSeconds);
    return row && keyOf(row);
  }

  #select(row: HistoryRow | undefined): void {
    this.#selected = row;
    this.#showDetail();
    if (row) this.#selectVisit(row);
    this.#show(this.#store.snapshot);
  }

  #selectVisit({ execution, event, atSeconds }: HistoryRow): void {
    const visits = this.#store.snapshot.latest.executions.get(execution)?.visits.get(event.state ?? '') ?? [];
    const visit = visits.findLastIndex(({ enteredAtSeconds }) => enteredAtSeconds <= atSeconds);
    if (event.state !== undefined && visit >= 0) this.#store.showVisit({ execution, state: event.state, visit });
  }

  #showDetail(): void {
    if (!this.#selected) {
      this.#detail.replaceChildren(html('p', { class: 'hint' }, 'Choose an event to see its details.'));
      return;
    }
    const { execution, instanceId, event } = this.#selected;
    this.#detail.replaceChildren(jsonBlock({ execution, instanceId, ...event }, 'Event, JSON'));
  }

  /** What passes the filter. */
  #export(): void {
    const events = this.#passing.map(({ execution, instanceId, atSeconds, event }) => {
      return { execution, instanceId, secondsSinceNotice: atSeconds, ...event };
    });
    const name = this.#store.snapshot.latest.settings?.scenario ?? 'run';
    download(`${name}-history.json`, `${JSON.stringify(events, null, 2)}\n`);
  }
}

function keyOf({ execution, event }: HistoryRow): string {
  return `${execution}-${event.id}`;
}

function cells({ event, atSeconds, instanceId }: HistoryRow): HTMLElement[] {
  const texts = [seconds(atSeconds), event.type, event.state ?? '', shortId(instanceId), String(event.id)];
  return texts.map((text) => html('span', { role: 'gridcell' }, text));
}

function textOf({ event, instanceId }: HistoryRow): string {
  return [event.type, event.state, event.error, instanceId].join(' ').toLowerCase();
}

function toneOf(type: string): string | undefined {
  if (/(ExecutionFailed|ExecutionTimedOut|ExecutionAborted|FailFailed)$/.test(type)) return 'failed';
  if (/(Failed|Caught|Retried)$/.test(type)) return 'caught';
  return type === 'ExecutionSucceeded' ? 'succeeded' : undefined;
}
