import type { Candidate, RowChange, Rows, Workspace } from '../adapters/engines/engine.js'
import type { Asset } from '../domain/asset.js'
import type { CheckResult, Verdict } from '../domain/check.js'
import { isAccepted } from '../domain/judged-rules.js'
import type { Parameters } from '../sql/bind.js'
import { type JudgedCheck, judgeChecks } from './check-result.js'
import { findColumn } from './compile/compile-context.js'
import { createScanner } from './measure/scanner.js'
import { hidesRowIds, quarantineRows } from './quarantine.js'
import { verdictOf } from './verdict.js'

export type JudgeRequest = Readonly<{
  workspace: Pick<Workspace, 'scan' | 'quarantine'>
  asset: Asset
  /** The project's tenant column, where there is one; left out if the asset does not have it. */
  tenant: string | undefined
  candidate: Candidate
  /** Null for views: they have no rows of their own, so none can be set aside. */
  change: RowChange | null
  /** The candidate's rows, and the released rows as they will be. */
  thisRows: Rows
  afterRows: Rows
  run: number
  /** Epoch ms. */
  now: number
  parameters: Parameters
  /** Names (or kinds) of checks that may fail this once. */
  accept: ReadonlySet<string>
}>

export type Judgement = Readonly<{
  results: readonly CheckResult[]
  verdict: Verdict
  /** Rows that were moved out of the candidate. */
  quarantined: number
}>

/** Each look may find rows that only fail now that others are gone: children of a row set aside, and theirs. */
const MOST_LOOKS = 20

/**
 * Judges a candidate by all checks of its asset. Rows that fail a check with `on_fail: quarantine` are moved
 * aside first, and everything is judged again on what is left, until no more rows go. An author's mistake inside a
 * check becomes a result with status `error`; only a fault of the engine (memory, disk) or the signal rejects.
 */
export async function judgeCandidate(request: JudgeRequest, signal: AbortSignal): Promise<Judgement> {
  const aside = new Map<string, CheckResult>()
  let quarantined = 0
  for (let look = 1; ; look++) {
    const { judged, scan } = await judgeOnce(request, signal)
    const failing = judged.filter(({ result }) => isToSetAside(result, request))
    const mayMove = failing.length > 0 && request.change !== null && look < MOST_LOOKS
    const moved = mayMove ? await quarantineRows(failing, request, scan) : 0
    if (moved === 0) return conclude(judged, request, quarantined, aside)
    quarantined += moved
    for (const { result } of failing) aside.set(result.check, together(aside.get(result.check), result))
  }
}

/** What a check has found over several looks, told by its first. */
function together(before: CheckResult | undefined, now: CheckResult): CheckResult {
  if (before === undefined) return now
  const failedRows = before.failedRows + now.failedRows
  const more = `, and ${now.failedRows} more once others were set aside`
  return { ...before, failedRows, fraction: failedRows / before.rows, message: before.message + more }
}

async function judgeOnce(request: JudgeRequest, signal: AbortSignal) {
  const { asset, candidate, change, now } = request
  const scan = createScanner(request, signal)
  const tenant = request.tenant === undefined ? undefined : findColumn(request.tenant, candidate.columns)
  const sameRows = change === null || change.kind === 'replace'
  const mergeKey = change?.kind === 'merge' ? change.key : []
  const context = { asset, columns: candidate.columns, sameRows, mergeKey, now, tenant: tenant?.name ?? null }
  return { scan, judged: await judgeChecks(asset.checks, context, scan) }
}

const isToSetAside = (result: CheckResult, { accept }: JudgeRequest): boolean =>
  result.status === 'failed' && result.onFail === 'quarantine' && !isAccepted(result, accept)

/** Checks whose rows are set aside keep their first result, which tells what went; the others their last. */
function conclude(
  judged: readonly JudgedCheck[],
  request: JudgeRequest,
  quarantined: number,
  aside: ReadonlyMap<string, CheckResult> = new Map(),
): Judgement {
  const settled = new Set<CheckResult>()
  const results = judged.map(({ result }) => {
    const before = aside.get(result.check)
    if (before === undefined || result.status !== 'passed') return explainEffect(result, request)
    const kept = { ...before, message: `${before.message}; set aside` }
    settled.add(kept)
    return kept
  })
  const verdict = verdictOf(results, request.accept, (result) => settled.has(result))
  return { results, verdict, quarantined }
}

/** Says in the message what is done about a failure where it is not what `on_fail` says. */
function explainEffect(result: CheckResult, request: JudgeRequest): CheckResult {
  if (result.status === 'passed') return result
  if (isAccepted(result, request.accept)) return { ...result, message: `${result.message} (let pass once)` }
  if (result.onFail !== 'quarantine') return result
  const reason =
    request.change === null
      ? 'a view’s rows cannot be set aside'
      : hidesRowIds(request.candidate.columns)
        ? 'rows of a table with a column called rowid cannot be set aside'
        : 'the rows cannot be set aside'
  return { ...result, message: `${result.message}; ${reason}, so all are held` }
}
