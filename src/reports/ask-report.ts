import type { QueryResult } from '../adapters/engines/engine.js'
import type { TenantCopy } from '../adapters/engines/tenant-copies.js'
import type { AssetName } from '../domain/asset.js'
import type { Parameters } from '../sql/bind.js'
import { quoteName, quoteQualified } from '../sql/quote.js'
import { type Results, saysNothing } from './render/results.js'
import { timeOf } from './render/write-value.js'
import type { Report } from './report.js'

/** Rows of one result that a page can hold; a query that gives more is told to be cut. */
const MOST_ROWS = 5_000
/** A query that takes longer has gone wrong; the others' reports should not wait for it. */
const QUERY_TIMEOUT_MS = 60_000

/** `extent`: first and last event time of the rows; null where there is data, or no row at all. */
export type Answers = Readonly<{ results: Results; extent: Readonly<{ first: number; last: number }> | null }>

/** Event time columns of assets, by name. */
export type TimeColumns = ReadonlyMap<AssetName, string>

/** Runs a report's queries, in order, on one tenant's rows. @throws ENGINE_QUERY_FAILED, ENGINE_OUT_OF_MEMORY */
export async function askReport(
  report: Report,
  copy: TenantCopy,
  { parameters, times }: Readonly<{ parameters: Parameters; times: TimeColumns }>,
  signal: AbortSignal,
): Promise<Answers> {
  const { queries } = report
  const results = new Map<string, QueryResult>()
  const read = new Set(queries.flatMap((query) => query.queries))
  for (const { name, sql } of queries) {
    const within = AbortSignal.any([signal, AbortSignal.timeout(QUERY_TIMEOUT_MS)])
    const keepAs = read.has(name) ? name : null
    results.set(name, await copy.query({ sql, parameters, keepAs, maxRows: MOST_ROWS }, within))
  }
  // When the records begin and end is said only where there is nothing else to say.
  const extent = saysNothing(report, results) ? await extentOf(copy, times, signal) : null
  return { results, extent }
}

async function extentOf(
  copy: TenantCopy,
  times: TimeColumns,
  signal: AbortSignal,
): Promise<Answers['extent']> {
  const parts = [...times].map(([asset, column]) => {
    const time = `cast(${quoteName(column)} as timestamptz)`
    return `select min(${time}) as first, max(${time}) as last from ${quoteQualified(asset)} where isfinite(${time})`
  })
  if (parts.length === 0) return null
  const sql = `select min(first), max(last) from (${parts.join(' union all ')})`
  const { columns, rows } = await copy.query({ sql, parameters: {}, keepAs: null, maxRows: 1 }, signal)
  const [first, last] = (rows[0] ?? []).map((value, index) => timeOf(value, columns[index]?.type ?? '')?.at)
  return first === undefined || last === undefined ? null : { first, last }
}
