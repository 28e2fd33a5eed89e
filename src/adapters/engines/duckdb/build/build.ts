import type { DuckDBConnection } from '@duckdb/node-api'
import type { BuildRequest, StatementWatch } from '../../engine.js'
import { engineFailure, type FailureContext } from '../statements/failure.js'
import { dataRelation } from '../statements/names.js'
import { affectedRows, inTransaction, interruptible, watched } from '../statements/run-statement.js'
import { statementText } from '../statements/statement-text.js'

/** Builds the candidate's table and returns its rows. All ranges are one transaction: all are there, or none. */
export async function buildTable(
  connection: DuckDBConnection,
  request: BuildRequest,
  watch: StatementWatch,
  signal: AbortSignal,
): Promise<number> {
  const target = dataRelation(request.relation)
  const ranges = request.ranges ?? []
  const create = `create or replace table ${target} as\n`
  const insert = `insert into ${target}\n`
  if (ranges.length <= 1) {
    const parameters = { ...request.parameters, ...ranges[0] }
    const run = () => runPart(connection, create, request, parameters)
    return watched(connection, watch, () => interruptible(connection, signal, run))
  }
  return inTransaction(connection, signal, async () => {
    let rows = 0
    for (const [index, range] of ranges.entries()) {
      signal.throwIfAborted()
      const parameters = { ...request.parameters, ...range }
      const part = () => runPart(connection, index === 0 ? create : insert, request, parameters)
      rows += await watched(connection, shareOf(watch, index, ranges.length), part)
    }
    return rows
  })
}

async function runPart(
  connection: DuckDBConnection,
  prefix: string,
  request: BuildRequest,
  parameters: BuildRequest['parameters'],
): Promise<number> {
  const statement = statementText(request.sql, parameters)
  try {
    return await affectedRows(await connection.run(prefix + statement.text))
  } catch (error) {
    const context: FailureContext = { asset: request.asset, statement, prefix }
    throw engineFailure(error, context)
  }
}

/** One range's percentage as a part of the whole. */
function shareOf(watch: StatementWatch, index: number, count: number): StatementWatch {
  const { onProgress } = watch
  return onProgress ? { onProgress: (percent) => onProgress((index * 100 + percent) / count) } : {}
}
