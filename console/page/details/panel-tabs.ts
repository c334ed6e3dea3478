import { byId, html, set } from '../dom.ts';

const names = { verdict: 'Verdict', state: 'State', summary: 'Summary' } as const;
export type TabName = keyof typeof names;
const order: readonly TabName[] = ['verdict', 'state', 'summary'];

/** The tabs of the panel, with the keyboard's manners of a tab list: arrows, Home and End. */
export class PanelTabs {
  readonly #tabs = new Map(order.map((name) => [name, tabOf(name)]));

  constructor() {
    byId('tabs', HTMLElement).append(...this.#tabs.values());
    for (const [name, tab] of this.#tabs) {
      tab.addEventListener('click', () => this.select(name));
      tab.addEventListener('keydown', (event) => this.#move(name, event));
    }
    this.select('verdict');
  }

  select(selected: TabName): void {
    for (const [name, tab] of this.#tabs) {
      const isSelected = name === selected;
      set(tab, { 'aria-selected': String(isSelected), tabindex: isSelected ? 0 : -1 });
      panelOf(name).hidden = !isSelected;
    }
  }

  #move(from: TabName, event: KeyboardEvent): void {
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      Home: -order.indexOf(from),
      End: -1 - order.indexOf(from),
    };
    const step = steps[event.key];
    const to = step === undefined ? undefined : order.at((order.indexOf(from) + step) % order.length);
    if (to === undefined) return;
    event.preventDefault();
    this.select(to);
    this.#tabs.get(to)?.focus();
  }
}

function tabOf(name: TabName): HTMLElement {
  const panel = panelOf(name);
  set(panel, { role: 'tabpanel', 'aria-labelledby': `tab-${name}`, tabindex: 0 });
  return html('button', { id: `tab-${name}`, type: 'button', role: 'tab', 'aria-controls': panel.id }, names[name]);
}

function panelOf(name: TabName): HTMLElement {
  return byId(`panel-${name}`, HTMLElement);
}
