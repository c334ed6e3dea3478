import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ended, open, openEnded, openRun, runStarted, useBrowser } from './pages.ts';

const ownGroup = 'your own group';

useBrowser();

it('plays a group of one’s own, says where capacity was lost, and shares it by its address', async () => {
  const page = await open();
  await page.selectOption('#scenario', ownGroup);
  await page.selectOption('#speed', 'max');
  await page.fill('#world-group-instances', '6');
  await page.fill('#world-group-maxSize', '8');
  await page.fill('#world-notices', '0-5@0');
  await page.selectOption('#other-kind', 'person');
  await page.fill('#other-after', '15');
  await page.fill('#other-value', '7');
  await ended(page, await runStarted(page, () => page.click('#start')));
  expect(await page.locator('#instance-rows .row[data-kind="interrupted"]').count()).toBe(6);
  expect(await page.innerText('#banner')).toMatch(
    /instance-seconds of capacity were lost\. .*At the lowest \d served; the floor is/,
  );
  const g8 = page.locator('#panel-verdict li', { hasText: 'G8 Others' });
  expect(await g8.getAttribute('data-verdict')).toBe('kept');
  const again = await openRun(new URL(page.url()).hash);
  await ended(again.page, again.run);
  expect(await again.page.inputValue('#world-notices')).toBe('0-5@0');
  expect(await again.page.inputValue('#other-kind')).toBe('person');
  expect(await again.page.innerText('#history-count')).toBe(await page.innerText('#history-count'));
});

it('says at each field what is wrong, and starts nothing', async () => {
  const page = await open();
  await page.selectOption('#scenario', ownGroup);
  await page.fill('#world-group-instances', '20');
  await page.fill('#world-group-maxSize', '3');
  expect(await page.innerText('#world-group-maxSize-error')).toContain("3 is less than the group's size, 20");
  await page.fill('#world-notices', 'all');
  expect(await page.innerText('#world-notices-error')).toContain('0-9@0-2');
  expect(await page.isDisabled('#start')).toBe(true);
  expect(await page.isDisabled('#compare')).toBe(true);
  await page.fill('#world-group-maxSize', '30');
  await page.fill('#world-notices', '0@0');
  expect(await page.isDisabled('#start')).toBe(false);
});

it('saves it as JSON, and loads it', async () => {
  const page = await open();
  await page.selectOption('#scenario', ownGroup);
  await page.fill('#world-group-instances', '7');
  await page.fill('#world-notices', '0@0');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#world-save')]);
  const saved = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect(saved).toMatchObject({ group: { instances: 7 } });
  const file = join(tmpdir(), `world-${process.pid}.json`);
  writeFileSync(
    file,
    JSON.stringify({ ...saved, group: { ...saved.group, instances: 9 }, others: [{ kind: 'ghost' }] }),
  );
  await page.setInputFiles('#world-load', file);
  await expect.poll(() => page.inputValue('#world-group-instances')).toBe('9');
  expect(await page.innerText('#world-error')).toContain('others[0].kind "ghost" has to be one of');
});

it('compares with what else one could do: charts on one scale, and one table', async () => {
  const page = await openEnded('#scenario=pair&speed=max');
  await page.click('#compare');
  await page.waitForSelector('#comparison[data-done]');
  expect(await page.locator('.strategy').count()).toBe(6);
  const boxes = await page.locator('.strategy svg').evaluateAll((all) => all.map((one) => one.getAttribute('viewBox')));
  expect(new Set(boxes).size).toBe(1);
  const lost = page.locator('#comparison-table tr', { hasText: 'Lost capacity' });
  expect(await lost.locator('td').first().getAttribute('data-best')).toBe('');
  expect(await page.innerText('#comparison-table thead')).toMatch(/this handler\s+blog-2020\s+detach-now/);
  await page.click('#comparison-close');
  expect(await page.isHidden('#comparison')).toBe(true);
});
