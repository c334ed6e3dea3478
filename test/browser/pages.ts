import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { launchBrowser } from './browser.ts';

export const wide = { width: 1280, height: 800 };
export const narrow = { width: 390, height: 844 };

let browser: Browser;
const requested = new Set<string>();
const errors: string[] = [];

/** A browser for the tests of a file. After each of them nothing may have gone wrong on its pages. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(errors.splice(0), 'errors on the page').toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    const origins = new Set([...requested].map((url) => new URL(url).origin));
    expect(
      [...origins].filter((origin) => origin !== 'null' && !/^http:\/\/(localhost|127\.0\.0\.1):\d+$/.test(origin)),
      'asked for nothing elsewhere',
    ).toEqual([]);
  });
}

/** What was reported is expected. */
export function forgiveErrors(): void {
  errors.length = 0;
}

export async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: wide, ...options });
  page.setDefaultTimeout(60_000);
  page.on('request', (request) => requested.add(request.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    const isRefusal = message.text().includes('status of 400');
    if (message.type() === 'error' && !isRefusal) errors.push(message.text());
  });
  return page;
}

export async function open(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage(options);
  await page.goto(`${inject('address')}/${hash}`);
  return page;
}

/** Opens an address that starts a run. Returns the run's id besides. */
export async function openRun(hash: string, options: BrowserContextOptions = {}): Promise<{ page: Page; run: string }> {
  const page = await newPage(options);
  const run = await runStarted(page, () => page.goto(`${inject('address')}/${hash}`));
  return { page, run };
}

/** The same, and waits for its end. */
export async function openEnded(hash: string, options: BrowserContextOptions = {}): Promise<Page> {
  const { page, run } = await openRun(hash, options);
  await ended(page, run);
  return page;
}

/** Does what starts a run, and returns the run's id. */
export async function runStarted(page: Page, start: () => Promise<unknown>): Promise<string> {
  const [response] = await Promise.all([page.waitForResponse((one) => one.url().endsWith('/runs')), start()]);
  const { id }: { id: string } = await response.json();
  return id;
}

export async function ended(page: Page, run: string): Promise<void> {
  await page.waitForSelector(`#panel-verdict[data-phase="ended"][data-run="${run}"]`, { state: 'attached' });
}

export async function inProgress(page: Page, run: string): Promise<void> {
  await page.waitForSelector(`#panel-verdict[data-phase="running"][data-run="${run}"]`, { state: 'attached' });
}

export function node(page: Page, state: string): Locator {
  return page.locator(`.node[data-state="${state}"]`);
}

/** What is clicked, or focused, to see a state's details. */
export function button(page: Page, state: string): Locator {
  return node(page, state).getByRole('button');
}

export function status(page: Page, state: string): Promise<string | null> {
  return node(page, state).getAttribute('data-status');
}

/** Seconds since the notice. */
export async function clock(page: Page): Promise<number> {
  return Number.parseFloat(await page.innerText('#clock-notice'));
}

/** Moves the scrubber, as by keyboard. */
export async function goTo(page: Page, seconds: number): Promise<void> {
  await page.fill('#scrubber', String(seconds));
  await expect.poll(() => clock(page)).toBeCloseTo(seconds, 0);
}
