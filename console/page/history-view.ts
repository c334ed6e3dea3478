import type { HistoryRow, RunModel } from '../shared/run-model.ts';
import { byId, download, html, jsonBlock, seconds, set, setText } from './dom.ts';
import type { Selection, View } from './view.ts';

const rowHeight = 28;
const headHeight = 30;
const columns = ['#', 'Time', 'Type', 'State', 'Instance'] as const;
const kinds: Readonly<Record<string, (type: string) => boolean>> = {
  'All events': () => true,
  'States entered': (type) => type.endsWith('StateEntered'),
  'Errors and retries': (type) => /(Failed|Caught|Retried|TimedOut|Aborted)$/.test(type),
};

/** The executions' events. Only the rows in sight are in the document, so that thousands cost no more than a dozen. */
export class HistoryView implements View {
  readonly #grid = byId('history-grid', HTMLElement);
  readonly #detail = byId('history-detail', HTMLElement);
  readonly #kind = byId('history-kind', HTMLSelectElement);
  readonly #filter = byId('history-filter', HTMLInputElement);
  readonly #body = html('div', { class: 'history-rows', role: 'rowgroup' });
  #model: RunModel | undefined;
  #execution: string | undefined;
  /** The rows that pass the filter, as indices into the model's history, and how much of it was filtered. */
  #rows: number[] = [];
  #filtered = 0;
  #filteredBy = '';
  #selected: number | undefined;
  #drawn = '';

  constructor() {
    this.#kind.append(...Object.keys(kinds).map((kind) => html('option', { value: kind }, kind)));
    set(this.#grid, { role: 'grid', tabindex: 0, 'aria-label': 'Event history' });
    const heads = columns.map((column) => html('span', { role: 'columnheader' }, column));
    const head = html('div', { class: 'history-head', role: 'row', 'aria-rowindex': 1 }, ...heads);
    this.#grid.append(html('div', { role: 'rowgroup', class: 'history-heads' }, head), this.#body);
    for (const control of [this.#kind, this.#filter]) control.addEventListener('input', () => this.#redraw());
    this.#grid.addEventListener('scroll', () => this.#draw());
    this.#grid.addEventListener('keydown', (event) => this.#move(event));
    this.#grid.addEventListener('click', (event) => this.#pick(event));
    byId('history-export', HTMLButtonElement).addEventListener('click', () => this.#export());
    this.#showDetail();
  }

  render(model: RunModel, { execution }: Selection): void {
    if (model !== this.#model) this.#select(undefined);
    this.#model = model;
    this.#execution = execution;
    const wasAtEnd = this.#grid.scrollTop + this.#grid.clientHeight >= this.#grid.scrollHeight - rowHeight;
    this.#filterNew();
    if (wasAtEnd && this.#selected === undefined) this.#grid.scrollTop = this.#grid.scrollHeight;
    this.#draw();
  }

  #redraw(): void {
    if (this.#model) this.render(this.#model, { execution: this.#execution });
  }

  /** Filters what came since, or everything where the filter has changed. */
  #filterNew(): void {
    const history = this.#model?.history ?? [];
    const filteredBy = JSON.stringify([this.#model?.id, this.#kind.value, this.#filter.value, this.#execution]);
    if (filteredBy !== this.#filteredBy || this.#filtered > history.length) {
      this.#filteredBy = filteredBy;
      this.#rows = [];
      this.#filtered = 0;
    }
    for (; this.#filtered < history.length; this.#filtered += 1) {
      const row = history[this.#filtered];
      if (row && this.#passes(row)) this.#rows.push(this.#filtered);
    }
    this.#body.style.height = `${this.#rows.length * rowHeight}px`;
    set(this.#grid, { 'aria-rowcount': this.#rows.length + 1 });
    const all = history.length;
    setText(
      byId('history-count', HTMLElement),
      this.#rows.length === all ? `${all}` : `${this.#rows.length} of ${all}`,
    );
  }

  #passes({ execution, instanceId, event }: HistoryRow): boolean {
    if (this.#execution !== undefined && execution !== this.#execution) return false;
    if (!kinds[this.#kind.value]?.(event.type)) return false;
    const text = [event.type, event.state, event.error, instanceId].join(' ').toLowerCase();
    return text.includes(this.#filter.value.trim().toLowerCase());
  }

  #draw(): void {
    const first = Math.max(0, Math.floor(this.#grid.scrollTop / rowHeight) - 2);
    const count = Math.ceil(this.#grid.clientHeight / rowHeight) + 4;
    const visible = this.#rows.slice(first, first + count);
    const drawn = JSON.stringify([this.#filteredBy, first, visible, this.#selected]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#body.replaceChildren(
      ...(this.#rows.length === 0 ? [html('p', { class: 'hint' }, this.#emptyText())] : []),
      ...visible.map((index, offset) => this.#row(index, first + offset)),
    );
    const active = this.#selected !== undefined && visible.includes(this.#selected);
    set(this.#grid, { 'aria-activedescendant': active ? `event-${this.#selected}` : undefined });
  }

  #emptyText(): string {
    return this.#model?.history.length ? 'No event passes the filter.' : 'Events appear here as they happen.';
  }

  #row(index: number, position: number): HTMLElement {
    const row = this.#model?.history[index];
    if (!row) throw new RangeError(`There is no event ${index}.`);
    const { event, atSeconds, instanceId } = row;
    const cells = [String(event.id), `+${seconds(atSeconds)}`, event.type, event.state ?? '', instanceId];
    const element = html(
      'div',
      {
        id: `event-${index}`,
        class: 'history-row',
        role: 'row',
        'aria-rowindex': position + 2,
        'aria-selected': String(index === this.#selected),
        'data-index': index,
        'data-tone': toneOf(event.type),
      },
      ...cells.map((cell) => html('span', { role: 'gridcell' }, cell)),
    );
    element.style.transform = `translateY(${position * rowHeight}px)`;
    return element;
  }

  #pick({ target }: MouseEvent): void {
    const row = target instanceof Element ? target.closest('.history-row') : null;
    if (row instanceof HTMLElement) this.#select(Number(row.dataset.index));
  }

  #move(event: KeyboardEvent): void {
    const page = Math.floor((this.#grid.clientHeight - headHeight) / rowHeight);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const step = steps[event.key];
    if (step === undefined || this.#rows.length === 0) return;
    event.preventDefault();
    const from = this.#selected === undefined ? -1 : this.#rows.indexOf(this.#selected);
    const to = Math.max(0, Math.min(this.#rows.length - 1, from + step));
    this.#scrollTo(to);
    this.#select(this.#rows[to]);
  }

  #scrollTo(position: number): void {
    const top = position * rowHeight;
    const height = this.#grid.clientHeight - headHeight;
    if (top < this.#grid.scrollTop) this.#grid.scrollTop = top;
    else if (top + rowHeight > this.#grid.scrollTop + height) this.#grid.scrollTop = top + rowHeight - height;
  }

  #select(index: number | undefined): void {
    if (index === this.#selected) return;
    this.#selected = index;
    this.#showDetail();
    this.#draw();
  }

  #showDetail(): void {
    const row = this.#selected === undefined ? undefined : this.#model?.history[this.#selected];
    if (!row) {
      this.#detail.replaceChildren(html('p', { class: 'hint' }, 'Choose an event to see its details.'));
      return;
    }
    const { execution, instanceId, event } = row;
    this.#detail.replaceChildren(jsonBlock({ execution, instanceId, ...event }, 'Event, JSON'));
  }

  /** What passes the filter. */
  #export(): void {
    const events = this.#rows.flatMap((index) => {
      const row = this.#model?.history[index];
      return row
        ? [{ execution: row.execution, instanceId: row.instanceId, secondsSinceNotice: row.atSeconds, ...row.event }]
        : [];
    });
    const name = this.#model?.settings?.scenario ?? 'run';
    download(`${name}-history.json`, `${JSON.stringify(events, null, 2)}\n`);
  }
}

function toneOf(type: string): string | undefined {
  if (/(ExecutionFailed|ExecutionTimedOut|ExecutionAborted|FailFailed)$/.test(type)) return 'failed';
  if (/(Failed|Caught|Retried)$/.test(type)) return 'caught';
  return type === 'ExecutionSucceeded' ? 'succeeded' : undefined;
}
