import { RunModel } from '../shared/run-model.ts';
import type { RunUpdate } from '../shared/run-update.ts';
import type { PageData } from '../shared/workflow-graph.ts';
import { ChartView } from './chart-view.ts';
import { byId, setText } from './dom.ts';
import { ExecutionPicker } from './execution-picker.ts';
import { GraphView } from './graph-view.ts';
import { HistoryView } from './history-view.ts';
import { followRuns, recordedUpdates } from './live-updates.ts';
import { PanelTabs } from './panel-tabs.ts';
import { addressOf, isSameRun, runAt } from './run-address.ts';
import { StartForm } from './start-form.ts';
import { StatePanel } from './state-panel.ts';
import { StatusView } from './status-view.ts';
import { SummaryPanel } from './summary-panel.ts';
import { VerdictPanel } from './verdict-panel.ts';

const data: PageData = JSON.parse(byId('page-data', HTMLScriptElement).textContent ?? '');
let model = new RunModel();
let isScheduled = false;

const tabs = new PanelTabs();
const form = new StartForm(data, { edited: (isWrong) => tabs.mark('payload', isWrong) });
const picker = new ExecutionPicker(() => schedule());
const statePanel = new StatePanel(data.graph);
const graph = new GraphView(data.graph, (state) => {
  statePanel.show(state);
  tabs.select('state');
  schedule();
});
const status = new StatusView();
const views = [
  status,
  form,
  picker,
  graph,
  new ChartView(),
  statePanel,
  new VerdictPanel(),
  new SummaryPanel(),
  new HistoryView(),
];
render();

if (data.recordedRun === undefined) watchServer();
else await showRecording(data.recordedRun);

function apply(updates: readonly RunUpdate[]): void {
  for (const update of updates) {
    if (update.kind === 'requested') begin(update);
    model.apply(update);
    if (update.kind === 'ended') tabs.select('verdict');
  }
  schedule();
}

function begin({ settings }: Extract<RunUpdate, { kind: 'requested' }>): void {
  model = new RunModel();
  form.fill(settings);
  if (data.recordedRun === undefined) history.replaceState(null, '', addressOf(settings, data.sampleEvent));
  tabs.select('verdict');
}

/** Everything that came since the last frame is drawn in one. */
function schedule(): void {
  if (!isScheduled) requestAnimationFrame(render);
  isScheduled = true;
}

function render(): void {
  isScheduled = false;
  const selection = { execution: picker.selected };
  for (const view of views) view.render(model, selection);
}

function watchServer(): void {
  const openedAt = location.hash;
  addEventListener('hashchange', () => replay(location.hash, () => false));
  followRuns(apply, {
    // Whoever reloads a page wants to go on with its run; whoever opens its address, to see it from its beginning.
    caughtUp: () => {
      render();
      replay(openedAt, () => model.isGoingOn || isReload());
    },
    connected: (isConnected) => {
      status.isConnected = isConnected;
      schedule();
    },
  });
}

/** Starts the run that an address names, unless it is the one here, and that will do. */
function replay(hash: string, thisWillDo: () => boolean): void {
  const addressed = runAt(hash, data.sampleEvent);
  if (!addressed) return;
  if (model.settings && isSameRun(addressed, model.settings, data.sampleEvent) && thisWillDo()) return;
  form.fillFrom(addressed);
  form.start();
}

function isReload(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation instanceof PerformanceNavigationTiming && navigation.type !== 'navigate';
}

async function showRecording(recording: string): Promise<void> {
  document.body.classList.add('recorded');
  setText(byId('page-kind', HTMLElement), 'recorded run');
  form.disable();
  apply(await recordedUpdates(recording));
}
