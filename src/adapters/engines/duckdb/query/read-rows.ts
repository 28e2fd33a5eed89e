import type { DuckDBConnection } from '@duckdb/node-api'
import type { Json } from '../../../../base/json.js'
import type { QueryResult } from '../../engine.js'
import { typeName, uniqueColumns } from '../statements/describe.js'
import { jsonValue } from './json-value.js'

/** Runs a query and keeps at most `maxRows` of its rows; the engine stops when they are there. */
export async function readRows(
  connection: DuckDBConnection,
  sql: string,
  maxRows = Number.POSITIVE_INFINITY,
): Promise<QueryResult> {
  const result = await connection.stream(sql)
  const columns = uniqueColumns(
    result.columnNames().map((name, index) => ({ name, type: typeName(result.columnType(index)) })),
  )
  const rows: Json[][] = []
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (const row of chunk.getRows()) {
      if (rows.length >= maxRows) return { columns, rows, truncated: true }
      rows.push(row.map(jsonValue))
    }
  }
  return { columns, rows, truncated: false }
}
