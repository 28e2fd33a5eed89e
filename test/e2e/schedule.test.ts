import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/adapters/state/postgres/store.js'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { createTestProject } from '../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { serve } from '../support/serve.js'

const files = {
  'millrace.yaml': `name: ticking
state: "\${STATE_URL}"
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb, memory_limit: 256MB }
connections:
  drop: { type: files, path: ./incoming }
`,
  'incoming/a.csv': 'id,visits\n1,10\n2,20\n',
  'assets/raw/doors.yaml': `source: { from: drop, path: '*.csv', format: csv }
schedule: { cron: '* * * * * *', catch_up: all }
`,
  'assets/marts/doors.sql': '/* @asset\ndescription: x\n*/\nselect sum(visits) as visits from raw.doors\n',
}

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

test('a server keeps its schedule through kill -9 and a stop, and each run is made once', async () => {
  const url = await server.createDatabase()
  const project = createTestProject(files, { STATE_URL: url })
  const store = await openPostgresStore({
    url,
    project: 'ticking',
    environment: 'prod',
    processName: 'a test',
    log: silentLog,
  })
  const records = () => store.ticks.latest('asset:raw.doors', 500)
  const doneRuns = async (least: number) => {
    for (;;) {
      const done = (await records()).filter(({ status }) => status === 'done')
      if (done.length >= least) return done.length
      await systemClock.sleep(50)
    }
  }
  try {
    for (const end of ['kill', 'kill', 'stop'] as const) {
      const served = await serve(project)
      await doneRuns((await records()).length + 2)
      const { code } = await served[end]()
      if (end === 'stop') expect(code).toBe(0)
    }
    const all = await records()
    expect(all.filter(({ status }) => status !== 'done' && status !== 'due')).toEqual([])
    const runs = all.flatMap(({ run }) => run ?? [])
    expect(new Set(runs).size).toBe(runs.length)
    // What was cut off has a run of its own besides, which was given up.
    const statuses = (await store.runs({ limit: 500 })).map(({ status }) => status)
    expect(new Set(statuses)).not.toContain('running')
    expect(statuses.filter((status) => status === 'done').length).toBeGreaterThanOrEqual(6)
    const { visits } = (
      await project.json<{ rows: [[number]] }>('query', 'select visits from marts.doors')
    ).value.rows.map(([visits]) => ({ visits }))[0]!
    expect(Number(visits)).toBe(30)
  } finally {
    await store.close()
    project.remove()
  }
})
