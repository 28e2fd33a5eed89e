import type { QueryResult } from '../../adapters/engines/engine.js'
import type { Json } from '../../base/json.js'
import type { ColumnValue, Report } from '../report.js'
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
 * True where no query that is shown found anything: no row, or one row of sums over nothing. Where queries ask for the
 * period, they alone count: what is so at all times, as a name or a stock, says nothing of this one.
 */
export function saysNothing(report: Report, results: Results): boolean {
  const shown = [
    ...report.blocks.map((block) => block.query),
    ...report.values.flatMap((value) => (value.kind === 'column' ? [value.query] : [])),
  ].filter((query) => query !== report.tenantName?.query)
  const bound = periodBound(report)
  const telling = shown.some((query) => bound.has(query)) ? shown.filter((query) => bound.has(query)) : shown
  return telling.length > 0 && telling.every((query) => isNothing(resultOf(results, query)))
}

const PERIOD_PARAMETERS: ReadonlySet<string> = new Set(['start', 'end', 'previous_start'])

/** Queries that use the period, or read one that does. */
function periodBound({ queries }: Report): ReadonlySet<string> {
  const bound = new Set<string>()
  for (const { name, parameters, queries: read } of queries)
    if (
      parameters.some((each) => PERIOD_PARAMETERS.has(each.toLowerCase())) ||
      read.some((each) => bound.has(each))
    )
      bound.add(name)
  return bound
}

function isNothing({ rows }: QueryResult): boolean {
  const [first] = rows
  if (first === undefined) return true
  return rows.length === 1 && first.every((value) => value === null || value === 0 || value === '0')
}
