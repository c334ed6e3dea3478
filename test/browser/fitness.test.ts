import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { button, goTo, narrow, newPage, open, openEnded, useBrowser, wide } from './pages.ts';

useBrowser();

it('is small, and soon there', async () => {
  const page = await newPage();
  const busy = await cpuMilliseconds(page);
  await page.goto(inject('address'));
  const scriptBytes = await page.evaluate(() => document.getElementById('page-script')?.textContent?.length ?? 0);
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  const cpu = Math.round(await busy());
  console.log({ scriptBytes, firstContentfulPaintMs: paint, cpuMsUntilLoaded: cpu });
  expect(scriptBytes).toBeGreaterThan(10_000);
  expect(scriptBytes).toBeLessThan(350_000);
  expect(cpu, 'until it is loaded').toBeGreaterThan(10);
  expect(cpu, 'until it is loaded').toBeLessThan(500);
});

it('answers within 50 ms with a hundred executions and thousands of events', async () => {
  const page = await openEnded('#scenario=wipeout&speed=max');
  expect(Number(await page.innerText('#history-count'))).toBeGreaterThan(3000);
  const actions = {
    'moves to a moment': () => page.evaluate(scrub, 30),
    'moves back': () => page.evaluate(scrub, 20),
    'selects an execution': () => page.evaluate(press, '#execution-rows .row'),
    'looks at all': () => page.evaluate(press, '#all-executions'),
    'opens a state': () => page.evaluate(press, '.node[data-state="CheckCapacity"] .state-button'),
    'points at an instance': () => page.evaluate(point, '#instance-rows .row'),
    'filters the history': () => page.evaluate(type, '#history-filter'),
    'sorts the executions': () => page.evaluate(press, '#execution-rows .rows-head button'),
  };
  const busy = await cpuMilliseconds(page);
  const took: Record<string, number> = {};
  for (const [name, act] of Object.entries(actions)) {
    const before = await busy();
    await act();
    took[name] = Math.round((await busy()) - before);
  }
  console.log('CPU milliseconds', took);
  expect(Object.entries(took).filter(([, milliseconds]) => milliseconds >= 50)).toEqual([]);
  expect(await page.locator('#instance-rows .row').count()).toBeLessThan(60);
});

it.each([wide, narrow])('needs no scrolling to the side at $width px', async (viewport) => {
  const page = await openEnded('#scenario=pair&speed=max', { viewport });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
  await page.selectOption('#scenario', 'your own group');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
  await page.click('#compare');
  await page.waitForSelector('#comparison[data-done]');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
});

it.each([
  ['light', wide],
  ['dark', wide],
  ['light', narrow],
] as const)('has no accessibility issue of WCAG AA: %s, %o', async (colorScheme, viewport) => {
  const page = await openEnded('#scenario=throttled&speed=max', { colorScheme, viewport });
  await goTo(page, 30);
  expect(await issues(page), 'in the middle').toEqual([]);
  await page.click('#to-latest');
  await button(page, 'CheckCapacity').click();
  await page.waitForSelector('#panel-state h3');
  await page.locator('#history-grid .row').first().click();
  expect(await issues(page), 'with a state').toEqual([]);
  await page.selectOption('#scenario', 'your own group');
  await page.fill('#world-notices', 'nope');
  await page.click('#payload-details summary');
  await page.fill('#payload', '{');
  expect(await issues(page), 'with what is wrong').toEqual([]);
});

it('has no accessibility issue before a run', async () => {
  expect(await issues(await open())).toEqual([]);
});

/**
 * What the page's main thread has computed so far: unlike the time on the clock it does not depend on what else the machine
 * does. Milliseconds.
 */
async function cpuMilliseconds(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
}

/** These run in the page, until what follows from the input has been drawn. */
async function scrub(seconds: number): Promise<void> {
  const scrubber = document.querySelector('#scrubber');
  if (!(scrubber instanceof HTMLInputElement)) throw new Error('There is no scrubber.');
  scrubber.value = String(seconds);
  scrubber.dispatchEvent(new Event('input'));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

async function press(selector: string): Promise<void> {
  document.querySelector(selector)?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

async function point(selector: string): Promise<void> {
  const row = document.querySelector(`${selector}:nth-of-type(5)`);
  row?.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: 500 }));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

async function type(selector: string): Promise<void> {
  const field = document.querySelector(selector);
  if (!(field instanceof HTMLInputElement)) throw new Error(`There is no ${selector}.`);
  field.value = 'check';
  field.dispatchEvent(new Event('input'));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core finds against WCAG A and AA, as `rule: element`. */
async function issues(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const tags = JSON.stringify({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
  const found: string = await page.evaluate(`axe.run(${tags}).then(({ violations }) => JSON.stringify(violations))`);
  const violations: { id: string; nodes: { html: string }[] }[] = JSON.parse(found);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 140)}`));
}
