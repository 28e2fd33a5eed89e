import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candidate, RowChange, Rows } from '../adapters/engines/engine.js'
import { isTransient, MillraceError, messageOf } from '../base/errors.js'
import type { Json } from '../base/json.js'
import { retry } from '../base/retry.js'
import type { Asset, AssetName } from '../domain/asset.js'
import type { Check } from '../domain/check.js'
import type { Column } from '../domain/column.js'
import { failedRules, type JudgedRules, judgedRules } from '../domain/judged-rules.js'
import type { Metric, StepError, StepRecord, StepStatus } from '../domain/run.js'
import type { PlanStep } from '../planner/plan.js'
import { quoteQualified } from '../sql/quote.js'
import { build, type Draft } from './build/build.js'
import { judgeParametersOf } from './build/build-sql.js'
import { isCurrent } from './build/touched-by.js'
import type { Judgement, RunContext } from './context.js'
import { runError } from './errors.js'
import { heldReason, judgeAgain, judgeWhole, nameChecks, tenantColumn } from './judge-again.js'
import type { Built, StepOutcome } from './outcome.js'
import { releasedRows } from './release/released-rows.js'
import { checkMetrics, stepMetrics } from './step-metrics.js'

/** First wait between tries; doubles up to the maximum. */
const RETRY = { firstDelayMs: 500, maxDelayMs: 30_000 }

/** Runs one step to its outcome. Never throws for what a step can do wrong; rejects only when the run is cut off. */
export async function runStep(
  step: PlanStep,
  context: RunContext,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const asset = context.assets.get(step.asset)!
  const blocked = blockedBy(asset, context)
  const clock = context.deps.clock
  const begun = { at: clock.now(), mono: clock.monotonic() }
  if (blocked) return ended(asset, 'skipped', blocked, begun, context)
  let attempts = 0
  try {
    return await retry(
      (attempt) => {
        attempts = attempt
        return attemptStep(asset, step, { ...begun, attempt }, context, signal)
      },
      {
        ...RETRY,
        retries: asset.retries,
        clock,
        signal,
        onRetry: (error, attempt, delayMs) =>
          context.deps.emit({
            kind: 'step-retried',
            asset: asset.name,
            attempt,
            delayMs,
            message: messageOf(error),
          }),
      },
    )
  } catch (error) {
    if (signal.aborted) throw signal.reason
    return failed(asset, error, { ...begun, attempt: attempts }, context)
  }
}

type Begun = Readonly<{ at: number; mono: number; attempt?: number }>

/** What keeps a step from running: an input that was not released in this run, or whose released rows are no good. */
function blockedBy(asset: Asset, context: RunContext): string | null {
  for (const name of asset.inputs) {
    const outcome = context.outcomes.get(name)
    if (outcome && (outcome.kind === 'held' || outcome.kind === 'failed' || outcome.kind === 'skipped')) {
      return `${name}, which it reads, ${outcome.kind === 'failed' ? 'failed' : `was ${outcome.kind}`}`
    }
    const failing = outcome ? [] : failedRules(checksOf(name, context), judgedOf(name, context), 'block')
    if (failing.length > 0) return `${name}, which it reads, is held by ${nameChecks(failing)}`
  }
  return null
}

const checksOf = (name: AssetName, { assets }: RunContext): readonly Check[] => assets.get(name)?.checks ?? []

const judgedOf = (name: AssetName, { states }: RunContext): JudgedRules => states.get(name)?.judged ?? {}

async function attemptStep(
  asset: Asset,
  step: PlanStep,
  begun: Begun,
  context: RunContext,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const missing = asset.inputs.find((name) => !isReadable(name, context))
  if (missing) throw runError('STEP_INPUT_MISSING', { asset: asset.name, input: missing })
  const folder = join(context.folder, asset.name)
  const timeout = AbortSignal.timeout(asset.timeoutMs)
  const limited = AbortSignal.any([signal, timeout])
  try {
    context.deps.emit({ kind: 'step-started', asset: asset.name, usualMs: step.usualMs })
    if (needsFolder(asset)) await mkdir(folder, { recursive: true })
    const draft = await build(asset, step, folder, context, limited)
    if (draft.kind === 'unchanged') return await asReleased(asset, draft, begun, context, limited)
    return await judge(asset, step, draft, begun, context, limited)
  } catch (error) {
    if (timeout.aborted && !signal.aborted) {
      throw runError(
        'STEP_TIMED_OUT',
        { asset: asset.name, seconds: Math.round(asset.timeoutMs / 1000) },
        { cause: error },
      )
    }
    throw error
  } finally {
    if (needsFolder(asset)) await rm(folder, { recursive: true, force: true })
  }
}

const needsFolder = (asset: Asset) => asset.body.kind !== 'sql'

function isReadable(name: AssetName, context: RunContext): boolean {
  return context.outcomes.get(name)?.kind === 'passed' || context.states.get(name)?.relation != null
}

/** Nothing is built: what is released stays, if the checks as they are now have nothing against it. */
async function asReleased(
  asset: Asset,
  { reason, position }: Readonly<{ reason: string; position?: Json }>,
  begun: Begun,
  context: RunContext,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const read = position !== undefined && { position }
  const checkedAt = context.deps.clock.monotonic()
  const again = await judgeAgain(asset, context, signal)
  if (!again) return { ...ended(asset, 'unchanged', reason, begun, context), ...read }
  const checkMs = context.deps.clock.monotonic() - checkedAt
  const isHeld = again.verdict === 'block'
  const status = isHeld ? 'held' : 'unchanged'
  const record = recordOf(
    asset,
    status,
    isHeld ? again.reason : `${reason}; ${again.reason}`,
    begun,
    context,
    {
      checks: again.results,
      metrics: [{ name: 'check_ms', value: checkMs }, ...checkMetrics(again.results)],
      judgedRelease: again.release,
    },
  )
  return { kind: status, record, judged: again.judged, ...read }
}

async function judge(
  asset: Asset,
  step: PlanStep,
  draft: Draft & { kind: 'draft' },
  begun: Begun,
  context: RunContext,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { deps } = context
  const builtAt = deps.clock.monotonic()
  requireColumns(asset, draft.columns)
  const { thisRows, afterRows } = await defineRows(asset, draft, context)
  deps.emit({ kind: 'step-checking', asset: asset.name, rows: draft.candidate?.rows ?? null })
  const judgement = await judgeRows(asset, draft, { thisRows, afterRows }, context, signal)
  if (judgement.quarantined > 0 && (await isStanding(asset, draft, context))) {
    await defineLastRelease(asset, context)
    const reason = 'nothing new but rows that are set aside already'
    return asReleased(asset, { reason, position: draft.position }, begun, context, signal)
  }
  const rows = draft.candidate ? draft.candidate.rows - judgement.quarantined : null
  const metrics = stepMetrics({
    draft,
    judgement,
    rows,
    buildMs: builtAt - begun.mono,
    checkMs: deps.clock.monotonic() - builtAt,
  })
  const facts = { rows, checks: judgement.results, metrics, ranges: draft.ranges ?? [] }
  if (judgement.verdict === 'block') {
    await defineLastRelease(asset, context)
    const candidate = draft.candidate?.relation ?? null
    return ended(asset, 'held', heldReason(judgement.results), begun, context, { ...facts, candidate })
  }
  const record = recordOf(asset, 'released', draft.reason, begun, context, facts)
  const built: Built = {
    asset: asset.name,
    fingerprint: step.fingerprint,
    candidate: draft.candidate,
    change: draft.change,
    columns: draft.columns,
    ranges: draft.ranges,
    full: draft.full,
    deferred: draft.deferred,
    touched: draft.touched,
    position: draft.position,
    quarantined: judgement.quarantined,
    judged: judgedRules(asset.checks, judgement.results, context.accept),
    holdDelivery: judgement.verdict === 'hold_delivery',
  }
  return { kind: 'passed', built, record }
}

/** A source that reads its newest rows again and again brings those that were set aside before, too: nothing comes of them. */
async function isStanding(
  asset: Asset,
  draft: Draft & { kind: 'draft' },
  context: RunContext,
): Promise<boolean> {
  const { change, candidate } = draft
  if (candidate === null || (change.kind !== 'merge' && change.kind !== 'append')) return false
  if (!isCurrent(asset.name, draft, context)) return false
  return !(await context.workspace.alters({ asset: asset.name, change, columns: candidate.columns }))
}

/** The candidate by all checks; the rows as they will be by those that the released ones have not passed. */
async function judgeRows(
  asset: Asset,
  draft: Draft & { kind: 'draft' },
  rows: { thisRows: Rows; afterRows: Rows },
  context: RunContext,
  signal: AbortSignal,
): Promise<Judgement> {
  if (asset.checks.length === 0) return { results: [], verdict: 'pass', quarantined: 0 }
  const judgement = await context.deps.judge(
    {
      workspace: context.workspace,
      asset,
      tenant: tenantColumn(draft.columns, context.project),
      candidate: draft.candidate ?? viewCandidate(draft.columns),
      change: draft.change.kind === 'view' ? null : draft.change,
      ...rows,
      run: context.run,
      now: context.now,
      parameters: judgeParametersOf(asset, context.project),
      accept: context.accept,
    },
    signal,
  )
  const isWhole = draft.change.kind === 'view' || draft.change.kind === 'replace'
  if (isWhole || judgement.verdict === 'block') return judgement
  return judgeWhole(judgement, { asset, rows: rows.afterRows, columns: draft.columns }, context, signal)
}

/** Key, time and declared columns must be among the rows' columns, whatever made the rows. */
function requireColumns(asset: Asset, columns: readonly Column[]): void {
  const names = new Set(columns.map(({ name }) => name))
  const needed = [
    ...asset.key,
    ...(asset.time ? [asset.time.column] : []),
    ...asset.columns.map(({ name }) => name),
  ]
  const missing = needed.find((column) => !names.has(column))
  if (missing) throw runError('STEP_KEY_MISSING', { asset: asset.name, column: missing })
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  const other = asset.columns.filter(({ name, type }) => type !== undefined && types.get(name) !== type)
  if (other.length > 0) {
    const detail = other.map(({ name, type }) => `${name} is ${types.get(name)}, declared ${type}`).join('; ')
    throw runError('STEP_COLUMNS_CHANGED', { asset: asset.name, detail })
  }
}

/** Binds the asset's name to what its rows will be, for the checks and for everything downstream. */
async function defineRows(
  asset: Asset,
  { candidate, change, columns }: Draft & { kind: 'draft' },
  context: RunContext,
): Promise<{ thisRows: Rows; afterRows: Rows }> {
  if (change.kind === 'view') {
    await context.workspace.define(asset.name, {
      kind: 'statement',
      sql: change.sql,
      parameters: change.parameters,
    })
    const rows: Rows = {
      kind: 'statement',
      sql: `select * from ${quoteQualified(asset.name)}`,
      parameters: {},
    }
    return { thisRows: rows, afterRows: rows }
  }
  const thisRows: Rows = { kind: 'relation', relation: candidate!.relation, columns }
  const afterRows: Rows = change.kind === 'replace' ? thisRows : changedRows(change, columns)
  await context.workspace.define(asset.name, afterRows)
  return { thisRows, afterRows }
}

/** Checks of others that look at a held asset see what readers see. */
async function defineLastRelease(asset: Asset, { states, workspace, project }: RunContext): Promise<void> {
  const state = states.get(asset.name)
  if (state?.relation) await workspace.define(asset.name, releasedRows(asset, state, project))
}

const changedRows = (change: RowChange, columns: readonly Column[]): Rows => ({
  kind: 'changed',
  change,
  columns,
})

const viewCandidate = (columns: readonly Column[]): Candidate => ({
  relation: '',
  columns,
  rows: 0,
  bytes: 0,
  peakMemoryBytes: null,
})

type Facts = Partial<
  Pick<StepRecord, 'rows' | 'checks' | 'ranges' | 'candidate' | 'judgedRelease' | 'error'>
> & {
  metrics?: readonly Metric[]
}

function ended(
  asset: Asset,
  kind: 'unchanged' | 'held' | 'failed' | 'skipped',
  reason: string,
  begun: Begun,
  context: RunContext,
  facts: Facts = {},
): StepOutcome {
  return { kind, record: recordOf(asset, kind, reason, begun, context, facts) }
}

function failed(asset: Asset, error: unknown, begun: Begun, context: RunContext): StepOutcome {
  const known =
    error instanceof MillraceError
      ? error
      : runError('STEP_BROKE', { asset: asset.name, detail: messageOf(error) }, { cause: error })
  context.deps.log.error(
    { run: context.run, step: asset.name, err: known, transient: isTransient(error) },
    known.message,
  )
  const stepError: StepError = { code: known.code, message: known.message, hint: known.hint ?? '' }
  return ended(asset, 'failed', known.message, begun, context, { error: stepError })
}

function recordOf(
  asset: Asset,
  status: StepStatus,
  reason: string,
  begun: Begun,
  context: RunContext,
  facts: Facts,
): StepRecord {
  const durationMs = context.deps.clock.monotonic() - begun.mono
  return {
    asset: asset.name,
    status,
    reason,
    startedAt: begun.at,
    durationMs,
    rows: facts.rows ?? null,
    ranges: facts.ranges ?? [],
    attempts: begun.attempt ?? 0,
    error: facts.error ?? null,
    candidate: facts.candidate ?? null,
    judgedRelease: facts.judgedRelease ?? null,
    checks: facts.checks ?? [],
    metrics: [{ name: 'duration_ms', value: durationMs }, ...(facts.metrics ?? [])],
  }
}
