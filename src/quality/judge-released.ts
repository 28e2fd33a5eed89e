import type { Rows, Workspace } from '../adapters/engines/engine.js'
import type { Asset } from '../domain/asset.js'
import type { Check, CheckResult, Verdict } from '../domain/check.js'
import type { Column } from '../domain/column.js'
import type { Parameters } from '../sql/bind.js'
import { judgeChecks } from './check-result.js'
import { findColumn } from './compile/compile-context.js'
import { createScanner } from './measure/scanner.js'
import { verdictOf } from './verdict.js'

export type ReleasedRequest = Readonly<{
  workspace: Pick<Workspace, 'scan'>
  asset: Asset
  /** Those to ask; left out: all of the asset's. */
  checks?: readonly Check[]
  tenant: string | undefined
  /** The released rows, and their columns. */
  rows: Rows
  columns: readonly Column[]
  now: number
  parameters: Parameters
  /** Names (or kinds) of checks that may fail this once. */
  accept?: ReadonlySet<string>
}>

/**
 * Judges rows that are released, or will be, by the checks as they are written today. Nothing is moved and nothing
 * held; the verdict says what would become of these rows if they were a candidate.
 */
export async function judgeReleased(
  request: ReleasedRequest,
  signal: AbortSignal,
): Promise<Readonly<{ results: readonly CheckResult[]; verdict: Verdict }>> {
  const { workspace, asset, columns, rows, now, parameters } = request
  const scan = createScanner({ workspace, thisRows: rows, afterRows: rows, parameters }, signal)
  const tenant = request.tenant === undefined ? undefined : findColumn(request.tenant, columns)
  const context = { asset, columns, sameRows: true, mergeKey: [], now, tenant: tenant?.name ?? null }
  const { checks = asset.checks, accept = new Set() } = request
  const results = (await judgeChecks(checks, context, scan)).map((one) => one.result)
  // Rows that would be set aside would not stop the rest, unless nobody could tell which they are.
  const verdict = verdictOf(
    results,
    accept,
    (result) => result.onFail === 'quarantine' && result.status === 'failed',
  )
  return { results, verdict }
}
