import { configDefaults, defineConfig } from 'vitest/config'

const exclude = [...configDefaults.exclude, '**/fixtures/**']

/**
 * Tests that change nothing of their process, neither `process.env` nor a module's variables. Their files share worker
 * processes, so what they import is loaded once per worker. Not the console's walk in a browser, which lies above its folders.
 */
const SHARING = [
  'test/{base,columns,console/*,detect,domain,executor,golden,graph,planner,project,quality,reports,sql,watch}/**/*.test.ts',
  'test/{cli/output,server/schemas}/**/*.test.ts',
]

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // Generous, for machines that do other things beside: a test that hangs is told apart well before.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // DuckDB runs its queries on libuv's pool; four threads would starve file reads.
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
    projects: [
      {
        extends: true,
        test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [...exclude, ...SHARING] },
      },
      { extends: true, test: { name: 'sharing', include: SHARING, exclude, isolate: false } },
    ],
  },
})
