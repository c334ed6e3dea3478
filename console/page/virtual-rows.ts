import { html, set } from './dom.ts';

export interface VirtualRowsOptions<Row> {
  readonly grid: HTMLElement;
  /** For those who cannot see it. */
  readonly label: string;
  readonly rowHeight: number;
  readonly head?: HTMLElement;
  readonly keyOf: (row: Row) => string;
  /** Its cells. */
  readonly draw: (row: Row) => HTMLElement[];
  /** What the row's look depends on, besides which row it is. */
  readonly stateOf?: (row: Row) => string;
  readonly attributesOf?: (row: Row) => Readonly<Record<string, string | undefined>>;
  readonly emptyText: () => string;
  readonly onSelect: (row: Row) => void;
  /** Undefined: the pointer has left. */
  readonly onHover?: (row: Row | undefined, event: PointerEvent) => void;
}

/** Rows beyond those in sight, above and below. */
const spare = 3;

/**
 * A grid of rows, of which only those in sight are in the document, so that thousands cost no more than a dozen. By keyboard the
 * grid has the focus, and arrows, Page Up, Page Down, Home and End move the selection.
 */
export class VirtualRows<Row> {
  readonly #options: VirtualRowsOptions<Row>;
  readonly #grid: HTMLElement;
  readonly #body = html('div', { class: 'rows', role: 'rowgroup' });
  readonly #empty = html('p', { class: 'hint rows-empty' });
  readonly #elements = new Map<string, { readonly element: HTMLElement; readonly state: string }>();
  #rows: readonly Row[] = [];
  #selected: string | undefined;
  #hovered: string | undefined;
  /** In pixels. What it was when a row was drawn does not matter. */
  rowHeight: number;

  constructor(options: VirtualRowsOptions<Row>) {
    this.#options = options;
    this.rowHeight = options.rowHeight;
    this.#grid = options.grid;
    set(this.#grid, { role: 'grid', tabindex: 0, 'aria-label': options.label });
    if (options.head) this.#grid.append(html('div', { role: 'rowgroup', class: 'rows-head' }, options.head));
    this.#grid.append(this.#body, this.#empty);
    this.#grid.addEventListener('scroll', () => this.#draw(), { passive: true });
    this.#grid.addEventListener('keydown', (event) => this.#move(event));
    this.#body.addEventListener('click', ({ target }) => {
      const row = this.#rowAt(target);
      if (row) options.onSelect(row);
    });
    this.#body.addEventListener('pointermove', (event) => options.onHover?.(this.#rowAt(event.target), event));
    this.#body.addEventListener('pointerleave', (event) => options.onHover?.(undefined, event));
    new ResizeObserver(() => this.#draw()).observe(this.#grid);
  }

  get isScrolledToEnd(): boolean {
    return this.#grid.scrollTop + this.#grid.clientHeight >= this.#grid.scrollHeight - this.rowHeight;
  }

  scrollToEnd(): void {
    this.#grid.scrollTop = this.#grid.scrollHeight;
    this.#draw();
  }

  /** The rows and, by their keys, which of them is selected and which pointed at. */
  show(rows: readonly Row[], selected: string | undefined, hovered?: string): void {
    this.#rows = rows;
    this.#selected = selected;
    this.#hovered = hovered;
    const height = `${rows.length * this.rowHeight}px`;
    if (this.#body.style.height !== height) this.#body.style.height = height;
    this.#empty.hidden = rows.length > 0;
    this.#empty.textContent = rows.length > 0 ? '' : this.#options.emptyText();
    set(this.#grid, { 'aria-rowcount': rows.length + (this.#options.head ? 1 : 0) });
    this.#draw();
  }

  reveal(key: string): void {
    const index = this.#rows.findIndex((row) => this.#options.keyOf(row) === key);
    if (index >= 0) this.#scrollTo(index);
  }

  get #headHeight(): number {
    return this.#options.head ? this.#options.head.offsetHeight : 0;
  }

  #draw(): void {
    const { rowHeight } = this;
    const first = Math.max(0, Math.floor(this.#grid.scrollTop / rowHeight) - spare);
    const count = Math.ceil(this.#grid.clientHeight / rowHeight) + 2 * spare;
    const visible = this.#rows.slice(first, first + count);
    const keys = new Set(visible.map((row) => this.#options.keyOf(row)));
    for (const [key, { element }] of this.#elements) {
      if (keys.has(key)) continue;
      element.remove();
      this.#elements.delete(key);
    }
    for (const [offset, row] of visible.entries()) this.#place(row, first + offset);
    const active = this.#selected !== undefined && keys.has(this.#selected);
    set(this.#grid, { 'aria-activedescendant': active ? this.#idOf(this.#selected ?? '') : undefined });
  }

  #place(row: Row, position: number): void {
    const { draw, keyOf, stateOf, attributesOf, head } = this.#options;
    const key = keyOf(row);
    const state = stateOf?.(row) ?? '';
    const known = this.#elements.get(key);
    const element = known?.element ?? html('div', { id: this.#idOf(key), class: 'row', role: 'row', 'data-key': key });
    if (known?.state !== state) element.replaceChildren(...draw(row));
    if (!known) this.#body.append(element);
    this.#elements.set(key, { element, state });
    set(element, {
      'aria-rowindex': position + (head ? 2 : 1),
      'aria-selected': String(key === this.#selected),
      'data-hovered': key === this.#hovered ? '' : undefined,
      ...attributesOf?.(row),
    });
    const transform = `translateY(${position * this.rowHeight}px)`;
    if (element.style.transform !== transform) element.style.transform = transform;
  }

  #idOf(key: string): string {
    return `${this.#grid.id}-${key}`;
  }

  #rowAt(target: EventTarget | null): Row | undefined {
    const element = target instanceof Element ? target.closest('.row') : null;
    const key = element instanceof HTMLElement ? element.dataset.key : undefined;
    return this.#rows.find((row) => this.#options.keyOf(row) === key);
  }

  #move(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((this.#grid.clientHeight - this.#headHeight) / this.rowHeight));
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const step = steps[event.key];
    if (step === undefined || event.target !== this.#grid || this.#rows.length === 0) return;
    event.preventDefault();
    const from = this.#rows.findIndex((row) => this.#options.keyOf(row) === this.#selected);
    const to = Math.max(0, Math.min(this.#rows.length - 1, from + step));
    const row = this.#rows[to];
    this.#scrollTo(to);
    if (row && to !== from) this.#options.onSelect(row);
  }

  #scrollTo(position: number): void {
    const { rowHeight } = this;
    const top = position * rowHeight;
    const height = this.#grid.clientHeight - this.#headHeight;
    if (top < this.#grid.scrollTop) this.#grid.scrollTop = top;
    else if (top + rowHeight > this.#grid.scrollTop + height) this.#grid.scrollTop = top + rowHeight - height;
  }
}
