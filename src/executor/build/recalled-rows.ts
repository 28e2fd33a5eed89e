import type { Asset } from '../../domain/asset.js'
import type { Touched } from '../../planner/scope.js'
import { quoteName, quoteQualified } from '../../sql/quote.js'
import type { RunContext } from '../context.js'

/**
 * Where rows lie that `relationships` once set aside and that would pass by now, because the other table has gained
 * what they refer to: they are built again, and so leave the quarantine. Sources, and tables to which rows are only
 * added, cannot make a row again from what they read.
 */
export async function recalledRows(
  asset: Asset,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly Touched[]> {
  if (asset.materialize !== 'table' && asset.materialize !== 'incremental') return []
  if (!context.states.get(asset.name)?.relation) return []
  const touched: Touched[] = []
  for (const check of asset.checks) {
    if (check.kind !== 'relationships' || check.onFail !== 'quarantine') continue
    const other = `select 1 from ${quoteQualified(check.to)} as parent`
    const { rows, ranges } = await context.workspace.quarantined(
      {
        asset: asset.name,
        check: check.name,
        condition: `exists (${other} where parent.${quoteName(check.field)} = aside.${quoteName(check.column)})`,
        timeColumn: asset.time?.column ?? null,
      },
      signal,
    )
    if (rows > 0) touched.push(ranges.length > 0 ? ranges : 'all')
  }
  return touched
}
