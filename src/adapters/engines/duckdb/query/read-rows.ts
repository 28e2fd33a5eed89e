import type { DuckDBConnection } from '@duckdb/node-api'
import type { Json } from '../../../../base/json.js'
import type { QueryResult } from '../../engine.js'
import { engineError } from '../../errors.js'
import { typeName, uniqueColumns } from '../statements/describe.js'
import { jsonValue } from './json-value.js'
import { valueSize } from './value-size.js'

/**
 * Runs a query and keeps at most `maxRows` of its rows; the engine stops when they are there.
 * @throws ENGINE_QUERY_TOO_LARGE when what is kept would take more than `maxBytes`
 */
export async function readRows(
  connection: DuckDBConnection,
  sql: string,
  maxRows = Number.POSITIVE_INFINITY,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<QueryResult> {
  const result = await connection.stream(sql)
  const columns = uniqueColumns(
    result.columnNames().map((name, index) => ({ name, type: typeName(result.columnType(index)) })),
  )
  const rows: Json[][] = []
  let bytes = 0
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const vectors = columns.map((_, at) => chunk.getColumnVector(at))
    for (let at = 0; at < chunk.rowCount; at++) {
      if (rows.length >= maxRows) return { columns, rows, truncated: true }
      for (const vector of vectors) {
        // Asked before the value is made: one alone may be larger than the machine.
        bytes += maxBytes === Number.POSITIVE_INFINITY ? 0 : valueSize(vector, at, maxBytes - bytes)
        if (bytes > maxBytes) throw engineError('ENGINE_QUERY_TOO_LARGE', { mebibytes: maxBytes / 2 ** 20 })
      }
      rows.push(vectors.map((vector) => jsonValue(vector.getItem(at))))
    }
  }
  return { columns, rows, truncated: false }
}
