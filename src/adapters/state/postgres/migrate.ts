import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { MillraceError, messageOf } from '../../../base/errors.js'
import { stateError } from '../errors.js'
import { type Database, only, parseRows, type Run } from './database.js'
import { codeOf, isConflict } from './driver-error.js'

type Migration = Readonly<{ name: string; sql: string; checksum: string }>

const appliedRow = z.object({ name: z.string(), checksum: z.string() })
const OLDEST_POSTGRES = 140_000
/** Any number no other use of advisory locks has. */
const MIGRATION_LOCK = 7_234_002

/**
 * Brings the schema `millrace` up to date. Several processes may try at once; one does it.
 * @throws STATE_NEWER if the database knows a migration that is not here, STATE_MIGRATION_CHANGED if one was
 * edited, STATE_MIGRATION_FAILED if Postgres refuses one, STATE_TOO_OLD for a Postgres before 14.
 */
export async function migrate(database: Database): Promise<void> {
  const migrations = await readMigrations()
  const missing = missingOf(migrations, await applied(database.query))
  for (const migration of missing) await database.transaction((run) => apply(migration, migrations, run))
}

export async function appliedMigrations(database: Database): Promise<string[]> {
  return (await applied(database.query)).map(({ name }) => name)
}

async function readMigrations(): Promise<Migration[]> {
  const folder = new URL('../migrations/', import.meta.url)
  const names = (await readdir(fileURLToPath(folder))).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

type Applied = z.infer<typeof appliedRow>

async function applied(run: Run): Promise<Applied[]> {
  try {
    const rows = await run({ text: 'select name, checksum from millrace_state.migrations order by name' })
    return parseRows(appliedRow, rows, 'migrations')
  } catch (error) {
    // Neither schema nor table: a database that Millrace has not seen.
    if (error instanceof Error && ['42P01', '3F000'].includes(codeOf(error.cause) ?? '')) return []
    throw error
  }
}

function missingOf(migrations: readonly Migration[], done: readonly Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { name, checksum } of done) {
    const migration = known.get(name)
    if (!migration) throw stateError('STATE_NEWER', { migration: name })
    if (migration.checksum !== checksum) throw stateError('STATE_MIGRATION_CHANGED', { migration: name })
  }
  const names = new Set(done.map(({ name }) => name))
  return migrations.filter(({ name }) => !names.has(name))
}

async function apply(migration: Migration, all: readonly Migration[], run: Run): Promise<void> {
  await run({ text: 'select pg_advisory_xact_lock($1)', values: [MIGRATION_LOCK] })
  await prepareSchema(run)
  // Another process may have done it while this one waited.
  if (!missingOf(all, await applied(run)).includes(migration)) return
  await run({ text: migration.sql }).catch((cause: unknown) => {
    throw inMigration(migration, cause)
  })
  await run({
    text: 'insert into millrace_state.migrations (name, checksum) values ($1, $2)',
    values: [migration.name, migration.checksum],
  })
}

/** What Postgres refused, by the name of the migration; a lost connection and a missing right speak for themselves. */
function inMigration({ name }: Migration, cause: unknown): unknown {
  if (!(cause instanceof MillraceError) || cause.code !== 'STATE_STATEMENT_FAILED' || isConflict(cause))
    return cause
  return stateError('STATE_MIGRATION_FAILED', { migration: name, detail: messageOf(cause.cause) }, { cause })
}

async function prepareSchema(run: Run): Promise<void> {
  const rows = await run({
    text: `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
             to_regclass('millrace_state.migrations') is not null as ready`,
  })
  const row = z.object({ number: z.number(), version: z.string(), ready: z.boolean() })
  const { number, version, ready } = only(row, rows, 'migrations')
  if (number < OLDEST_POSTGRES) throw stateError('STATE_TOO_OLD', { version })
  if (ready) return
  await run({ text: 'create schema if not exists millrace_state' })
  await run({
    text: `create table millrace_state.migrations (
      name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
  })
}
