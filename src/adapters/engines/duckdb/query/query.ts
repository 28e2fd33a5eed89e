import type { DuckDBConnection } from '@duckdb/node-api'
import { MillraceError } from '../../../../base/errors.js'
import type { SqlParser } from '../../../../sql/parse.js'
import type { QueryRequest, QueryResult } from '../../engine.js'
import { engineError } from '../../errors.js'
import { describeFailure, driverFailure } from '../statements/failure.js'
import { WAREHOUSE } from '../statements/names.js'
import { interruptible } from '../statements/run-statement.js'
import { type StatementText, statementText } from '../statements/statement-text.js'
import { refusal } from './query-guard.js'
import { readRows } from './read-rows.js'

/** What the rows of a query may take in all, and one value of them. */
const MOST_BYTES = 64 * 1024 * 1024

/**
 * Runs one SELECT on what readers see. What it may name is decided by its parse tree, and the transaction is
 * read-only besides. External access cannot be switched off instead: that setting is the whole process's, and loads
 * read files.
 */
export async function runQuery(
  connection: DuckDBConnection,
  parse: SqlParser,
  { sql, parameters, maxRows }: QueryRequest,
  signal: AbortSignal,
): Promise<QueryResult> {
  const statement = statementText(sql, parameters)
  await requireReadable(parse, statement)
  await connection.run(`use ${WAREHOUSE}; begin transaction read only`)
  try {
    return await interruptible(connection, signal, () =>
      readRows(connection, statement.text, maxRows, MOST_BYTES),
    )
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw queryFailure(error, statement)
  } finally {
    await connection.run('rollback').catch(() => undefined)
  }
}

async function requireReadable(parse: SqlParser, statement: StatementText): Promise<void> {
  const [parsed] = await parse([statement.text])
  if (!parsed) throw new TypeError('The parser gave no answer')
  const detail = refusal(statement.text, parsed)
  if (detail !== null) throw engineError('ENGINE_QUERY_REFUSED', { detail })
}

/** The engine suggests names that look alike, of tables that are nobody's business too. */
const HIDDEN_NAME = / Did you mean "[^"]*millrace_[^?]*\?/

function queryFailure(error: unknown, statement: StatementText): Error {
  if (error instanceof MillraceError) return error
  const failure = driverFailure(error)
  const detail = describeFailure(failure, statement).replace(HIDDEN_NAME, '')
  return failure.type === 'Out of Memory'
    ? engineError('ENGINE_OUT_OF_MEMORY', { asset: 'the query', detail }, { cause: error })
    : engineError('ENGINE_QUERY_FAILED', { detail }, { cause: error })
}
