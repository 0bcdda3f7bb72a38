import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The plugin's tests run on the engine's sources.
  resolve: { alias: [{ find: /^surefoot$/, replacement: new URL('./src/index.ts', import.meta.url).pathname }] },
  test: {
    include: ['test/**/*.test.ts', 'eslint-plugin/test/**/*.test.ts'],
    // Some suites start a real PostgreSQL in the process, or build the package.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/count-reporter.mjs'],
  },
});
