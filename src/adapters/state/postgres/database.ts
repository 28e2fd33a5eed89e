import pg from 'pg'
import type { z } from 'zod'
import type { Clock } from '../../../base/clock.js'
import type { Logger } from '../../../base/log.js'
import { type RetryPolicy, retry } from '../../../base/retry.js'
import { stateError } from '../errors.js'
import { isConflict, translate } from './driver-error.js'

export type Query = Readonly<{ text: string; values?: readonly unknown[] }>
/** Runs one statement; rows are as the driver gives them and are parsed by the caller. */
export type Run = (query: Query) => Promise<readonly unknown[]>

/**
 * A pool of connections. A lost connection is waited for: a server that restarts, as the embedded one does after
 * a crash, costs a run a moment and not its work.
 */
export type Database = Readonly<{
  /** The database without its password, for messages. */
  target: string
  /** Fails at once if the server does not answer. */
  reach(): Promise<void>
  /** One statement that may be run twice. */
  query: Run
  /**
   * Begun again after a deadlock or a lost connection. The connection may have been lost after the commit, so
   * `work` must do no harm a second time.
   */
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>
  close(): Promise<void>
}>

/** About seven seconds. */
export const WAIT: RetryPolicy = { retries: 8, firstDelayMs: 50, maxDelayMs: 2_000 }
const CONNECT_TIMEOUT_MS = 10_000

export function openDatabase(url: string, clock: Clock, log: Logger): Database {
  const target = describe(url)
  const pool = new pg.Pool({ ...connectionOptions(url), max: 5, allowExitOnIdle: true })
  // For its whole life: a connection that is cut in the moment it is lent has no other listener yet, and an error that
  // nobody listens for would end the process. Statements tell of the loss by themselves.
  pool.on('connect', (client) => client.on('error', () => {}))
  // An idle connection that breaks is replaced at the next use.
  pool.on('error', (error) => log.debug({ err: error }, 'lost an idle connection to the state'))
  const onRetry = (error: unknown) => log.warn({ err: error }, 'the state does not answer; trying again')
  let closing: Promise<void> | undefined
  const patient = <T>(work: () => Promise<T>): Promise<T> => retry(work, { ...WAIT, clock, onRetry })
  return {
    target,
    reach: async () => void (await translated(() => run(pool, { text: 'select' }), target)),
    query: (query) => patient(() => translated(() => run(pool, query), target)),
    transaction: (work) => patient(() => transact(pool, work, target)),
    close: () => (closing ??= pool.end()),
  }
}

export const connectionOptions = (url: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'millrace state',
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  keepAlive: true,
  // A server that vanished without a word is noticed after this and ten probes, a second apart.
  keepAliveInitialDelayMillis: 30_000,
})

const run = async (client: pg.Pool | pg.ClientBase, { text, values }: Query): Promise<readonly unknown[]> =>
  (await client.query({ text, values: values ? [...values] : [] })).rows

export async function translated<T>(work: () => Promise<T>, target: string): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw translate(error, target)
  }
}

const CONFLICT_TRIES = 5

async function transact<T>(pool: pg.Pool, work: (run: Run) => Promise<T>, target: string): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(pool, work, target)
    } catch (error) {
      if (!isConflict(error) || tries === CONFLICT_TRIES) throw error
    }
  }
}

/** Only what the driver throws is translated; an error of `work` itself passes as it is. */
async function attempt<T>(pool: pg.Pool, work: (run: Run) => Promise<T>, target: string): Promise<T> {
  const client = await translated(() => pool.connect(), target)
  const statement: Run = (query) => translated(() => run(client, query), target)
  let broken = false
  try {
    await statement({ text: 'begin' })
    const result = await work(statement)
    await statement({ text: 'commit' })
    return result
  } catch (error) {
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    )
    throw error
  } finally {
    client.release(broken)
  }
}

/** `user@host/database`, never the password. */
function describe(url: string): string {
  const { user, host, database } = new pg.Client({ connectionString: url })
  return `${user ?? ''}@${host}/${database ?? ''}`
}

/** The one row of a statement that always gives one, parsed. */
export function only<T>(schema: z.ZodType<T>, rows: readonly unknown[], table: string): T {
  const [row] = parseRows(schema, rows, table)
  if (row === undefined) throw stateError('STATE_ROW_INVALID', { table, detail: 'it is missing' })
  return row
}

/** @throws STATE_ROW_INVALID naming the table and the field. */
export function parseRows<T>(schema: z.ZodType<T>, rows: readonly unknown[], table: string): T[] {
  return rows.map((row) => {
    const parsed = schema.safeParse(row)
    if (parsed.success) return parsed.data
    const detail = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
    throw stateError('STATE_ROW_INVALID', { table: `millrace.${table}`, detail }, { cause: parsed.error })
  })
}
