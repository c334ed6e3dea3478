import { byId } from '../dom.ts';

const step = 1.25;
const least = 0.3;
const most = 2;
/** Below this the smallest text is hard to read, so that a narrow place shows a part of the graph instead of all of it. */
const readable = 0.72;

/** How large the graph is drawn in its place, which scrolls: buttons, `+`, `-` and `0`, and the wheel with Ctrl. */
export class GraphZoom {
  readonly #container: HTMLElement;
  readonly #drawing: SVGSVGElement;
  readonly #size: { readonly width: number; readonly height: number };
  /** Undefined: as wide as its place, if that can be read. */
  #scale: number | undefined;

  constructor(
    container: HTMLElement,
    drawing: SVGSVGElement,
    size: { readonly width: number; readonly height: number },
  ) {
    this.#container = container;
    this.#drawing = drawing;
    this.#size = size;
    this.#onClick('zoom-in', () => this.#zoomBy(step));
    this.#onClick('zoom-out', () => this.#zoomBy(1 / step));
    this.#onClick('zoom-fit', () => this.#set(this.#fitting()));
    container.addEventListener('keydown', (event) => {
      if (event.key === '+') this.#zoomBy(step);
      else if (event.key === '-') this.#zoomBy(1 / step);
      else if (event.key === '0') this.#set(this.#fitting());
    });
    container.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        this.#zoomBy(event.deltaY < 0 ? step : 1 / step);
      },
      { passive: false },
    );
    new ResizeObserver(() => this.#apply()).observe(container);
  }

  /** The whole graph. */
  #fitting(): number {
    const { clientWidth, clientHeight } = this.#container;
    return Math.min(clientWidth / this.#size.width, clientHeight / this.#size.height);
  }

  #current(): number {
    return this.#scale ?? Math.min(1.1, Math.max(readable, this.#container.clientWidth / this.#size.width));
  }

  #zoomBy(factor: number): void {
    this.#set(this.#current() * factor);
  }

  /** What is in the middle stays there. */
  #set(scale: number): void {
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = this.#container;
    const before = this.#current();
    this.#scale = Math.min(most, Math.max(least, scale));
    this.#apply();
    const factor = this.#scale / before;
    this.#container.scrollLeft = (scrollLeft + clientWidth / 2) * factor - clientWidth / 2;
    this.#container.scrollTop = (scrollTop + clientHeight / 2) * factor - clientHeight / 2;
  }

  #apply(): void {
    const scale = this.#current();
    this.#drawing.style.width = `${Math.floor(this.#size.width * scale)}px`;
    this.#drawing.style.height = `${Math.floor(this.#size.height * scale)}px`;
  }

  #onClick(id: string, act: () => void): void {
    byId(id, HTMLButtonElement).addEventListener('click', act);
  }
}
