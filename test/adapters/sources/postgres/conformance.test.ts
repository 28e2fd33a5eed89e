import { afterAll, beforeAll } from 'vitest'
import { openPostgresSource } from '../../../../src/adapters/sources/postgres/open-postgres-source.js'
import { sourceConformance } from '../../../conformance/source.js'
import { startTestPostgres, type TestPostgres } from '../../../support/postgres.js'
import { openClient, sourceAsset } from './support.js'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())

sourceConformance('postgres', async () => {
  const url = await postgres.createDatabase()
  const client = await openClient(url)
  await client.query('create table things (id bigint primary key, v text)')
  const connection = { kind: 'postgres', name: 'app', url } as const
  const open = (table: string) =>
    openPostgresSource(sourceAsset({ table, load: 'incremental', cursor: 'id' }), connection)
  return {
    open: () => open('things'),
    openMissing: () => open('nowhere'),
    async add(rows) {
      for (const { id, v } of rows) await client.query('insert into things values ($1, $2)', [id, v])
    },
    changeSchema: async () => void (await client.query('alter table things rename v to w')),
    close: () => client.end(),
  }
})
