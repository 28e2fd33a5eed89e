import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/adapters/state/postgres/store.js'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { createTestProject } from '../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { serve } from '../support/serve.js'

/** Readings grow with every load; the slow algorithm reads what the quick table is made from. */
const files = {
  'millrace.yaml': `name: beside
state: "\${STATE_URL}"
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb, memory_limit: 256MB }
connections:
  app: { type: postgres, url: "\${STATE_URL}" }
`,
  'assets/raw/readings.yaml': `source: { from: app, table: hardware.readings, load: incremental, cursor: id }
key: [id]
time: { column: seen }
schedule: '* * * * * *'
`,
  'assets/marts/quick.sql': `/* @asset
materialize: incremental
time: { column: day, grain: day }
key: [day]
deliver: { to: app, table: insights.quick }
*/
select date_trunc('day', seen) as day, count(*) as readings from raw.readings
where seen >= $start and seen < $end group by 1`,
  'assets/marts/slow.ts': `/* @asset
inputs: [raw.readings]
schedule: '0-58/2 * * * * *'
key: [n]
columns: { n: { type: BIGINT }, readings: { type: BIGINT } }
deliver: { to: app, table: insights.slow }
*/
import { existsSync, writeFileSync } from 'node:fs'

export default async function* (ctx) {
  let readings = 0
  for await (const _ of ctx.input('raw.readings')) readings++
  if (existsSync('HOLD')) {
    writeFileSync('HELD', '')
    while (existsSync('HOLD')) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  yield { n: 1, readings }
}
`,
}

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

test('a slow algorithm does not make a table of the second late, and kill -9 with both under way loses nothing', {
  timeout: 90_000,
}, async () => {
  const url = await server.createDatabase()
  const app = new pg.Client({ connectionString: url })
  await app.connect()
  await app.query(
    'create schema hardware; create table hardware.readings (id bigint generated always as identity primary key, seen timestamptz not null)',
  )
  const arrive = () =>
    app.query("insert into hardware.readings (seen) select '2026-03-01 10:00Z' from generate_series(1, 10)")
  await arrive()
  const project = createTestProject(files, { STATE_URL: url })
  const gate = join(project.root, 'hold')
  const held = join(project.root, 'held')
  project.write({
    'assets/marts/slow.ts': files['assets/marts/slow.ts']
      .replaceAll("'HOLD'", JSON.stringify(gate))
      .replaceAll("'HELD'", JSON.stringify(held)),
  })
  const store = await openPostgresStore({
    url,
    project: 'beside',
    environment: 'prod',
    processName: 'a test',
    log: silentLog,
  })
  const until = async (isSo: () => Promise<boolean> | boolean) => {
    while (!(await isSo())) await systemClock.sleep(50)
  }
  const delivered = async (table: string) => {
    const there = await app.query('select to_regclass($1) as name', [`insights.${table}`])
    if (there.rows[0].name === null) return 0
    const { rows } = await app.query(`select coalesce(sum(readings), 0)::int as n from insights.${table}`)
    return rows[0].n as number
  }
  const sent = async () => (await app.query('select count(*)::int as n from hardware.readings')).rows[0].n
  try {
    for (const end of ['kill', 'kill', 'stop'] as const) {
      const served = await serve(project)
      await until(async () => (await delivered('slow')) === (await sent()))
      project.write({ hold: '' })
      await arrive()
      await until(() => existsSync(held))
      for (let round = 0; round < 3; round++) {
        await arrive()
        await until(async () => (await delivered('quick')) === (await sent()))
      }
      const going = (await store.runs({ limit: 99 })).filter(({ status }) => status === 'running')
      expect(going.map(({ trigger }) => trigger.replace(/^.*: /, ''))).toContain('marts.slow')
      expect(await delivered('slow')).toBeLessThan(await sent())
      if (end === 'kill') {
        await served.kill()
        for (const file of [gate, held]) rmSync(file)
        continue
      }
      rmSync(gate)
      await until(async () => (await delivered('slow')) === (await sent()))
      expect((await served.stop()).code).toBe(0)
    }
    const { rows } = (
      await project.json<{ rows: unknown[][] }>(
        'query',
        'select (select sum(readings) from marts.quick)::int, (select sum(readings) from marts.slow)::int, (select count(*) from raw.readings)::int',
      )
    ).value
    const all = await sent()
    expect(rows).toEqual([[all, all, all]])
    const releases = (await store.releases(999)).map(({ release }) => release)
    expect(releases).toEqual([...releases].sort((a, b) => b - a))
    expect(new Set(releases).size).toBe(releases.length)
    expect(new Set((await store.runs({ limit: 999 })).map(({ status }) => status))).toEqual(
      new Set(['done', 'abandoned']),
    )
  } finally {
    await app.end()
    await store.close()
    project.remove()
  }
})
