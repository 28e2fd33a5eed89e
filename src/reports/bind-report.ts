import type { TenantCopy } from '../adapters/engines/tenant-copies.js'
import { MillraceError } from '../base/errors.js'
import type { Column } from '../domain/column.js'
import type { Diagnostic } from '../domain/diagnostic.js'
import type { Period } from '../domain/report.js'
import { sortDiagnostics } from '../project/diagnostics/sort-diagnostics.js'
import { indexOfByte, locate } from '../project/files/source-text.js'
import type { Parameters } from '../sql/bind.js'
import { checkColumns } from './check-columns.js'
import type { Query, Report } from './report.js'
import { queryDiagnostic } from './statement-diagnostics.js'

/** Runs the queries over no rows: what cannot run for anybody is told before anybody's report is made. */
export async function bindReport(
  report: Report,
  empty: TenantCopy,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = []
  const columns = new Map<string, readonly Column[]>()
  for (const query of report.queries) {
    // One that reads a broken query fails for that reason alone.
    if (query.queries.some((name) => !columns.has(name))) continue
    try {
      const { name, sql } = query
      const result = await empty.query({ sql, parameters, keepAs: name, maxRows: 0 }, signal)
      columns.set(name, result.columns)
    } catch (error) {
      if (!(error instanceof MillraceError) || signal.aborted) throw error
      found.push(unbound(report, query, error))
    }
  }
  return sortDiagnostics([...found, ...checkColumns(report, columns)])
}

function unbound({ source }: Report, { name, sql, start }: Query, error: MillraceError): Diagnostic {
  // ENGINE_QUERY_FAILED tells the place apart from the message.
  const { offset, bare } = error.params as { offset?: number | null; bare?: string }
  const index = typeof offset === 'number' ? indexOfByte(sql, offset) : Math.max(0, sql.search(/\S/))
  return queryDiagnostic(
    'REPORT_SQL_UNBOUND',
    { name, detail: bare ?? error.message },
    locate(source, start + index),
  )
}

/** What `$name` means in a report's queries. */
export function parametersOf(vars: Parameters, period: Period, previous: Period): Parameters {
  return { ...vars, start: period.start, end: period.end, previous_start: previous.start }
}
