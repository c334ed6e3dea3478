import { defineConfig } from 'vitest/config';

/** Tests in a real browser: `npm run test:browser`. They need Chromium; see test/browser/browser.ts. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/console-setup.ts'],
    fileParallelism: false,
    // A browser on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
