import type { QueryResult } from '../../adapters/engines/engine.js'
import type { Json } from '../../base/json.js'
import type { Block, ColumnValue, Report } from '../report.js'
import { columnIndex } from './column-index.js'

/** What each query gave for one tenant and period, by its name. */
export type Results = ReadonlyMap<string, QueryResult>

export function resultOf(results: Results, query: string): QueryResult {
  const found = results.get(query)
  // Reading the report made sure that what is shown has a query.
  if (found === undefined) throw new TypeError(`The query ${query} was not run`)
  return found
}

/** The value in the first row, with its type; null without a row. */
export function firstValue(
  results: Results,
  { query, column }: Pick<ColumnValue, 'query' | 'column'>,
): { value: Json; type: string } {
  const result = resultOf(results, query)
  const at = columnIndex(result, column)
  return { value: result.rows[0]?.[at] ?? null, type: result.columns[at]?.type ?? 'VARCHAR' }
}

/**
 * True where no query that is shown found anything: no row, or one row of sums over nothing. The tenant's name alone is
 * no data.
 */
export function saysNothing(report: Report, results: Results): boolean {
  const shown = [
    ...report.blocks.map((block: Block) => block.query),
    ...report.values.flatMap((value) => (value.kind === 'column' ? [value.query] : [])),
  ].filter((query) => query !== report.tenantName?.query)
  return shown.length > 0 && shown.every((query) => isNothing(resultOf(results, query)))
}

function isNothing({ rows }: QueryResult): boolean {
  const [first] = rows
  if (first === undefined) return true
  return rows.length === 1 && first.every((value) => value === null || value === 0 || value === '0')
}
