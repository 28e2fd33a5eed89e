import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../../../src/adapters/state/postgres/store.js'
import type { StateStore } from '../../../../src/adapters/state/store.js'
import { silentLog as log } from '../../../../src/base/log.js'
import { step } from '../../../conformance/store.js'
import { startTestPostgres, type TestPostgres } from '../../../support/postgres.js'

const ASSETS = Array.from({ length: 400 }, (_, at) => `l.a${at}`)
const METRICS = ['duration_ms', 'rows'].map((name, value) => ({ name, value }))

let server: TestPostgres
let url: string
let store: StateStore

beforeAll(async () => {
  server = await startTestPostgres()
})
beforeEach(async () => {
  url = await server.createDatabase()
  store = await openPostgresStore({ url, project: 'p', environment: 'prod', processName: 'a test', log })
})
afterEach(() => store.close())
afterAll(() => server.stop())

/** Rows that the server's statistics know of; -1: it knows nothing. */
async function known(table: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ known: number }>(
      'select reltuples::float8 as known from pg_class where oid = $1::regclass',
      [`millrace_state.${table}`],
    )
    return rows[0]!.known
  } finally {
    await client.end()
  }
}

async function record(assets: readonly string[]): Promise<void> {
  const { run } = await store.beginRun({ trigger: 'test', at: 0, above: 0 })
  await store.recordSteps(
    run,
    assets.map((asset) => step(asset, { metrics: METRICS })),
  )
}

describe('statistics of the state', () => {
  test('a first run of many assets leaves statistics of what it wrote', async () => {
    await record(ASSETS)
    expect(await known('steps')).toBe(ASSETS.length)
    expect(await known('metrics')).toBe(ASSETS.length * METRICS.length)
  })

  test('a small run leaves them to the server', async () => {
    await record(ASSETS.slice(0, 5))
    expect(await known('steps')).toBe(-1)
  })

  test('runs that add little to what is known do not gather them again', async () => {
    await record(ASSETS)
    await record(ASSETS)
    await record(ASSETS)
    expect(await known('steps')).toBe(2 * ASSETS.length)
  })
})
