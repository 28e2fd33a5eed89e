import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createTestProject,
  type QueryJson,
  type RunJson,
  statuses,
  type TestProject,
} from '../support/millrace.js'

const RELATED = 'relationships: { to: raw.devices.id, on_fail: quarantine, severity: warning }'

let project: TestProject
beforeAll(() => {
  project = createTestProject({
    'millrace.yaml': `name: checks
state: embedded
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb }
connections: { drop: { type: files, path: ./incoming } }
vars: { most: 3 }
`,
    'incoming/devices/1.csv': 'id\n1\n',
    'incoming/readings/1.csv':
      'device_id,read_at\n1,2024-01-01T00:10:00Z\n2,2024-01-01T05:20:00Z\n1,2024-01-03T00:00:00Z\n',
    'assets/raw/devices.yaml':
      "description: devices\nsource: { from: drop, path: 'devices/*.csv', format: csv }\n",
    'assets/raw/readings.yaml': `description: readings
source: { from: drop, path: 'readings/*.csv', format: csv }
time: { column: read_at }
`,
    'assets/staging/hourly.sql': `/* @asset
description: known devices only
materialize: incremental
time: { column: read_at, grain: hour }
columns: { device_id: { checks: [${RELATED}] } }
*/
select * from raw.readings where read_at >= $start and read_at < $end
`,
    'assets/staging/latest.sql': `/* @asset
description: known devices only
columns: { device_id: { checks: [${RELATED}] } }
checks:
  - failed_rows: { name: few, sql: select 1 from this having count(*) > $most }
  - unique: { columns: [device_id, latest], on_fail: continue }
*/
select device_id, max(read_at) as latest from raw.readings group by all
`,
  })
})
afterAll(() => project.remove())

const devices = async (table: string) =>
  (await project.json<QueryJson>('query', `select device_id from ${table} order by all`)).value.rows.flat()

test('rows set aside by relationships come back once the other table has what they refer to', async () => {
  expect((await project.run('run')).code).toBe(0)
  expect(await devices('staging.hourly')).toEqual([1, 1])
  expect(await devices('quarantine.staging__hourly')).toEqual([2])
  project.write({ 'incoming/devices/2.csv': 'id\n2\n' })
  const { value } = await project.json<RunJson>('run')
  expect(statuses(value)).toMatchObject({
    'raw.readings': 'unchanged',
    'staging.hourly': 'released',
    'staging.latest': 'released',
  })
  expect(await devices('staging.hourly')).toEqual([1, 1, 2])
  expect(await devices('staging.latest')).toEqual([1, 2])
  expect(await devices('quarantine.staging__hourly')).toEqual([])
  expect(await devices('quarantine.staging__latest')).toEqual([])
  const again = await project.json<RunJson>('run')
  expect(new Set(Object.values(statuses(again.value)))).toEqual(new Set(['unchanged']))
})

test('a name that --accept gives and no check has is refused, and one with a comma is found', async () => {
  const wrong = await project.json<{ error: { code: string } }>('run', '--full', '--accept', 'unique:device')
  expect(wrong).toMatchObject({ code: 2, value: { error: { code: 'ACCEPT_UNKNOWN' } } })
  const right = await project.run('run', '--full', '--accept', 'few,unique:device_id,latest')
  expect(right.code).toBe(0)
})
