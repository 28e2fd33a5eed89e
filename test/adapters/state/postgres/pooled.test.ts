import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresStore } from '../../../../src/adapters/state/postgres/store.js'
import { silentLog as log } from '../../../../src/base/log.js'
import { startTestPostgres, type TestPostgres } from '../../../support/postgres.js'
import { startTransactionPooler } from '../../../support/transaction-pooler.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

test('a pooler that passes sessions from hand to hand is refused before anything is locked through it', async () => {
  const url = new URL(await server.createDatabase())
  const direct = { project: 'p', environment: 'prod', processName: 'a test', log }
  await (await openPostgresStore({ ...direct, url: url.toString() })).close()
  const folder = url.searchParams.get('host') ?? ''
  const pooler = await startTransactionPooler(join(folder, '.s.PGSQL.5432'), url.pathname.slice(1))
  const pooled = `postgres://postgres@127.0.0.1:${pooler.port}${url.pathname}`
  const store = await openPostgresStore({ ...direct, url: pooled })
  expect(await store.runs({ limit: 1 })).toEqual([])
  await expect(store.beginRun({ trigger: 't', at: 1 })).rejects.toMatchObject({
    code: 'STATE_POOLED',
    transient: false,
    hint: expect.stringContaining('pool_mode = session'),
  })
  await store.close()
  pooler.stop()
})
