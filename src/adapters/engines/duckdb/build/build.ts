import type { DuckDBConnection } from '@duckdb/node-api'
import type { Interval } from '../../../../domain/interval.js'
import type { BuildRequest, StatementWatch } from '../../engine.js'
import { engineFailure, type FailureContext } from '../statements/failure.js'
import { inRanges } from '../statements/literal.js'
import { dataRelation } from '../statements/names.js'
import { timeOf } from '../statements/row-change.js'
import { affectedRows, inTransaction, interruptible, watched } from '../statements/run-statement.js'
import { statementText } from '../statements/statement-text.js'

/** What is written around the author's statement. */
type Around = Readonly<{ before: string; after: string }>

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
    const run = () => runPart(connection, { before: create, after: '' }, request, 0)
    return watched(connection, watch, () => interruptible(connection, signal, run))
  }
  return inTransaction(connection, signal, async () => {
    let rows = 0
    for (const [index, range] of ranges.entries()) {
      signal.throwIfAborted()
      const around = oncePerRow(index === 0 ? create : insert, request, range)
      const part = () => runPart(connection, around, request, index)
      rows += await watched(connection, shareOf(watch, index, ranges.length), part)
    }
    return rows
  })
}

/** A statement that reads beyond its range gives rows of the others too, which would be there twice then. */
function oncePerRow(into: string, { ranges = [], timeColumn }: BuildRequest, range: Interval): Around {
  if (timeColumn === undefined) return { before: into, after: '' }
  const others = ranges.filter((other) => other !== range)
  return {
    before: `${into}select * from (\n`,
    after: `\n) r where (${inRanges(timeOf('r', timeColumn), others)}) is not true`,
  }
}

async function runPart(
  connection: DuckDBConnection,
  { before, after }: Around,
  { asset, sql, parameters, ranges = [] }: BuildRequest,
  index: number,
): Promise<number> {
  const text = typeof sql === 'string' ? sql : (sql[index] ?? '')
  const statement = statementText(text, { ...parameters, ...ranges[index] })
  try {
    return await affectedRows(await connection.run(before + statement.text + after))
  } catch (error) {
    const context: FailureContext = { asset, statement, prefix: before }
    throw engineFailure(error, context)
  }
}

/** One range's percentage as a part of the whole. */
function shareOf(watch: StatementWatch, index: number, count: number): StatementWatch {
  const { onProgress } = watch
  return onProgress ? { onProgress: (percent) => onProgress((index * 100 + percent) / count) } : {}
}
