/**
 * How long a new row takes from the app's database through source, two assets and their checks back into the app, on
 * a schedule by the second in a real `millrace serve`; against how long the app's own database takes to show a row
 * that is written straight into the delivered table.
 *
 * Options: --rows N (200,000 in the history), --rounds N (60).
 */
import pg from 'pg'
import { createTestProject } from '../test/support/millrace.js'
import { startTestPostgres } from '../test/support/postgres.js'
import { serve } from '../test/support/serve.js'
import { option, print } from './support/report.js'

const rows = Number(option('rows', '200000'))
const rounds = Number(option('rounds', '60'))

const files: Record<string, string> = {
  'millrace.yaml': `name: latency
state: embedded
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb }
connections: { app: { type: postgres, url: "\${APP_DATABASE_URL}" } }
`,
  'assets/raw/readings.yaml': `source: { from: app, table: readings, load: incremental, cursor: id }
key: [id]
time: { column: read_at }
schedule: '* * * * * *'
columns: { device_id: { checks: [not_null] } }
`,
  'assets/staging/clean.sql': `/* @asset
materialize: incremental
time: { column: read_at, grain: hour }
key: [id]
allow_incomplete: true
columns: { level: { checks: [{ accepted_range: { min: 0, max: 100 } }] } }
*/
select id, device_id, read_at, level from raw.readings where read_at >= $start and read_at < $end
`,
  'assets/marts/hourly.sql': `/* @asset
materialize: incremental
time: { column: hour, grain: hour }
key: [device_id, hour]
allow_incomplete: true
checks: [{ row_count: { min: 1 } }]
deliver: { to: app, table: insights.hourly }
*/
select device_id, date_trunc('hour', read_at) as hour, count(*) as n, max(id) as newest
from staging.clean where read_at >= $start and read_at < $end group by all
`,
}

const server = await startTestPostgres()
const url = await server.createDatabase()
const app = new pg.Client({ connectionString: url })
await app.connect()
const project = createTestProject(files, { APP_DATABASE_URL: url })
try {
  await app.query(`create table readings (id bigserial primary key, device_id int, read_at timestamptz, level float8);
    insert into readings (device_id, read_at, level)
    select n % 500, now() - make_interval(secs => ${rows} - n), n % 100 from generate_series(1, ${rows}) n`)
  const served = await serve(project)
  try {
    await shownAfter(rows)
    const delivered: number[] = []
    const straight: number[] = []
    for (let round = 0; round < rounds; round++) {
      // At another moment of the second each time: the wait for the tick is part of it.
      await sleep(((round * 37) % 100) * 10)
      const begun = performance.now()
      const { rows: made } = await app.query(
        'insert into readings (device_id, read_at, level) values (7, now(), 50) returning id',
      )
      await shownAfter(Number(made[0].id))
      delivered.push(performance.now() - begun)
      straight.push(await writeStraight())
    }
    print('live-latency', {
      rows,
      rounds,
      'new row to delivered, ms': percentiles(delivered),
      'row written straight into the table, ms': percentiles(straight),
    })
  } finally {
    await served.stop()
  }
} finally {
  await app.end()
  project.remove()
  await server.stop()
}

async function shownAfter(id: number): Promise<void> {
  for (;;) {
    const { rows: there } = await app.query(`select to_regclass('insights.hourly') is not null as there`)
    if (there[0].there) {
      const { rows: newest } = await app.query('select max(newest) as id from insights.hourly')
      if (Number(newest[0].id) >= id) return
    }
    await sleep(10)
  }
}

async function writeStraight(): Promise<number> {
  const begun = performance.now()
  await app.query(`create temp table if not exists straight (id bigint); insert into straight values (1)`)
  await app.query('select max(id) from straight')
  return performance.now() - begun
}

function percentiles(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!)
  return { p50: at(0.5), p95: at(0.95), worst: at(1) }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
