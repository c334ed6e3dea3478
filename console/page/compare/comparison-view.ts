import type { StrategyRun } from '../../../simulator/strategies/strategy-run.ts';
import type { ComparisonLine } from '../../shared/comparison.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import { clockTime } from '../../shared/status-sentence.ts';
import { byId, html, set, setText } from '../dom.ts';
import { post } from '../server-calls.ts';
import { axisLabels, CapacityDrawing, mostOf } from '../timeline/capacity-drawing.ts';
import { percentOf, ticksOf } from '../timeline/time-scale.ts';

interface Figure {
  readonly title: string;
  readonly valueOf: (run: StrategyRun) => number;
  /** Which end of the row is the good one. */
  readonly best: 'least' | 'most';
  readonly textOf?: (run: StrategyRun) => string;
}

const figures: readonly Figure[] = [
  { title: 'Lost capacity, instance-seconds', valueOf: ({ figures: one }) => one.lostInstanceSeconds, best: 'least' },
  { title: 'Least that served', valueOf: ({ figures: one }) => one.leastServing, best: 'most' },
  { title: 'Seconds below the floor', valueOf: ({ figures: one }) => one.secondsBelowFloor, best: 'least' },
  { title: 'Requests failed', valueOf: ({ figures: one }) => one.requests.failed, best: 'least' },
  { title: 'Requests beyond capacity', valueOf: ({ figures: one }) => one.requests.beyondCapacity, best: 'least' },
  {
    title: 'Left before the drain window',
    valueOf: ({ figures: one }) => one.leftInTime,
    best: 'most',
    textOf: ({ figures: one }) => `${one.leftInTime} of ${one.noticed}`,
  },
  {
    title: 'DesiredCapacity off at the end',
    valueOf: ({ figures: one }) => Math.abs(one.drift),
    best: 'least',
    textOf: driftText,
  },
  { title: 'Calls of Auto Scaling and ELB', valueOf: ({ figures: one }) => one.apiCalls, best: 'least' },
];

const mostTicks = 8;

/** What else one could do, in the same world: a capacity chart for each, below each other on one scale, and one table. */
export class ComparisonView {
  readonly #card = byId('comparison', HTMLElement);
  readonly #charts = byId('comparison-charts', HTMLElement);
  readonly #table = byId('comparison-table', HTMLElement);
  readonly #status = byId('comparison-status', HTMLElement);
  #asked: AbortController | undefined;
  #runs: StrategyRun[] = [];

  constructor(settings: () => RunSettings, say: (message: string) => void) {
    set(this.#table, { tabindex: 0 });
    byId('compare', HTMLButtonElement).addEventListener('click', async () => {
      say('');
      try {
        await this.#compare(settings());
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
      }
    });
    byId('comparison-close', HTMLButtonElement).addEventListener('click', () => {
      this.#asked?.abort();
      this.#card.hidden = true;
    });
  }

  async #compare({ scenario, world, seed }: RunSettings): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.#runs = [];
    try {
      const response = await post('comparisons', world ? { world, seed } : { scenario, seed }, asked.signal);
      this.#card.hidden = false;
      set(this.#card, { 'data-of': scenario, 'data-done': undefined });
      this.#draw(`${scenario}: playing …`);
      this.#card.scrollIntoView({ block: 'start' });
      for await (const line of linesOf(response)) this.#add(scenario, line);
      set(this.#card, { 'data-done': '' });
      this.#draw(`${scenario}, seed ${seed}`);
    } catch (error) {
      if (!asked.signal.aborted) throw error;
    }
  }

  #add(scenario: string, line: ComparisonLine): void {
    if (line.kind === 'failed') throw new Error(`The comparison failed: ${line.message}`);
    this.#runs.push(line.run);
    this.#draw(`${scenario}: ${this.#runs.length} played …`);
  }

  #draw(status: string): void {
    setText(this.#status, status);
    const scale = { from: 0, to: Math.max(1, ...this.#runs.map(({ untilSeconds }) => untilSeconds)) };
    const most = Math.max(1, ...this.#runs.map(mostOf));
    const axis = html('div', { class: 'time-axis', 'aria-hidden': 'true' });
    for (const tick of ticksOf(scale, mostTicks)) {
      const label = html('span', {}, clockTime(tick));
      label.style.left = percentOf(scale, tick);
      axis.append(label);
    }
    this.#charts.replaceChildren(...this.#runs.map((run) => chartOf(run, scale, most)), axis);
    this.#table.replaceChildren(...(this.#runs.length > 0 ? [tableOf(this.#runs)] : []));
  }
}

function chartOf(run: StrategyRun, scale: { from: number; to: number }, most: number): HTMLElement {
  const drawing = new CapacityDrawing();
  drawing.draw(run, scale, most);
  const { leastServing } = run.figures;
  const label = `${titleOf(run)}: at the lowest ${leastServing} served.`;
  return html(
    'figure',
    { class: 'strategy' },
    html('figcaption', {}, html('b', {}, titleOf(run)), ' ', html('small', {}, run.does)),
    html('div', { class: 'y-axis', 'aria-hidden': 'true' }, ...axisLabels(most)),
    html('div', { class: 'plot', role: 'img', 'aria-label': label }, drawing.element),
  );
}

function tableOf(runs: readonly StrategyRun[]): HTMLElement {
  const heads = runs.map((run) => html('th', { scope: 'col' }, titleOf(run)));
  const rows = figures.map((figure) => {
    const values = runs.map(figure.valueOf);
    const best = figure.best === 'least' ? Math.min(...values) : Math.max(...values);
    const cells = runs.map((run, index) =>
      html(
        'td',
        { 'data-best': values[index] === best ? '' : undefined },
        figure.textOf?.(run) ?? rounded(values[index] ?? 0),
      ),
    );
    return html('tr', {}, html('th', { scope: 'row' }, figure.title), ...cells);
  });
  return html('table', {}, html('thead', {}, html('tr', {}, html('td', {}), ...heads)), html('tbody', {}, ...rows));
}

function titleOf({ strategy }: StrategyRun): string {
  return strategy === 'ours' ? 'this handler' : strategy;
}

function driftText({ figures: { drift } }: StrategyRun): string {
  return drift > 0 ? `+${drift}` : String(drift);
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString('en');
}

async function* linesOf(response: Response): AsyncGenerator<ComparisonLine> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = '';
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    text += decoder.decode(read.value, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const parsed: ComparisonLine = JSON.parse(line);
      yield parsed;
    }
  }
}
