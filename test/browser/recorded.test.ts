import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { clock, newPage, status, useBrowser } from './pages.ts';

useBrowser();

it('is written by npm start as a page that needs no server, and opens where it shows most', async () => {
  const file = join(tmpdir(), `browser-world-${process.pid}.json`);
  const world = { name: 'browser-test', group: { instances: 6 }, notices: [{ instance: 0, count: 4 }] };
  writeFileSync(file, JSON.stringify(world));
  const started = spawnSync(process.execPath, ['cli/start.ts', '--world', file, '--speed', '1000']);
  expect(String(started.stdout)).toContain('out/browser-test.html');
  const page = await newPage();
  const address = String(pathToFileURL('out/browser-test.html'));
  await page.goto(address);
  await page.waitForSelector('#panel-verdict[data-phase="ended"]', { state: 'attached' });
  expect(await page.title()).toContain('browser-test');
  expect(await page.isVisible('#start')).toBe(false);
  expect(await page.isVisible('#compare')).toBe(false);
  expect(await page.innerText('#panel-verdict')).toContain('8 of 9 guarantees kept, 1 not judged.');
  const opened = await clock(page);
  expect(opened).toBeGreaterThan(45);
  expect(opened).toBeLessThan(90);
  await page.click('#to-latest');
  await expect.poll(() => status(page, 'Handled')).toBe('succeeded');
  await page.goto(`${address}#at=10`);
  await page.reload();
  await expect.poll(() => clock(page)).toBe(10);
  expect(await page.innerText('#sentence')).toContain('4 wait: 0 of 4 replacements serve');
});
