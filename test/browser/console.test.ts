import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type ConsoleProcess, occupyPort, startConsole } from './console-process.ts';

const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 844 };
const pathOfSingle = [
  'DescribeInstance',
  'ManagedInstance?',
  'RecordInterruption',
  'CheckCapacity',
  'EnoughCapacity?',
  'SetDesiredCapacity',
  'WaitForInService',
  'DetachInstances',
  'Left?',
  'Handled',
];

let taken: Awaited<ReturnType<typeof occupyPort>>;
let served: ConsoleProcess;
let browser: Browser;
const requested = new Set<string>();
const errors: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  taken = await occupyPort();
  served = await startConsole(taken.port);
});

afterAll(async () => {
  await browser?.close();
  taken?.server.close();
  expect(await served?.interrupt(), 'exit code after Ctrl-C').toBe(0);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  expect(errors.splice(0), 'errors on the page').toEqual([]);
});

it('takes the next free port where the wanted one is taken, and says so', () => {
  expect(served.address).not.toContain(`:${taken.port}`);
  expect(served.printed).toContain(`port ${taken.port} is taken`);
});

it('turns the states of single green in the order of its path, and gives the verdict', async () => {
  const page = await open();
  const greenAt = await recordGreen(page);
  await page.selectOption('#scenario', 'single');
  await page.selectOption('#speed', '20');
  await ended(page, await runStarted(page, () => page.click('#start')));
  const frames = await greenAt();
  expect(Object.keys(frames).toSorted()).toEqual(pathOfSingle.toSorted());
  const inOrder = pathOfSingle.map((state) => frames[state] ?? Number.NaN);
  expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
  expect(await page.locator('#panel-verdict [data-verdict="kept"]').count()).toBe(8);
  expect(await page.innerText('#panel-verdict')).toContain('because the floor holds without it');
  await page.click('#tab-summary');
  const summary: unknown = JSON.parse(await page.innerText('#panel-summary pre'));
  expect(summary).toMatchObject({ scenario: 'single', executions: [{ finalState: 'Handled' }] });
});

it('shows the executions of a storm together, and each by itself', async () => {
  const { page, run } = await openRun('#scenario=storm&speed=max');
  await ended(page, run);
  expect(await button(page, 'RecordInterruption').getAttribute('aria-label')).toContain('20 visits');
  await page.selectOption('#execution', { index: 3 });
  await expect.poll(() => button(page, 'RecordInterruption').getAttribute('aria-label')).not.toContain('20 visits');
  expect(await page.innerText('#history-count')).toMatch(/^\d+ of \d+$/);
});

it('shows a failed execution in red, with its error', async () => {
  const page = await openPayload();
  await page.fill('#payload', '{"detail": {"instance-id": "nope"}}');
  await ended(page, await runStarted(page, () => page.click('#start')));
  expect(await status(page, 'HandlingFailed')).toBe('failed');
  expect(await status(page, 'DescribeInstance')).toBe('caught');
  expect(await page.innerText('#panel-verdict')).toContain('InvalidEvent');
  expect(await page.innerText('#run-chip')).toBe('Failed');
});

it('does not start what is no JSON, and marks where it is wrong', async () => {
  const page = await openPayload();
  await page.fill('#payload', '{\n  "detail": nope\n}');
  expect(await page.isDisabled('#start')).toBe(true);
  expect(await page.innerText('#payload-error')).toContain('Line 2, column 13');
  expect(await page.textContent('#payload-marks mark')).toBe('nope');
  await page.fill('#payload', '{"detail": {}}');
  expect(await page.isDisabled('#start')).toBe(false);
});

it('says what is wrong with the payload without scrolling', async () => {
  const page = await openPayload();
  await page.fill('#payload', '{');
  const error = await page.locator('#payload-error').boundingBox();
  const panel = await page.locator('#panel-payload').boundingBox();
  const bottomOf = (box: typeof error) => (box ? box.y + box.height : Number.NaN);
  expect(bottomOf(error)).toBeLessThan(bottomOf(panel));
});

it('goes on with the run after a reload in the middle', async () => {
  const { page, run } = await openRun('#scenario=pair&speed=20');
  await inProgress(page, run);
  await expect.poll(() => status(page, 'WaitForInService')).toBe('in progress');
  const before = await clock(page);
  await page.reload();
  await inProgress(page, run);
  expect(await clock(page)).toBeGreaterThanOrEqual(before);
  expect(await status(page, 'RecordInterruption')).toBe('succeeded');
  await ended(page, run);
  expect(await page.innerText('#panel-verdict')).toContain('8 of 9 guarantees kept, 1 not judged.');
});

it('shows the same run in a second tab', async () => {
  const { page, run } = await openRun('#scenario=pair&speed=20');
  await inProgress(page, run);
  const second = await open();
  await inProgress(second, run);
  expect(await second.inputValue('#scenario')).toBe('pair');
  await Promise.all([ended(page, run), ended(second, run)]);
  expect(await second.innerText('#history-count')).toBe(await page.innerText('#history-count'));
});

it('replays the run that an address names, and gives the address of a run', async () => {
  const { page, run } = await openRun('#scenario=fleet&seed=5&speed=max');
  await ended(page, run);
  expect(await page.inputValue('#seed')).toBe('5');
  const first = await page.innerText('#history-count');
  const again = await openRun(new URL(page.url()).hash);
  await ended(again.page, again.run);
  expect(again.run).not.toBe(run);
  expect(await again.page.innerText('#history-count')).toBe(first);
});

it('says of an address that names no scenario what is wrong', async () => {
  const page = await open('#scenario=nope');
  await page.waitForSelector('#form-message:has-text("There is no scenario \\"nope\\"")');
});

it('says so where the console does not answer', async () => {
  const page = await newPage();
  await page.route(/\/(updates|runs)$/, (route) => route.abort());
  await page.goto(served.address);
  await page.waitForSelector('#run-chip:has-text("Not connected")');
  await page.click('#start');
  await page.waitForSelector('#form-message:has-text("The console does not answer")');
  // The browser reports the same.
  errors.length = 0;
});

it('stops a run', async () => {
  const { page, run } = await openRun('#scenario=single&speed=1');
  await inProgress(page, run);
  await page.click('#stop');
  await page.waitForSelector('#run-chip:has-text("Stopped")');
});

it('shows what a state was given and answered, reached by keyboard', async () => {
  const { page, run } = await openRun('#scenario=single&speed=max');
  await ended(page, run);
  await button(page, 'CheckCapacity').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#panel-state h3');
  const panel = await page.innerText('#panel-state');
  expect(panel).toMatch(/CheckCapacity.*Lambda function/s);
  expect(panel).toMatch(/visit (\d+) of \1/);
  expect(panel).toContain('serving');
});

it('keeps a long history light, filters it, and exports what passes the filter', async () => {
  const { page, run } = await openRun('#scenario=wipeout&speed=max');
  await ended(page, run);
  expect(Number(await page.innerText('#history-count'))).toBeGreaterThan(1000);
  expect(await page.locator('.history-row').count()).toBeLessThan(40);
  await page.fill('#history-filter', 'recordinterruption');
  await page.selectOption('#history-kind', 'States entered');
  await page.focus('#history-grid');
  await page.keyboard.press('End');
  expect(await page.innerText('.history-row[aria-selected="true"]')).toContain('RecordInterruption');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#history-export')]);
  const exported: unknown = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect(exported).toHaveLength(100);
});

it('lets nothing jump while a run goes on', async () => {
  const page = await open();
  await page.evaluate(() => {
    const shifts = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const moved = 'value' in entry && typeof entry.value === 'number' ? entry.value : 0;
        document.body.dataset.shift = String(Number(document.body.dataset.shift ?? 0) + moved);
      }
    });
    shifts.observe({ entryTypes: ['layout-shift'] });
  });
  await page.selectOption('#scenario', 'storm');
  await ended(page, await runStarted(page, () => page.click('#start')));
  expect(Number((await page.getAttribute('body', 'data-shift')) ?? 0)).toBeLessThan(0.01);
});

it.each([wide, narrow])('needs no scrolling to the side at $width px', async (viewport) => {
  const { page, run } = await openRun('#scenario=pair&speed=max', { viewport });
  await ended(page, run);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
});

it.each([
  ['light', wide],
  ['dark', wide],
  ['light', narrow],
] as const)('has no serious accessibility issue: %s, %o', async (colorScheme, viewport) => {
  const page = await open('', { colorScheme, viewport });
  expect(await seriousIssues(page), 'before a run').toEqual([]);
  const { hash } = new URL(`${served.address}/#scenario=throttled&speed=max`);
  const start = () => page.evaluate((to) => location.assign(to), hash);
  await ended(page, await runStarted(page, start));
  expect(await seriousIssues(page), 'with its verdict').toEqual([]);
  await button(page, 'CheckCapacity').click();
  await page.waitForSelector('#panel-state h3');
  await page.locator('.history-row').first().click();
  expect(await seriousIssues(page), 'with a state').toEqual([]);
  await page.click('#tab-payload');
  await page.fill('#payload', '{');
  expect(await seriousIssues(page), 'with what is no JSON').toEqual([]);
});

it('is written by npm start as a page that needs no server', async () => {
  const started = spawnSync(process.execPath, ['cli/start.ts', '--scenario', 'fleet', '--speed', '1000']);
  expect(String(started.stdout)).toContain('out/fleet.html');
  const page = await newPage();
  await page.goto(String(pathToFileURL('out/fleet.html')));
  await ended(page, 'fleet');
  expect(await status(page, 'Handled')).toBe('succeeded');
  expect(await page.innerText('#panel-verdict')).toContain('8 of 9 guarantees kept, 1 not judged.');
});

it('has asked for nothing but its own server', () => {
  const origins = new Set([...requested].map((url) => new URL(url).origin));
  expect([...origins].filter((origin) => origin !== 'null')).toEqual([served.address]);
});

async function open(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage(options);
  await page.goto(`${served.address}/${hash}`);
  return page;
}

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: wide, ...options });
  page.on('request', (request) => requested.add(request.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    const isRefusal = message.text().includes('status of 400');
    if (message.type() === 'error' && !isRefusal) errors.push(message.text());
  });
  return page;
}

/** Opens an address that starts a run. Returns the run's id besides. */
async function openRun(hash: string, options: BrowserContextOptions = {}): Promise<{ page: Page; run: string }> {
  const page = await newPage(options);
  const run = await runStarted(page, () => page.goto(`${served.address}/${hash}`));
  return { page, run };
}

/** With the payload of `single` in sight, which was played. */
async function openPayload(): Promise<Page> {
  const { page, run } = await openRun('#scenario=single&speed=max');
  await ended(page, run);
  await page.click('#tab-payload');
  return page;
}

/** Does what starts a run, and returns the run's id. */
async function runStarted(page: Page, start: () => Promise<unknown>): Promise<string> {
  const [response] = await Promise.all([page.waitForResponse((one) => one.url().endsWith('/runs')), start()]);
  const { id }: { id: string } = await response.json();
  return id;
}

async function ended(page: Page, run: string): Promise<void> {
  await page.waitForSelector(`#panel-verdict[data-phase="ended"][data-run="${run}"]`, { state: 'attached' });
}

async function inProgress(page: Page, run: string): Promise<void> {
  await page.waitForSelector(`#panel-verdict[data-phase="running"][data-run="${run}"]`, { state: 'attached' });
}

function node(page: Page, state: string) {
  return page.locator(`.node[data-state="${state}"]`);
}

/** What is clicked, or focused, to see a state's details. */
function button(page: Page, state: string) {
  return node(page, state).getByRole('button');
}

function status(page: Page, state: string): Promise<string | null> {
  return node(page, state).getAttribute('data-status');
}

async function clock(page: Page): Promise<number> {
  return Number.parseFloat(await page.innerText('#clock-notice'));
}

/** Notes in which frame each state turned green first. */
async function recordGreen(page: Page): Promise<() => Promise<Record<string, number>>> {
  await page.evaluate(() => {
    const greenAt: Record<string, number> = {};
    let frame = 0;
    const observer = new MutationObserver((mutations) => {
      frame += 1;
      for (const { target } of mutations) {
        if (!(target instanceof Element) || target.getAttribute('data-status') !== 'succeeded') continue;
        const name = target.querySelector('.name')?.textContent;
        if (name) greenAt[name] ??= frame;
      }
      document.body.dataset.greenAt = JSON.stringify(greenAt);
    });
    observer.observe(document.querySelector('#graph') ?? document.body, {
      subtree: true,
      attributeFilter: ['data-status'],
    });
  });
  return async () => {
    const recorded: Record<string, number> = JSON.parse((await page.getAttribute('body', 'data-green-at')) ?? '{}');
    return recorded;
  };
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core finds serious or critical, as `rule: element`. */
async function seriousIssues(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const found: string = await page.evaluate('axe.run().then(({ violations }) => JSON.stringify(violations))');
  const violations: { id: string; impact: string; nodes: { html: string }[] }[] = JSON.parse(found);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}
