import { type DuckDBConnection, DuckDBTableFunction, INTEGER } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { messageOf } from '../../../../base/errors.js'
import type { ColumnBatch } from '../../../../columns/column-batch.js'
import type { Column } from '../../../../domain/column.js'
import { quoteName } from '../../../../sql/quote.js'
import { arrivingExpression, typeOfVector } from './crossing-types.js'
import { writeVector } from './vector-memory.js'

/**
 * Batches enter DuckDB through one table function per instance, `millrace_batch(id)`: functions cannot be
 * unregistered, so a function per load would stay for good. The id says which batch the scan is for.
 */
const FUNCTION = 'millrace_batch'
const entering = new Map<number, ColumnBatch>()
let lastId = 0

const known = new WeakSet<DuckDBConnection>()

/**
 * Makes the batches' function known to the connection's instance; doing it again does nothing. To be called when an
 * instance opens, outside a transaction: inside one, the function would go when the transaction is rolled back, and
 * two at once would be in each other's way.
 */
export function registerBatches(connection: DuckDBConnection): void {
  if (known.has(connection)) return
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: FUNCTION,
      parameterTypes: [INTEGER],
      bindFunction(info) {
        // The parameter is declared INTEGER, which arrives as a number.
        const id = info.getParameter(0) as number
        const batch = entering.get(id)
        if (!batch) throw new Error(`${FUNCTION} is for loads only`)
        batch.vectors.forEach((vector, index) => {
          info.addResultColumn(`c${index}`, typeOfVector(vector))
        })
        info.setCardinality(batch.rows, true)
        info.setBindData({ batch })
      },
      initFunction: (info) => info.setInitData({ row: 0 }),
      mainFunction(info, output) {
        // Both were set above.
        const { batch } = info.bindData as { batch: ColumnBatch }
        const scan = info.initData as { row: number }
        const to = Math.min(batch.rows, scan.row + CHUNK_ROWS)
        duckdb.data_chunk_set_size(output.chunk, to - scan.row)
        if (to === scan.row) return
        batch.vectors.forEach((vector, index) => {
          writeVector(duckdb.data_chunk_get_vector(output.chunk, index), vector, scan.row, to)
        })
        scan.row = to
      },
    }),
  )
  known.add(connection)
}

const CHUNK_ROWS = duckdb.vector_size()

/**
 * Inserts batches into `target` (quoted and qualified) and resolves to the rows inserted. Runs in the caller's
 * transaction, which an error leaves to be rolled back. Values are cast to the columns' types by DuckDB, so a text
 * that does not fit rejects with DuckDB's own error; an abort rejects with the signal's reason.
 */
export async function ingestColumns(
  connection: DuckDBConnection,
  target: string,
  columns: readonly Column[],
  batches: AsyncIterable<ColumnBatch>,
  signal: AbortSignal,
): Promise<number> {
  registerBatches(connection)
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt, { once: true })
  const id = ++lastId % 0x7fffffff
  let rows = 0
  try {
    for await (const batch of batches) {
      signal.throwIfAborted()
      if (batch.rows === 0) continue
      entering.set(id, batch)
      const result = await connection.run(insertStatement(target, columns, batch, id))
      rows += result.rowsChanged
    }
    signal.throwIfAborted()
    return rows
  } catch (error) {
    throw signal.aborted ? signal.reason : namingColumns(error, columns)
  } finally {
    entering.delete(id)
    signal.removeEventListener('abort', interrupt)
  }
}

/** The engine knows the columns of a batch by their places. */
function namingColumns(error: unknown, columns: readonly Column[]): unknown {
  const text = messageOf(error)
  const named = text.replace(/source column c(\d+)/g, (all, index: string) => {
    const column = columns[Number(index)]
    // The engine's errors are documents of JSON.
    return column ? `column ${JSON.stringify(column.name).slice(1, -1)}` : all
  })
  return named === text ? error : new Error(named, { cause: error })
}

function insertStatement(target: string, columns: readonly Column[], batch: ColumnBatch, id: number): string {
  const names = columns.map((column) => quoteName(column.name))
  const values = columns.map((column, index) => {
    const vector = batch.vectors[index]
    if (!vector) throw new TypeError(`A batch has no vector for column ${column.name}`)
    return arrivingExpression(`c${index}`, vector, column.type)
  })
  return `insert into ${target} (${names.join(', ')}) select ${values.join(', ')} from ${FUNCTION}(${id})`
}
