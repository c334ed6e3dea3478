import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import {
  clock,
  ended,
  forgiveErrors,
  inProgress,
  newPage,
  open,
  openEnded,
  openRun,
  runStarted,
  status,
  useBrowser,
} from './pages.ts';

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

useBrowser();

it('takes the next free port where the wanted one is taken, and says so', () => {
  expect(inject('address')).not.toContain(`:${inject('takenPort')}`);
  expect(inject('printed')).toContain(`port ${inject('takenPort')} is taken`);
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
  await page.click('#tab-summary');
  const summary: unknown = JSON.parse(await page.innerText('#panel-summary pre'));
  expect(summary).toMatchObject({ scenario: 'single', executions: [{ finalState: 'Handled' }] });
});

it('shows a failed execution in red, with its error', async () => {
  const page = await openEnded('#scenario=single&speed=max');
  await page.click('#payload-details summary');
  await page.fill('#payload', '{"detail": {"instance-id": "nope"}}');
  await ended(page, await runStarted(page, () => page.click('#start')));
  expect(await status(page, 'HandlingFailed')).toBe('failed');
  expect(await status(page, 'DescribeInstance')).toBe('caught');
  expect(await page.innerText('#panel-verdict')).toContain('InvalidEvent');
  expect(await page.innerText('#run-chip')).toBe('Failed');
  expect(await page.innerText('#form-message')).toContain('started with it by hand');
});

it('does not start what is no JSON, and marks where it is wrong', async () => {
  const page = await open();
  await page.click('#payload-details summary');
  await page.fill('#payload', '{\n  "detail": nope\n}');
  expect(await page.isDisabled('#start')).toBe(true);
  expect(await page.innerText('#payload-error')).toContain('Line 2, column 13');
  expect(await page.textContent('#payload-marks mark')).toBe('nope');
  await page.fill('#payload', '{"detail": {}}');
  expect(await page.isDisabled('#start')).toBe(false);
});

it('goes on with the run after a reload in the middle, and shows it in a second tab, which stops it', async () => {
  const { page, run } = await openRun('#scenario=pair&speed=2');
  await inProgress(page, run);
  await expect.poll(() => status(page, 'WaitForInService')).toBe('in progress');
  const before = await clock(page);
  await page.reload();
  await inProgress(page, run);
  expect(await clock(page)).toBeGreaterThanOrEqual(before);
  expect(await status(page, 'RecordInterruption')).toBe('succeeded');
  const second = await open();
  await inProgress(second, run);
  expect(await second.inputValue('#scenario')).toBe('pair');
  await second.click('#stop');
  await page.waitForSelector('#run-chip:has-text("Stopped")');
  await expect.poll(() => second.innerText('#history-count')).toBe(await page.innerText('#history-count'));
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
  await page.goto(inject('address'));
  await page.waitForSelector('#run-chip:has-text("Not connected")');
  await page.click('#start');
  await page.waitForSelector('#form-message:has-text("The console does not answer")');
  forgiveErrors();
});

it('lets nothing jump while a storm goes on', async () => {
  const page = await open();
  await page.evaluate(() => {
    const shifts = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const moved = 'value' in entry && typeof entry.value === 'number' ? entry.value : 0;
        document.body.dataset.shift = String(Number(document.body.dataset.shift ?? 0) + moved);
        const sources = 'sources' in entry && Array.isArray(entry.sources) ? entry.sources : [];
        const names = sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
        document.body.dataset.moved = `${document.body.dataset.moved ?? ''} ${moved.toFixed(3)}: ${names}`;
      }
    });
    shifts.observe({ entryTypes: ['layout-shift'] });
  });
  await page.selectOption('#scenario', 'storm');
  await page.selectOption('#speed', '60');
  const run = await runStarted(page, () => page.click('#start'));
  await inProgress(page, run);
  await page.waitForSelector('.instance-rows .row');
  await page.evaluate(() => {
    document.body.dataset.shift = '0';
    document.body.dataset.moved = '';
  });
  await ended(page, run);
  const moved = await page.getAttribute('body', 'data-moved');
  expect(Number(await page.getAttribute('body', 'data-shift')), moved ?? '').toBeLessThan(0.02);
});

/** Notes in which frame each state turned green first. */
async function recordGreen(page: Page): Promise<() => Promise<Record<string, number>>> {
  await page.evaluate(() => {
    const run = () => document.querySelector('#panel-verdict')?.getAttribute('data-run');
    let recorded = run();
    let greenAt: Record<string, number> = {};
    let frame = 0;
    const observer = new MutationObserver((mutations) => {
      if (recorded !== run()) greenAt = {};
      recorded = run();
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
