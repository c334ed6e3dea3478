import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    testTimeout: 30_000,
    // Loading aws-cdk-lib and the SDK anew for each file took more time than the tests did. Whatever a test replaces
    // (the clock, Math.random), it puts back.
    isolate: false,
  },
});
