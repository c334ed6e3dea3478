import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { button, clock, ended, goTo, node, open, openEnded, runStarted, status, useBrowser } from './pages.ts';

useBrowser();

/** The storm that the first test starts; the others join it. */
let hash = '#scenario=storm&speed=max';
let page: Page;

beforeEach(async () => {
  if (hash !== '') {
    page = await openEnded(hash);
    hash = '';
  } else {
    page = await open();
    await page.waitForSelector('#panel-verdict[data-phase="ended"]', { state: 'attached' });
  }
});

it('has a row for each interrupted instance and replacement, and folds those that nobody touched', async () => {
  const rows = page.locator('#instance-rows .row');
  expect(await rows.count()).toBe(41);
  expect(await page.locator('#instance-rows .row[data-kind="interrupted"]').count()).toBe(20);
  expect(await page.locator('#instance-rows .row[data-kind="replacement"]').count()).toBe(20);
  const first = rows.first();
  const phases = await first.locator('.bar').evaluateAll((bars) => bars.map((bar) => bar.getAttribute('data-phase')));
  expect(phases).toEqual(['serving', 'draining', 'out']);
  const marks = await first.locator('.mark-at').evaluateAll((all) => all.map((one) => one.getAttribute('data-mark')));
  expect(marks).toEqual(['deadline', 'gone', 'notice', 'raise', 'leave']);
  await page.click('#instance-rows .row[data-kind="fold"]');
  await page.focus('#instance-rows');
  await page.keyboard.press('End');
  await expect.poll(() => page.getAttribute('#instance-rows', 'aria-rowcount')).toBe('61');
});

it('highlights what the pointer is on in the chart, the graph and the history, too', async () => {
  await page.hover('#instance-rows .row[data-kind="interrupted"] >> nth=3', { position: { x: 500, y: 6 } });
  await page.waitForSelector('.time-mark[data-mark="pointer"]:not([hidden])', { state: 'attached' });
  expect(await page.locator('.node[data-hovered]').getAttribute('data-state')).toBe('WaitForInService');
  await page.waitForSelector('#execution-rows .row[data-hovered]');
  await page.hover('#capacity-chart .plot', { position: { x: 300, y: 40 } });
  await page.waitForSelector('.time-mark[data-mark="pointer"]:not([hidden])', { state: 'attached' });
  expect(await page.innerText('#capacity-key [data-series="desired"] b')).toBe('60');
  await page.hover('#history-grid .row >> nth=2');
  await page.waitForSelector('#instance-rows .row[data-hovered]');
});

it('shows the executions as a table, sorts and filters it, and selects one everywhere', async () => {
  expect(await page.innerText('#execution-count')).toBe('20');
  const leftAt = page.locator('#execution-rows .rows-head button', { hasText: 'Left at' });
  await leftAt.click();
  await leftAt.click();
  const times = await page
    .locator('#execution-rows .row')
    .evaluateAll((rows) =>
      rows
        .toSorted((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
        .map((row) => Number.parseFloat(row.children[3]?.textContent ?? '')),
    );
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  await page.fill('#execution-filter', '00003');
  await expect.poll(() => page.innerText('#execution-count')).toBe('1 of 20');
  await page.click('#execution-rows .row');
  await page.waitForSelector('#instance-rows .row[aria-selected="true"]');
  expect(await button(page, 'RecordInterruption').getAttribute('aria-label')).not.toContain('visits');
  expect(await page.innerText('#history-count')).toMatch(/^\d+ of \d+$/);
  expect(await page.innerText('#sentence')).toMatch(/^i-00000000000000003 left at/);
  await page.click('#all-executions');
  await expect.poll(() => page.innerText('#history-count')).not.toContain('of');
});

it('moves everything to another moment, step by step, and keeps it in the address', async () => {
  await goTo(page, 20);
  expect(await page.innerText('#sentence')).toMatch(/^20 wait: 0 of 20 replacements serve \(20 pending for 19 s\)/);
  expect(await status(page, 'Handled')).toBe('not entered');
  expect(await node(page, 'WaitForInService').getAttribute('data-active')).toBe('');
  expect(await page.innerText('#execution-rows .row >> nth=0')).toContain('WaitForInService');
  const before = await clock(page);
  await page.click('#step-on');
  await expect.poll(() => clock(page)).toBeGreaterThan(before);
  await page.click('#step-back');
  await page.click('#step-back');
  await expect.poll(() => clock(page)).toBeLessThan(before);
  await goTo(page, 70);
  await expect.poll(() => new URL(page.url()).hash).toContain('at=70');
  expect(await page.innerText('#sentence')).toMatch(/^All 20 instances have left/);
  await page.reload();
  await expect.poll(() => clock(page)).toBe(70);
  await page.click('#to-latest');
  await expect.poll(() => new URL(page.url()).hash).not.toContain('at=');
});

it('plays on from a moment, and pauses', async () => {
  await goTo(page, 10);
  await page.click('#play');
  await expect.poll(() => clock(page)).toBeGreaterThan(14);
  await page.click('#play');
  await page.waitForSelector('#play:not([data-playing])');
  const paused = await clock(page);
  expect(await clock(page)).toBe(paused);
  await page.locator('h1').click();
  await page.keyboard.press('.');
  await expect.poll(() => clock(page)).toBeGreaterThan(paused);
});

it('draws the way that was taken with the rules by which, and can be zoomed', async () => {
  const taken = page.locator('.edge-label[data-taken]');
  await expect.poll(async () => (await taken.allTextContents()).join().replaceAll(/\s/g, '')).toContain('enoughserve');
  const width = () => page.locator('#graph svg').evaluate((svg) => svg.getBoundingClientRect().width);
  const before = await width();
  await page.click('#zoom-in');
  expect(await width()).toBeGreaterThan(before * 1.2);
  await page.click('#zoom-fit');
  const fits = await page.evaluate(() => {
    const graph = document.querySelector('#graph');
    return graph !== null && graph.scrollHeight <= graph.clientHeight + 1 && graph.scrollWidth <= graph.clientWidth + 1;
  });
  expect(fits).toBe(true);
});

it('shows what a state added, reached by keyboard, visit by visit', async () => {
  await button(page, 'SetDesiredCapacity').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#panel-state .differences');
  expect(await page.innerText('#panel-state .differences')).toMatch(/\+\s*scaleOut/);
  const line = () => page.innerText('.visit-line > span');
  const first = await line();
  await page.click('.visit-line button[aria-label="Earlier visit"]');
  await expect.poll(line).not.toBe(first);
});

it('sorts the history by time, keeps it light, and a choice in it selects the visit', async () => {
  expect(await page.locator('#history-grid .row').count()).toBeLessThan(40);
  await page.fill('#history-filter', 'recordinterruption');
  await page.selectOption('#history-kind', 'States entered');
  await expect.poll(() => page.innerText('#history-count')).toMatch(/^20 of/);
  await page.focus('#history-grid');
  await page.keyboard.press('Home');
  await page.waitForSelector('#panel-state h3:has-text("RecordInterruption")');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#history-export')]);
  const exported: { secondsSinceNotice: number }[] = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect(exported).toHaveLength(20);
  const times = exported.map(({ secondsSinceNotice }) => secondsSinceNotice);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

it('lets the worst visit win a state, opens it by a click, and counts what was repeated', async () => {
  await page.selectOption('#scenario', 'throttled');
  await page.selectOption('#speed', 'max');
  await ended(page, await runStarted(page, () => page.click('#start')));
  expect(await status(page, 'CheckCapacity')).toBe('caught');
  expect(await button(page, 'CheckCapacity').getAttribute('aria-label')).toMatch(/\d+ failed calls/);
  await button(page, 'CheckCapacity').click();
  expect(await page.innerText('#panel-state .chip')).toBe('caught');
  expect(await page.innerText('#panel-state')).toContain('repeated by the function while it can');
});
