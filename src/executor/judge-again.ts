import type { Rows } from '../adapters/engines/engine.js'
import type { Asset } from '../domain/asset.js'
import type { Check, CheckResult, Verdict } from '../domain/check.js'
import type { Column } from '../domain/column.js'
import { type JudgedRules, judgedRules, unsettledChecks } from '../domain/judged-rules.js'
import type { Project } from '../domain/project.js'
import { judgeParametersOf } from './build/build-sql.js'
import type { Judgement, RunContext } from './context.js'
import { releasedRows } from './release/released-rows.js'

/** What changed checks say of rows that are released. */
export type JudgedAgain = Readonly<{
  results: readonly CheckResult[]
  verdict: Verdict
  judged: JudgedRules
  /** One sentence: what was asked, and what that means for readers. */
  reason: string
  /** The release since which readers see these rows. */
  release: number
}>

/** Judges released rows by the checks they have not passed. Null: there are none, or nothing is released. */
export async function judgeAgain(
  asset: Asset,
  context: RunContext,
  signal: AbortSignal,
): Promise<JudgedAgain | null> {
  const state = context.states.get(asset.name)
  if (!state?.relation) return null
  const checks = unsettledChecks(asset.checks, state.judged)
  if (checks.length === 0) return null
  const { deps, project } = context
  deps.emit({ kind: 'step-checking', asset: asset.name, rows: state.rows })
  const subject = { asset, rows: releasedRows(asset, state, project), columns: state.columns }
  const { results, verdict } = await judgeBy(checks, subject, context, signal)
  return {
    results,
    verdict,
    judged: { ...state.judged, ...judgedRules(checks, results, context.accept) },
    reason: verdict === 'block' ? blockedReason(results, state.release) : passedReason(checks, results),
    release: state.release,
  }
}

type Subject = Readonly<{ asset: Asset; rows: Rows; columns: readonly Column[] }>

/**
 * A candidate that becomes a part of the released rows says nothing about the others. Checks that those have not passed
 * judge the rows as they will be.
 */
export async function judgeWhole(
  candidate: Judgement,
  subject: Subject,
  context: RunContext,
  signal: AbortSignal,
): Promise<Judgement> {
  const { asset } = subject
  const checks = unsettledChecks(asset.checks, context.states.get(asset.name)?.judged ?? {})
  if (checks.length === 0) return candidate
  const whole = await judgeBy(checks, subject, context, signal)
  const failed = new Map(
    whole.results.flatMap((result) => (result.status === 'passed' ? [] : [[result.check, result]])),
  )
  const results = candidate.results.map((result) =>
    result.status === 'passed' ? (failed.get(result.check) ?? result) : result,
  )
  return { ...candidate, results, verdict: strictest(candidate.verdict, whole.verdict) }
}

function judgeBy(
  checks: readonly Check[],
  { asset, rows, columns }: Subject,
  { deps, workspace, now, project, accept }: RunContext,
  signal: AbortSignal,
) {
  return deps.judgeReleased(
    {
      workspace,
      asset,
      checks,
      tenant: tenantColumn(columns, project),
      rows,
      columns,
      now,
      parameters: judgeParametersOf(asset, project),
      accept,
    },
    signal,
  )
}

export function tenantColumn(columns: readonly Column[], { tenant }: Project): string | undefined {
  return columns.some(({ name }) => name === tenant) ? tenant : undefined
}

const STRICTNESS: readonly Verdict[] = ['pass', 'hold_delivery', 'block']

const strictest = (one: Verdict, other: Verdict): Verdict =>
  STRICTNESS.indexOf(one) < STRICTNESS.indexOf(other) ? other : one

/** Which checks keep rows from readers, and why. */
export function heldReason(results: readonly CheckResult[]): string {
  const blocking = results.filter(
    ({ status, onFail }) => status !== 'passed' && (onFail === 'block' || onFail === 'quarantine'),
  )
  return blocking.map(({ check, message }) => `${check}: ${message}`).join('; ')
}

const blockedReason = (results: readonly CheckResult[], release: number): string =>
  `${heldReason(results)}; readers have seen these rows since release ${release}`

function passedReason(checks: readonly Check[], results: readonly CheckResult[]): string {
  const failed = results.filter(({ status }) => status !== 'passed')
  const asked = `judged again by ${nameChecks(checks)}`
  if (failed.length === 0) return `${asked}: passed`
  return `${asked}: ${failed.map(({ check, message }) => `${check}: ${message}`).join('; ')}`
}

/** The first few by name, and how many more. */
export function nameChecks(checks: readonly Pick<Check, 'name'>[]): string {
  const shown = checks.slice(0, 3).map(({ name }) => name)
  const more = checks.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
