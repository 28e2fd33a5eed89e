import type { DuckDBConnection, DuckDBMaterializedResult } from '@duckdb/node-api'
import type { StatementWatch } from '../../engine.js'
import { engineFailure } from './failure.js'

/** How often an interrupt is repeated: one that arrives between two parts of a statement has no effect. */
const INTERRUPT_EVERY_MS = 10
const PROGRESS_EVERY_MS = 250

/**
 * Runs `work` on a connection and interrupts it when the signal is aborted; then it rejects with the signal's
 * reason. The connection can be used afterwards.
 */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (!signal) return work()
  signal.throwIfAborted()
  let repeat: NodeJS.Timeout | undefined
  const onAbort = () => {
    connection.interrupt()
    repeat = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const result = await work()
    signal.throwIfAborted()
    return result
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', onAbort)
    clearInterval(repeat)
  }
}

/** Reports a running statement's percentage. Resolves as `work` does. */
export async function watched<T>(
  connection: DuckDBConnection,
  watch: StatementWatch,
  work: () => Promise<T>,
): Promise<T> {
  const { onProgress } = watch
  if (!onProgress) return work()
  const timer = setInterval(() => {
    const { percentage } = connection.progress
    if (percentage >= 0) onProgress(Math.min(100, percentage))
  }, PROGRESS_EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

/** Runs `work` between `begin` and `commit`; any error rolls back. A commit that has begun is not interrupted. */
export async function inTransaction<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run('begin')
  try {
    const result = await interruptible(connection, signal, work)
    await connection.run('commit')
    return result
  } catch (error) {
    await connection.run('rollback').catch(() => undefined)
    throw error
  }
}

/** Rows that a statement inserted, deleted or wrote. */
export async function affectedRows(result: DuckDBMaterializedResult): Promise<number> {
  const [row] = await result.getRowsJson()
  return Number(row?.[0] ?? 0)
}

/** The first value of a statement's first row. */
export async function readNumber(connection: DuckDBConnection, sql: string): Promise<number> {
  return affectedRows(await connection.run(sql))
}

const STATEMENTS_AT_ONCE = 200

/** Runs statements one after the other, many in one go; what fails is the engine's error about `asset`. */
export async function runAll(
  connection: DuckDBConnection,
  statements: readonly string[],
  asset: string,
): Promise<void> {
  try {
    for (let at = 0; at < statements.length; at += STATEMENTS_AT_ONCE)
      await connection.run(statements.slice(at, at + STATEMENTS_AT_ONCE).join(';\n'))
  } catch (error) {
    throw engineFailure(error, { asset })
  }
}
