import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/fixtures/**', '**/node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // DuckDB runs its queries on libuv's pool; four threads would starve file reads.
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
  },
})
