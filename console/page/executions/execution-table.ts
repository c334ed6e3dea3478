import type { ExecutionModel } from '../../shared/execution-model.ts';
import type { RunModel } from '../../shared/run-model.ts';
import { executionReason } from '../../shared/status-sentence.ts';
import { byId, html, seconds, set, setText, shortId } from '../dom.ts';
import type { Snapshot, Store } from '../store.ts';
import { VirtualRows } from '../virtual-rows.ts';

/** An execution at the moment that is shown. */
interface Row {
  readonly name: string;
  readonly instanceId: string;
  readonly status: string;
  readonly state: string;
  readonly reason: string;
  readonly leftAtSeconds: number | undefined;
  readonly beforeReclaimSeconds: number | undefined;
  readonly raisedBy: number;
  readonly takenAlongBy: string;
}

interface Column {
  readonly title: string;
  /** What the rows are sorted by. Undefined comes last. */
  readonly valueOf: (row: Row) => string | number | undefined;
  readonly textOf: (row: Row) => string;
}

const columns: readonly Column[] = [
  { title: 'Instance', valueOf: ({ instanceId }) => instanceId, textOf: ({ instanceId }) => shortId(instanceId) },
  { title: 'State', valueOf: ({ state }) => state, textOf: ({ state }) => state },
  { title: 'Why', valueOf: ({ reason }) => reason, textOf: ({ reason }) => reason },
  { title: 'Left at', valueOf: ({ leftAtSeconds }) => leftAtSeconds, textOf: (row) => secondsText(row.leftAtSeconds) },
  {
    title: 'Before reclaim',
    valueOf: ({ beforeReclaimSeconds }) => beforeReclaimSeconds,
    textOf: (row) => secondsText(row.beforeReclaimSeconds),
  },
  {
    title: 'Raised',
    valueOf: ({ raisedBy }) => raisedBy,
    textOf: ({ raisedBy }) => (raisedBy > 0 ? `+${raisedBy}` : ''),
  },
  {
    title: 'Taken along by',
    valueOf: ({ takenAlongBy }) => takenAlongBy || undefined,
    textOf: ({ takenAlongBy }) => (takenAlongBy === '' ? '' : shortId(takenAlongBy)),
  },
];

const rowHeight = 26;
/** The most that are in sight. */
const mostRows = 8;

const kinds: Readonly<Record<string, (row: Row) => boolean>> = {
  'All executions': () => true,
  'Still waiting': ({ status, leftAtSeconds }) => status === 'running' && leftAtSeconds === undefined,
  Ended: ({ status }) => status !== 'running',
  Failed: ({ status }) => status === 'failed',
};

/** Every execution, to be sorted and filtered. One that is chosen is chosen everywhere. */
export class ExecutionTable {
  readonly #store: Store;
  readonly #kind = byId('execution-kind', HTMLSelectElement);
  readonly #filter = byId('execution-filter', HTMLInputElement);
  readonly #heads: readonly HTMLElement[];
  readonly #rows: VirtualRows<Row>;
  #sort: { readonly column: Column | undefined; readonly descending: boolean } = {
    column: undefined,
    descending: false,
  };

  /** `interruptedIn`: how many executions a run will have; room is kept for them, so that nothing moves. */
  constructor(store: Store, interruptedIn: (latest: RunModel) => number) {
    this.#store = store;
    this.#heads = columns.map((column) => this.#head(column));
    this.#kind.append(...Object.keys(kinds).map((kind) => html('option', { value: kind }, kind)));
    this.#rows = new VirtualRows<Row>({
      grid: byId('execution-rows', HTMLElement),
      label: 'Executions',
      rowHeight,
      head: html('div', { class: 'row-cells', role: 'row', 'aria-rowindex': 1 }, ...this.#heads),
      keyOf: ({ name }) => name,
      draw: (row) =>
        columns.map((column) => html('span', { role: 'gridcell', title: titleOf(column, row) }, column.textOf(row))),
      stateOf: (row) => Object.values(row).join('|'),
      attributesOf: ({ status }) => ({ 'data-status': status }),
      emptyText: () =>
        store.snapshot.model.executions.size > 0 ? 'No execution passes the filter.' : 'No execution has started.',
      onSelect: ({ name }) => store.selectExecution(name),
      onHover: (row) => store.hover(row ? { instanceId: row.instanceId, execution: row.name } : {}),
    });
    for (const control of [this.#kind, this.#filter])
      control.addEventListener('input', () => this.#show(store.snapshot));
    byId('all-executions', HTMLButtonElement).addEventListener('click', () => store.selectExecution(undefined));
    store.subscribe(
      ({ model, atSeconds, selection, hover }) => [
        model.version,
        model.id,
        // What a row says of its waiting counts whole seconds.
        Math.floor(atSeconds),
        selection.execution,
        hover.execution,
      ],
      (snapshot) => this.#show(snapshot),
    );
    store.subscribe(
      ({ latest }) => [latest.id],
      ({ latest }) => {
        const rows = Math.min(mostRows, interruptedIn(latest));
        byId('execution-rows', HTMLElement).style.minHeight = `${(rows + 1) * rowHeight + 2}px`;
      },
    );
    store.subscribe(
      ({ selection }) => [selection.execution],
      ({ selection }) => selection.execution !== undefined && this.#rows.reveal(selection.execution),
    );
  }

  #show({ model, selection, hover }: Snapshot): void {
    const all = [...model.executions.values()].map((execution) => rowOf(model, execution));
    const rows = this.#sorted(all.filter((row) => this.#passes(row)));
    this.#rows.show(rows, selection.execution, hover.execution);
    const count = rows.length === all.length ? `${all.length}` : `${rows.length} of ${all.length}`;
    setText(byId('execution-count', HTMLElement), count);
    byId('all-executions', HTMLButtonElement).disabled = selection.execution === undefined;
  }

  #passes(row: Row): boolean {
    if (!kinds[this.#kind.value]?.(row)) return false;
    const text = [row.instanceId, row.state, row.reason, row.takenAlongBy, row.status].join(' ').toLowerCase();
    return text.includes(this.#filter.value.trim().toLowerCase());
  }

  /** By default in the order of their starts. */
  #sorted(rows: Row[]): Row[] {
    const { column, descending } = this.#sort;
    if (!column) return rows;
    const ascending = rows.toSorted((a, b) => compare(column.valueOf(a), column.valueOf(b)));
    return descending ? ascending.toReversed() : ascending;
  }

  #head(column: Column): HTMLElement {
    const button = html('button', { type: 'button' }, column.title);
    button.addEventListener('click', () => {
      const isSame = this.#sort.column === column;
      this.#sort = { column, descending: isSame && !this.#sort.descending };
      for (const [index, head] of this.#heads.entries()) {
        const direction = this.#sort.descending ? 'descending' : 'ascending';
        set(head, { 'aria-sort': columns[index] === column ? direction : 'none' });
      }
      this.#show(this.#store.snapshot);
    });
    return html('span', { role: 'columnheader', 'aria-sort': 'none' }, button);
  }
}

function rowOf(model: RunModel, execution: ExecutionModel): Row {
  const { name, instanceId, status, current = '', raisedBy, conclusion } = execution;
  const { leftAtSeconds, notice } = model.instances.get(instanceId) ?? {};
  const since = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds - (notice?.at ?? 0));
  const leftAt = notice?.lifecycleState === 'InService' ? since(leftAtSeconds) : undefined;
  return {
    name,
    instanceId,
    status,
    state: current,
    reason: executionReason(model, execution),
    leftAtSeconds: leftAt,
    beforeReclaimSeconds: leftAt === undefined || !notice ? undefined : notice.reclaimAt - notice.at - leftAt,
    raisedBy,
    takenAlongBy: conclusion?.takenAlongBy ?? '',
  };
}

function compare(one: string | number | undefined, other: string | number | undefined): number {
  if (one === other) return 0;
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
  return one < other ? -1 : 1;
}

function titleOf({ title }: Column, { instanceId, reason, takenAlongBy }: Row): string | undefined {
  return { Instance: instanceId, Why: reason, 'Taken along by': takenAlongBy }[title];
}

function secondsText(value: number | undefined): string {
  return value === undefined ? '' : seconds(value);
}
