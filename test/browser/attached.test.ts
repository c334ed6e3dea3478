import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, it } from 'vitest';
import { startConsole, startServing } from './console-process.ts';
import { newPage, node, useBrowser } from './pages.ts';

/** Or the next one that is free. */
const port = 47_000 + (process.pid % 1000);

useBrowser();

it('shows the executions of npm run aws as they come', async () => {
  const aws = await startServing('cli/aws.ts', ['--port', '0']);
  const console = await startConsole(['--attach', '--port', String(port)], { AWS_ENDPOINT_URL: aws.address });
  try {
    const page = await newPage();
    await page.goto(console.address);
    expect(await page.isVisible('#start')).toBe(false);
    await putNotice(aws.address);
    await expect.poll(() => node(page, 'RecordInterruption').getAttribute('data-status')).toBe('succeeded');
    expect(await page.innerText('#execution-count')).toBe('1');
    await expect
      .poll(() => page.innerText('#sentence'))
      .toMatch(/^i-1234567890abcdef0 waits: \d serve, the floor is 1/);
    expect(Number(await page.innerText('#history-count'))).toBeGreaterThan(5);
    await page.close();
  } finally {
    await Promise.all([console.interrupt(), aws.interrupt()]);
  }
});

async function putNotice(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const eventBridge = new EventBridgeClient({ endpoint, region: 'us-east-2', credentials });
  const Detail = JSON.stringify({ 'instance-id': 'i-1234567890abcdef0', 'instance-action': 'terminate' });
  const entry = { Source: 'aws.ec2', DetailType: 'EC2 Spot Instance Interruption Warning', Detail };
  await eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
  eventBridge.destroy();
}
