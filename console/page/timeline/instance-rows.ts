import type { InstanceModel } from '../../shared/instance-model.ts';
import type { RunModel } from '../../shared/run-model.ts';
import { byId, html, shortId } from '../dom.ts';
import type { Snapshot, Store } from '../store.ts';
import { VirtualRows } from '../virtual-rows.ts';
import { percentOf, secondsAt, shareOf, type TimeScale, timeScaleOf } from './time-scale.ts';

type Row =
  | { readonly kind: 'instance'; readonly instance: InstanceModel }
  | { readonly kind: 'fold'; readonly count: number };

const foldKey = 'untouched';
/** So few untouched instances need no folding. */
const mostUnfolded = 3;
const rowHeight = 19;
/** With more rows than this they are lower, so that a storm is seen as a whole. */
const mostHighRows = 22;
const lowRowHeight = 12;
const mostHeight = 496;

/** A row for each instance: what it did over time, and when it was noticed, raised for, and left. */
export class InstanceRows {
  readonly #store: Store;
  readonly #grid = byId('instance-rows', HTMLElement);
  readonly #rows: VirtualRows<Row>;
  #isUnfolded = false;
  #latest: RunModel | undefined;
  #scale: TimeScale = { from: 0, to: 1 };

  /** `interruptedIn`: how many rows a run will have; room is kept for them, so that nothing moves. */
  constructor(store: Store, interruptedIn: (latest: RunModel) => number) {
    this.#store = store;
    this.#rows = new VirtualRows<Row>({
      grid: this.#grid,
      label: 'Instances over time',
      rowHeight,
      keyOf: (row) => (row.kind === 'fold' ? foldKey : row.instance.instanceId),
      draw: (row) => (row.kind === 'fold' ? this.#foldCells(row.count) : this.#cells(row.instance)),
      stateOf: (row) => this.#stateOf(row),
      attributesOf: (row) => ({ 'data-kind': row.kind === 'fold' ? 'fold' : row.instance.kind }),
      emptyText: () => 'Instances appear here when a run has started.',
      onSelect: (row) => this.#select(row),
      onHover: (row, event) => this.#hover(row, event),
    });
    new ResizeObserver(() => this.#alignWithChart()).observe(this.#grid);
    store.subscribe(
      ({ latest, selection, hover }) => [latest.version, latest.id, selection.instanceId, hover.instanceId],
      (snapshot) => this.#show(snapshot),
    );
    store.subscribe(
      ({ latest }) => [latest.id],
      ({ latest }) => this.#keepRoom(interruptedIn(latest)),
    );
    store.subscribe(
      ({ selection }) => [selection.instanceId],
      ({ selection }) => selection.instanceId !== undefined && this.#rows.reveal(selection.instanceId),
    );
  }

  /** What is above and over the rows leaves as much room at the right as their scroll bar takes. */
  #alignWithChart(): void {
    const gutter = `${this.#grid.offsetWidth - this.#grid.clientWidth}px`;
    this.#grid.parentElement?.style.setProperty('--gutter', gutter);
  }

  #show({ latest, selection, hover }: Snapshot): void {
    this.#latest = latest;
    this.#scale = timeScaleOf(latest);
    const rows = rowsOf(latest, this.#isUnfolded);
    const isLow = rows.length > mostHighRows;
    this.#rows.rowHeight = isLow ? lowRowHeight : rowHeight;
    this.#grid.classList.toggle('low', isLow);
    this.#rows.show(rows, selection.instanceId, hover.instanceId);
  }

  /** For those that are interrupted, as many replacements, and those that are folded. */
  #keepRoom(interrupted: number): void {
    const rows = 2 * interrupted + 1;
    this.#grid.style.minHeight = `${Math.min(rows * (rows > mostHighRows ? lowRowHeight : rowHeight), mostHeight)}px`;
  }

  #select(row: Row): void {
    if (row.kind === 'instance') {
      this.#store.selectInstance(row.instance.instanceId);
    } else {
      this.#isUnfolded = !this.#isUnfolded;
      this.#show(this.#store.snapshot);
    }
  }

  #hover(row: Row | undefined, { clientX }: PointerEvent): void {
    if (row?.kind !== 'instance') {
      this.#store.hover({});
      return;
    }
    const track = this.#grid.querySelector('.track')?.getBoundingClientRect();
    const { instanceId } = row.instance;
    const execution = this.#latest?.executionOf(instanceId)?.name;
    const isOnTrack = track && clientX >= track.left;
    const atSeconds = isOnTrack ? secondsAt(this.#scale, (clientX - track.left) / track.width) : undefined;
    this.#store.hover({ instanceId, execution, atSeconds });
  }

  #stateOf(row: Row): string {
    const { from, to } = this.#scale;
    if (row.kind === 'fold') return `${row.count} ${this.#isUnfolded}`;
    const { spans, notice, raisedAtSeconds, leftAtSeconds, kind } = row.instance;
    return [from, to, spans.length, spans.at(-1)?.fromSeconds, notice?.at, raisedAtSeconds, leftAtSeconds, kind].join();
  }

  #foldCells(count: number): HTMLElement[] {
    const text = `${this.#isUnfolded ? '▾' : '▸'} ${count} untouched`;
    return [html('span', { class: 'row-label', role: 'gridcell' }, text), html('span', { class: 'track fold-track' })];
  }

  #cells(instance: InstanceModel): HTMLElement[] {
    const { instanceId, kind } = instance;
    return [
      html('span', { class: 'row-label', role: 'rowheader', title: `${instanceId}, ${kind}` }, shortId(instanceId)),
      html(
        'span',
        { class: 'track', role: 'gridcell', 'aria-label': described(instance) },
        ...this.#bars(instance),
        ...this.#marks(instance),
      ),
    ];
  }

  #bars({ spans }: InstanceModel): HTMLElement[] {
    return spans.flatMap(({ fromSeconds, phase }, index) => {
      if (phase === 'gone') return [];
      const from = shareOf(this.#scale, fromSeconds);
      const to = shareOf(this.#scale, spans[index + 1]?.fromSeconds ?? Number.POSITIVE_INFINITY);
      const bar = html('i', { class: 'bar', 'data-phase': phase });
      bar.style.setProperty('--swatch', `var(--phase-${phase.replace(' ', '-')})`);
      bar.style.left = `${(100 * from).toFixed(3)}%`;
      bar.style.width = `${(100 * (to - from)).toFixed(3)}%`;
      return [bar];
    });
  }

  #marks({ notice, raisedAtSeconds, leftAtSeconds, spans }: InstanceModel): HTMLElement[] {
    const drainSeconds = this.#latest?.started?.drainSeconds ?? 0;
    const goneAt = spans.find(({ phase }) => phase === 'gone')?.fromSeconds;
    const marks: [string, number | undefined][] = [
      ['deadline', notice && notice.reclaimAt - drainSeconds],
      ['gone', goneAt],
      ['notice', notice?.at],
      ['raise', raisedAtSeconds],
      ['leave', leftAtSeconds],
    ];
    return marks.flatMap(([kind, at]) => {
      if (at === undefined) return [];
      const mark = html('i', { class: 'mark-at', 'data-mark': kind });
      mark.style.left = percentOf(this.#scale, at);
      return [mark];
    });
  }
}

/** Interrupted ones in the order of their notices, then replacements as they were launched, then the others. */
function rowsOf(model: RunModel, isUnfolded: boolean): Row[] {
  const all = [...model.instances.values()];
  const ofKind = (kind: InstanceModel['kind']) => all.filter((instance) => instance.kind === kind);
  const interrupted = ofKind('interrupted').toSorted((a, b) => (a.notice?.at ?? 0) - (b.notice?.at ?? 0));
  const shown = [...interrupted, ...ofKind('departed'), ...ofKind('replacement')];
  const untouched = ofKind('untouched');
  const rows = (instances: InstanceModel[]): Row[] => instances.map((instance) => ({ kind: 'instance', instance }));
  if (untouched.length <= mostUnfolded) return rows([...shown, ...untouched]);
  const fold: Row = { kind: 'fold', count: untouched.length };
  return [...rows(shown), fold, ...(isUnfolded ? rows(untouched) : [])];
}

function described({ kind, phase, notice, leftAtSeconds, spans }: InstanceModel): string {
  const servedAt = spans.find((span) => span.phase === 'serving')?.fromSeconds ?? Number.NaN;
  return [
    `${kind}, now ${phase}`,
    ...(notice ? [`noticed at ${notice.at.toFixed(1)} s`] : []),
    ...(servedAt > 0 ? [`serving from ${servedAt.toFixed(1)} s`] : []),
    ...(leftAtSeconds !== undefined ? [`left at ${leftAtSeconds.toFixed(1)} s`] : []),
  ].join(', ');
}
