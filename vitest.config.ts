import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/fixtures/**', '**/node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    // Generous, for machines that do other things beside: a test that hangs is told apart well before.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // DuckDB runs its queries on libuv's pool; four threads would starve file reads.
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
  },
})
