import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { assetSchema, projectSchema, schemaText } from '../../../src/project/reference/json-schema.js'

const path = (name: string) => fileURLToPath(new URL(`../../../schema/${name}`, import.meta.url))
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
const asset = ajv.compile(assetSchema())
const project = ajv.compile(projectSchema())

const HEADER = `
description: Door counts per washroom and hour
owner: data
materialize: incremental
time: { column: hour, grain: hour, lookback: 2 days }
key: [washroom_id, hour]
columns:
  washroom_id: { checks: [not_null] }
  visits: { description: people who came in, checks: [{ accepted_range: { min: 0, max: 5000 } }] }
  people_out: bigint
checks:
  - row_count: { min: 1 }
  - unique: [washroom_id, hour]
  - failed_rows: { name: more_out_than_in, sql: select * from this where people_out > people_in * 2, severity: warning, on_fail: continue }
schedule: '*/15 * * * *'
budget: { duration: 30s }
deliver: { to: app, table: insights.traffic_hourly }
`
const SOURCE = `
source: { from: app, table: hardware.readings, load: incremental, cursor: id }
key: [id]
time: { column: read_at }
columns:
  device_id: { type: integer, checks: [not_null] }
schedule: '* * * * *'
`
const CONFIG = `
name: washrooms
tenant: customer_id
timezone: Europe/Dublin
state: embedded
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb }
connections:
  app: { type: postgres, url: "\${APP_DATABASE_URL}" }
  drop: { type: files, path: ./incoming }
vars: { silent_after: 2 hours }
alerts:
  smtp: "\${SMTP_URL}"
  from: Millrace <millrace@example.com>
  notify:
    - { webhook: "\${ALERT_WEBHOOK_URL}", secret: "\${ALERT_SECRET}", severity: warning, assets: 'marts.*' }
    - { mail: [a@example.com, b@example.com], severity: error }
`

describe('the JSON Schemas', () => {
  for (const [name, schema] of [
    ['asset.schema.json', assetSchema()],
    ['millrace.schema.json', projectSchema()],
  ] as const) {
    it(`${name} is the one the field table gives (UPDATE_GOLDEN=1 writes it)`, async () => {
      if (process.env.UPDATE_GOLDEN === '1') await writeFile(path(name), schemaText(schema))
      expect(await readFile(path(name), 'utf8')).toBe(schemaText(schema))
    })
  }

  it('take what the documentation shows', () => {
    for (const text of [HEADER, SOURCE]) expect([asset(parse(text)), asset.errors]).toEqual([true, null])
    expect([project(parse(CONFIG)), project.errors]).toEqual([true, null])
  })

  it('refuse what loading refuses', () => {
    const wrong = [
      'materialise: table',
      'timeout: 30',
      'checks: [not_nul]',
      'columns: { a: { typ: int } }',
      'key: 1',
    ]
    for (const text of wrong) expect([text, asset(parse(text))]).toEqual([text, false])
    expect(asset({ source: { from: 'app', tabel: 'x' } })).toBe(false)
  })
})
