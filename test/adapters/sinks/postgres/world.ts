import { Client } from 'pg'
import { openPostgresSink } from '../../../../src/adapters/sinks/postgres/sink.js'
import type { Sink } from '../../../../src/adapters/sinks/sink.js'
import { silentLog } from '../../../../src/base/log.js'
import { OWNER, type SinkWorld } from '../../../conformance/sink.js'
import { startTestPostgres, type TestPostgres } from '../../../support/postgres.js'

/** A database of its own, a sink to it, and a second connection to look at what was delivered. */
export interface PostgresWorld extends SinkWorld {
  server: TestPostgres
  url: string
  client: Client
  query(text: string): Promise<Record<string, unknown>[]>
}

export async function openPostgresWorld(options: { durable?: boolean } = {}): Promise<PostgresWorld> {
  const server = await startTestPostgres(options)
  const url = await server.createDatabase()
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  const query = async (text: string) => (await client.query(text)).rows as Record<string, unknown>[]
  return {
    server,
    url,
    client,
    query,
    open: (owner) => openSinkTo(url, owner),
    target: (name) => `insights.${name}`,
    rows: (target) => query(`select * from ${target} order by 1`),
    remove: async (target) => void (await query(`drop table ${target}`)),
    close: async () => {
      await client.end().catch(() => {})
      await server.stop()
    },
  }
}

export function openSinkTo(url: string, owner: { project: string; environment: string } = OWNER): Sink {
  return openPostgresSink({ kind: 'postgres', name: 'app', url }, { ...owner, log: silentLog })
}
