import type { AssetName } from '../domain/asset.js'
import type { Column } from '../domain/column.js'
import type { Diagnostic } from '../domain/diagnostic.js'
import { sortDiagnostics } from '../project/diagnostics/sort-diagnostics.js'
import type { Report } from './report.js'
import { queryDiagnostic } from './statement-diagnostics.js'

/** Types whose values are the same exactly where their texts are. Whole numbers of any size count as one. */
const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['whole number', /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/],
  ['text', /^(VARCHAR|ENUM\(.*\))$/],
  ['UUID', /^UUID$/],
]

const familyOf = (type: string): string | null =>
  FAMILIES.find(([, pattern]) => pattern.test(type))?.[0] ?? null

/**
 * Whether every asset that a report reads can be cut to one tenant: it has the tenant column, of one and the same type,
 * or is shared. An asset whose columns are not known yet is passed over; it was never released.
 */
export function checkTenants(
  report: Report,
  tenantColumn: string,
  columns: ReadonlyMap<AssetName, readonly Column[]>,
): Diagnostic[] {
  if (!report.forEachTenant) return []
  const shared = new Set(report.shared.map(({ asset }) => asset))
  const found: Diagnostic[] = []
  let first: { asset: string; type: string; family: string } | null = null
  for (const { asset, at } of report.queries.flatMap(({ assets }) => assets)) {
    const known = columns.get(asset)
    if (known === undefined) continue
    const tenant = known.find(({ name }) => name.toLowerCase() === tenantColumn.toLowerCase())
    if (tenant === undefined) {
      if (!shared.has(asset))
        found.push(queryDiagnostic('REPORT_TENANT_COLUMN_MISSING', { asset, column: tenantColumn }, at))
      continue
    }
    const family = familyOf(tenant.type)
    const params = { asset, column: tenantColumn, type: tenant.type }
    if (family === null)
      found.push(queryDiagnostic('REPORT_TENANT_COLUMN_TYPE', { ...params, other: '' }, at))
    else if (first === null) first = { asset, type: tenant.type, family }
    else if (first.family !== family)
      found.push(
        queryDiagnostic(
          'REPORT_TENANT_COLUMN_TYPE',
          { ...params, other: ` and ${first.type} in ${first.asset}` },
          at,
        ),
      )
  }
  return sortDiagnostics(found)
}
