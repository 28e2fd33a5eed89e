import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestProject, type QueryJson, type RunJson, statuses } from '../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

/** As the documentation of headers and of millrace.yaml shows them, word for word. */
const FILES = {
  'millrace.yaml': `# millrace.yaml
name: washrooms
tenant: customer_id
timezone: Europe/Dublin          # of schedules and calendar days
state: embedded                  # or postgres://…
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb }   # later also postgres, trino
connections:
  app: { type: postgres, url: "\${APP_DATABASE_URL}" }
  drop: { type: files, path: ./incoming }
vars: { silent_after: 2 hours }
`,
  'assets/raw/readings.yaml': `# assets/raw/readings.yaml: a source
description: Every reading as the device sent it
source: { from: app, table: hardware.readings, load: incremental, cursor: id }   # load: full | incremental | keyed
key: [id]
time: { column: read_at }        # event time: which ranges a load touched
columns:
  device_id: { type: integer, checks: [not_null] }
schedule: '* * * * *'
# from files:  source: { from: drop, path: 'readings/*.csv', format: csv }
`,
  'assets/staging/door_counts.sql': `/* @asset
description: Door counts with the washroom they belong to
materialize: incremental
time: { column: read_at, grain: hour }
*/
select device_id as washroom_id, read_at, people_in, people_out
from raw.readings
where read_at >= $start and read_at < $end
`,
  'assets/marts/traffic_hourly.sql': `/* @asset
description: Door counts per washroom and hour
owner: data
materialize: incremental        # table (default) | view | incremental | keyed | append
time: { column: hour, grain: hour, lookback: 2 days }
key: [washroom_id, hour]
columns:
  washroom_id: { checks: [not_null] }
  visits: { description: people who came in, checks: [{ accepted_range: { min: 0, max: 5000 } }] }
checks:
  - row_count: { min: 1 }
  - failed_rows: { name: more_out_than_in, sql: select * from this where people_out > people_in * 2, severity: warning, on_fail: continue }
schedule: '*/15 * * * *'
budget: { duration: 30s }
deliver: { to: app, table: insights.traffic_hourly }
*/
select washroom_id, date_trunc('hour', read_at) as hour, sum(people_in) as visits, sum(people_out) as people_out
from staging.door_counts
where read_at >= $start and read_at < $end
group by all
`,
}

test('the project that the documentation shows runs to a release and a delivery as it stands', async () => {
  const url = await server.createDatabase()
  const app = new pg.Client({ connectionString: url })
  app.on('error', () => {})
  await app.connect()
  const project = createTestProject(FILES, { APP_DATABASE_URL: url })
  try {
    await app.query(`create schema hardware;
      create table hardware.readings (id bigint primary key, device_id integer not null, read_at timestamptz not null,
        people_in integer not null, people_out integer not null);
      insert into hardware.readings select i, i % 3, '2026-03-01T08:00Z'::timestamptz + i * interval '10 min', i, i
        from generate_series(1, 60) i`)
    const { code, value } = await project.json<RunJson>('run')
    expect(statuses(value)).toEqual({
      'raw.readings': 'released',
      'staging.door_counts': 'released',
      'marts.traffic_hourly': 'released',
    })
    expect(code).toBe(0)
    expect(value.deliveries).toMatchObject([{ status: 'delivered' }])
    const delivered = await app.query('select sum(visits)::int as visits from insights.traffic_hourly')
    expect(delivered.rows).toEqual([{ visits: 1830 }])
    const { value: seen } = await project.json<QueryJson>(
      'query',
      'select sum(visits)::int as visits from marts.traffic_hourly',
    )
    expect(seen.rows).toEqual([[1830]])
  } finally {
    await app.end()
    project.remove()
  }
})
