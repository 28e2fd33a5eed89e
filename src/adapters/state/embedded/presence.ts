import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { messageOf } from '../../../base/errors.js'
import { codeOf, isLost } from '../postgres/driver-error.js'
import type { Cluster } from './cluster.js'
import { embeddedFailed } from './failed.js'

/**
 * This process at the server: a connection that holds a shared advisory lock. Whoever ends the server must first
 * hold that lock exclusively, so it never ends under a process that is present, and one that arrives meanwhile
 * waits, is cut off, and starts it anew.
 */
export type Presence = Readonly<{ client: pg.Client; version: string }>

/** Any number no other use of advisory locks in the database `postgres` has. */
const PRESENCE_LOCK = 7_234_001

const CONNECT_TIMEOUT_MS = 10_000

/**
 * `absent`: nothing listens. `busy`: it is starting, recovering or ending. `crowded`: every connection is taken.
 */
export type Refusal = 'absent' | 'busy' | 'crowded'

const rowSchema = z.object({ version: z.string() })

/** The URL of a database of this cluster. Port and sslmode are said so that PGPORT and PGSSLMODE don't matter. */
export const socketUrl = (cluster: Cluster, database: string): string =>
  `postgres://postgres@localhost:5432/${encodeURIComponent(database)}` +
  `?host=${encodeURIComponent(cluster.socket)}&sslmode=disable`

export const socketFile = (cluster: Cluster): string => join(cluster.socket, '.s.PGSQL.5432')

/** @throws STATE_EMBEDDED_FAILED if the server answers with anything unexpected. */
export async function attach(cluster: Cluster): Promise<Presence | Refusal> {
  if (!existsSync(socketFile(cluster))) return 'absent'
  const client = new pg.Client({
    connectionString: socketUrl(cluster, 'postgres'),
    application_name: 'millrace presence',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  // Without a listener a connection that breaks would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      `select current_setting('server_version') as version from pg_advisory_lock_shared($1)`,
      [PRESENCE_LOCK],
    )
    return { client, version: rowSchema.parse(rows[0]).version }
  } catch (error) {
    await client.end().catch(() => {})
    return refusalOf(error, cluster)
  }
}

function refusalOf(error: unknown, cluster: Cluster): Refusal {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return 'absent'
  if (code === '53300') return 'crowded'
  // Starting or ending, or cut off by an end or a crash: at the door, or just inside it.
  if (isLost(error)) return 'busy'
  throw embeddedFailed(cluster.home, messageOf(error), error)
}

/** Takes the lock for itself, if nobody else is present. */
export async function isAlone({ client }: Presence): Promise<boolean> {
  await client.query('select pg_advisory_unlock_shared($1)', [PRESENCE_LOCK])
  const { rows } = await client.query('select pg_try_advisory_lock($1) as alone', [PRESENCE_LOCK])
  return z.object({ alone: z.boolean() }).parse(rows[0]).alone
}

/** Connections besides ours: a process that got only the URL, or somebody's psql. */
export async function strangers({ client }: Presence): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::int as strangers from pg_stat_activity
     where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  )
  return z.object({ strangers: z.number() }).parse(rows[0]).strangers
}
