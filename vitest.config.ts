import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// The workers, and the commands that tests start, load the same large modules: Node.js compiles them once for all.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/node');

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    globalSetup: ['test/support/temporary-folder.ts'],
    testTimeout: 30_000,
    // By default one core is left idle: on a machine with two, that is one worker.
    maxWorkers: '100%',
    // Loading aws-cdk-lib and the SDK anew for each file took more time than the tests did. Whatever a test replaces
    // (the clock, Math.random), it puts back.
    isolate: false,
  },
});
