import type { RunModel } from '../shared/run-model.ts';
import type { RunUpdate } from '../shared/run-update.ts';
import { tellingMoment } from '../shared/telling-moment.ts';
import type { PageData } from '../shared/workflow-graph.ts';
import { ComparisonView } from './compare/comparison-view.ts';
import { CapacityBanner } from './details/capacity-banner.ts';
import { PanelTabs } from './details/panel-tabs.ts';
import { StatePanel } from './details/state-panel.ts';
import { SummaryPanel } from './details/summary-panel.ts';
import { VerdictPanel } from './details/verdict-panel.ts';
import { byId, setText } from './dom.ts';
import { ExecutionTable } from './executions/execution-table.ts';
import { GraphView } from './graph/graph-view.ts';
import { HistoryView } from './history/history-view.ts';
import { followRuns, recordedUpdates } from './live-updates.ts';
import { MomentBar } from './moment/moment-bar.ts';
import { StatusView } from './moment/status-view.ts';
import { addressOf, isSameRun, momentAt, runAt, withMoment } from './start/run-address.ts';
import { StartForm } from './start/start-form.ts';
import { Store } from './store.ts';
import { CapacityChart } from './timeline/capacity-chart.ts';
import { InstanceRows } from './timeline/instance-rows.ts';
import { TimeMarks } from './timeline/time-marks.ts';

/** How long nothing has to move until the address says the moment: browsers limit how often it may change. */
const addressDelayMs = 250;

const data: PageData = JSON.parse(byId('page-data', HTMLScriptElement).textContent ?? '');
const openedAt = location.hash;
const store = new Store();
const tabs = new PanelTabs();
const status = new StatusView(store);
showRun();
if (data.recordedRun !== undefined) await showRecording(data.recordedRun);
else if (data.attachedTo !== undefined) attach(data.attachedTo);
else playRuns();
keepMomentInAddress();

function showRun(): void {
  new MomentBar(store);
  new CapacityBanner(store);
  new CapacityChart(store);
  new InstanceRows(store, interruptedIn);
  new TimeMarks(store);
  new ExecutionTable(store, interruptedIn);
  new GraphView(store, data.graph, (state) => store.selectState(state));
  new VerdictPanel(store);
  new StatePanel(store, data.graph);
  new SummaryPanel(store);
  new HistoryView(store);
  store.subscribe(
    ({ selection }) => [selection.state, selection.visit, selection.visitOf],
    ({ selection }) => selection.state !== undefined && tabs.select('state'),
  );
  store.subscribe(
    ({ latest }) => [latest.id, latest.phase === 'ended'],
    () => tabs.select('verdict'),
  );
}

/** How many instances a run interrupts, which is known before it happens. */
function interruptedIn({ settings }: RunModel): number {
  const { scenario, world } = settings ?? {};
  if (world) return world.notices.reduce((sum, { count }) => sum + count, 0);
  return data.scenarios.find(({ name }) => name === scenario)?.interrupted ?? 1;
}

/** With a server that plays runs. */
function playRuns(): void {
  const form = new StartForm(data, store);
  new ComparisonView(
    () => form.settings(),
    (message) => form.say(message),
  );
  const apply = (updates: readonly RunUpdate[]) => {
    store.apply(updates);
    const requested = updates.findLast((update) => update.kind === 'requested');
    if (!requested) return;
    form.fill(requested.settings);
    const moment = momentAt(location.hash);
    history.replaceState(null, '', addressOf(requested.settings, data.sampleEvent, moment));
    if (moment !== undefined) store.goTo(moment);
  };
  /** Starts the run that an address names, unless it is the one here, and that will do. */
  const replay = (hash: string, thisWillDo: () => boolean) => {
    const addressed = runAt(hash, data.sampleEvent);
    if (!addressed) return;
    const { settings } = store.snapshot.latest;
    if (settings && isSameRun(addressed, settings, data.sampleEvent) && thisWillDo()) return showMoment(hash);
    form.fillFrom(addressed);
    form.start();
  };
  addEventListener('hashchange', () => replay(location.hash, () => false));
  followRuns(apply, {
    // Whoever reloads a page wants to go on with its run; whoever opens its address, to see it from its beginning.
    caughtUp: () => replay(openedAt, () => store.snapshot.latest.isGoingOn || isReload()),
    connected: (isConnected) => status.connected(isConnected),
  });
}

/** A run in the page itself. */
async function showRecording(recording: string): Promise<void> {
  document.body.classList.add('recorded');
  setText(byId('page-kind', HTMLElement), 'recorded run');
  store.apply(await recordedUpdates(recording));
  const { latest } = store.snapshot;
  document.title = `${latest.settings?.scenario ?? 'run'} · Spot interruption handler`;
  const shows = data.scenarios.find(({ name }) => name === latest.settings?.scenario)?.shows;
  setText(byId('recorded-shows', HTMLElement), `${latest.settings?.scenario}: ${shows ?? 'a group of one’s own.'}`);
  store.goTo(momentAt(openedAt) ?? tellingMoment(latest));
}

/** The executions of a Step Functions elsewhere. */
function attach(endpoint: string): void {
  document.body.classList.add('attached');
  setText(byId('page-kind', HTMLElement), 'attached');
  setText(byId('recorded-shows', HTMLElement), `The executions of the state machine at ${endpoint}, as they come.`);
  followRuns((updates) => store.apply(updates), {
    caughtUp: () => showMoment(openedAt),
    connected: (isConnected) => status.connected(isConnected),
  });
}

function showMoment(hash: string): void {
  const moment = momentAt(hash);
  if (moment !== undefined) store.goTo(moment);
}

function keepMomentInAddress(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe(
    ({ atSeconds, isFollowing, isPlaying, latest }) => [isFollowing || isPlaying ? undefined : atSeconds, latest.id],
    ({ latest }) => {
      clearTimeout(timer);
      if (latest.id !== undefined) timer = setTimeout(writeMoment, addressDelayMs);
    },
  );
}

function writeMoment(): void {
  const { atSeconds, isFollowing, isPlaying } = store.snapshot;
  const hash = withMoment(location.hash, isFollowing || isPlaying ? undefined : atSeconds);
  if (hash !== (location.hash || '#')) history.replaceState(null, '', hash);
}

function isReload(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation instanceof PerformanceNavigationTiming && navigation.type !== 'navigate';
}
