import { isDeepStrictEqual } from 'node:util'
import type { Candidate, RowChange } from '../../adapters/engines/engine.js'
import type { Json } from '../../base/json.js'
import type { Asset } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import { type Column, diffColumns, sameColumns } from '../../domain/column.js'
import type { Grain, Interval } from '../../domain/interval.js'
import type { Metric } from '../../domain/run.js'
import type { PlanStep } from '../../planner/plan.js'
import { joinTouched, type Touched } from '../../planner/scope.js'
import { quoteQualified } from '../../sql/quote.js'
import type { RunContext } from '../context.js'
import { type Built, visibleColumns } from '../outcome.js'
import { ALL_TIME, rangesFor, scopeNow, touchedByInputs } from '../scope.js'
import { buildSql, parametersOf } from './build-sql.js'
import { buildTypeScript } from './build-typescript.js'
import { changeForBuild } from './change.js'
import { loadSource } from './load-source.js'
import { recalledRows } from './recalled-rows.js'
import { coarserCuts, inWholeGrains, widerRanges } from './wider-ranges.js'
import { withoutMarked } from './without-marked.js'

/** Rows of a step before they are judged, or word that there is nothing to do. */
export type Draft =
  | Readonly<{ kind: 'unchanged'; reason: string }>
  | Readonly<
      Omit<Built, 'asset' | 'fingerprint' | 'quarantined' | 'judged' | 'holdDelivery'> & {
        kind: 'draft'
        reason: string
        rowsIn: number | null
        freshnessMs: number | null
        metrics: readonly Metric[]
      }
    >

/** Rows beyond which a rebuilt table without readers by range is taken as changed instead of being compared. */
const COMPARE_UP_TO_ROWS = 2_000_000

/** Builds the candidate of a step, by whatever makes its rows. */
export async function build(
  asset: Asset,
  step: PlanStep,
  folder: string,
  context: RunContext,
  signal: AbortSignal,
): Promise<Draft> {
  if (asset.body.kind === 'source') return buildSource(asset, step, folder, context, signal)
  const scope = scopeNow(asset, step, context, await recalledRows(asset, context, signal))
  if (scope.kind === 'none') return { kind: 'unchanged', reason: 'nothing it reads changed' }
  const asked = await rangesFor(asset, scope, context)
  const { deferred } = asked
  if (asked.ranges?.length === 0) return waitsForRange(deferred)
  if (asset.materialize === 'view') return buildView(asset, context)
  const first = await buildRows(asset, asked.ranges, context, signal)
  const cuts = await coarserCuts(asset, first.candidate, context, signal)
  const wider =
    asked.ranges && scope.kind === 'ranges' ? widerRanges(asset, asked.ranges, cuts, context) : null
  const ranges = wider ?? asked.ranges
  const made = wider ? await buildRows(asset, wider, context, signal) : first
  const { rowsIn, metrics } = made
  const full = scope.kind === 'full'
  const state = context.states.get(asset.name) ?? null
  const newVersion =
    step.full ||
    state?.fingerprint !== step.fingerprint ||
    (full && !hasColumns(state, visibleColumns(made.candidate.columns)))
  const live = state?.relation ?? null
  const change = changeForBuild({ asset, candidate: made.candidate, ranges, full, newVersion, live, state })
  const candidate =
    change.kind === 'replace' ? await withoutMarked(asset, made.candidate, context, signal) : made.candidate
  return finish({
    asset,
    candidate,
    change: change.kind === 'replace' ? { ...change, candidate: candidate.relation } : change,
    ranges: ranges?.filter(({ start, end }) => start < end) ?? null,
    cuts,
    deferred,
    full,
    position: null,
    rowsIn,
    metrics,
    context,
    reason: reasonOf(step, scope.kind),
  })
}

const hasColumns = (state: AssetState | null, columns: readonly Column[]): boolean =>
  state !== null && sameColumns(diffColumns(state.columns, columns))

/** What is owed is still being filled. */
function waitsForRange(deferred: readonly Interval[]): Draft {
  const end = deferred[0]?.end
  // An asset that reads nothing with event time is owed all of it, which never ends.
  const next = end !== undefined && end < ALL_TIME.end ? new Date(end).toISOString() : null
  const seen = 'nothing complete to build'
  return { kind: 'unchanged', reason: next ? `${seen}; the next one ends ${next}` : seen }
}

async function buildRows(
  asset: Asset,
  ranges: readonly Interval[] | null,
  context: RunContext,
  signal: AbortSignal,
) {
  switch (asset.body.kind) {
    case 'sql': {
      const candidate = await buildSql({ ...asset, body: asset.body }, ranges, context, signal)
      return { candidate, rowsIn: null, metrics: [] }
    }
    case 'typescript':
      return buildTypeScript({ ...asset, body: asset.body }, ranges, context, signal)
    case 'source':
      throw new TypeError('a source is loaded, not built')
  }
}

async function buildSource(
  asset: Asset,
  step: PlanStep,
  folder: string,
  context: RunContext,
  signal: AbortSignal,
): Promise<Draft> {
  const full = step.scope.kind === 'full'
  const { rows, notes } = await loadSource(asset, { full, folder }, context, signal)
  for (const message of notes)
    context.deps.emit({ kind: 'step-log', asset: asset.name, level: 'warn', message })
  const told = notes.length > 0 ? notes.join('; ') : null
  if (!rows) return { kind: 'unchanged', reason: told ?? 'nothing new upstream' }
  return finish({
    asset,
    ...rows,
    ranges: null,
    cuts: [],
    deferred: [],
    full: rows.change.kind === 'replace',
    rowsIn: rows.candidate.rows,
    metrics: [],
    context,
    reason: told ?? 'new rows upstream',
  })
}

async function buildView(asset: Asset, context: RunContext): Promise<Draft> {
  if (asset.body.kind !== 'sql') throw new TypeError('only a statement can be a view')
  const change = {
    kind: 'view' as const,
    sql: asset.body.text,
    parameters: parametersOf(asset, context.project),
  }
  await context.workspace.define(asset.name, {
    kind: 'statement',
    sql: change.sql,
    parameters: change.parameters,
  })
  const { columns } = await context.workspace.scan(
    { names: {}, sql: `select * from ${quoteQualified(asset.name)} limit 0`, parameters: {} },
    new AbortController().signal,
  )
  const known = context.states.get(asset.name)?.relation != null
  return {
    kind: 'draft',
    candidate: null,
    change,
    columns,
    ranges: null,
    full: true,
    deferred: [],
    touched:
      asset.time && known
        ? inWholeGrains(
            asset,
            columns,
            joinTouched(touchedByInputs(asset, context)),
            [],
            context.project.timezone,
          )
        : 'all',
    position: null,
    reason: known ? 'what it reads changed' : 'new',
    rowsIn: null,
    freshnessMs: null,
    metrics: [],
  }
}

type Made = Readonly<{
  asset: Asset
  candidate: Candidate
  change: RowChange
  ranges: readonly Interval[] | null
  /** Grains above the header's by which the rows are cut. */
  cuts: readonly Grain[]
  deferred: readonly Interval[]
  full: boolean
  position: Json
  rowsIn: number | null
  metrics: readonly Metric[]
  context: RunContext
  reason: string
}>

async function finish(input: Made): Promise<Draft> {
  const { context, cuts, ...draft } = input
  const touched = await touchedBy(input)
  if (touched === null) return { kind: 'unchanged', reason: 'the rows came out as they were' }
  const columns = visibleColumns(input.candidate.columns)
  return {
    kind: 'draft',
    ...draft,
    columns,
    touched: inWholeGrains(input.asset, columns, touched, cuts, context.project.timezone),
    freshnessMs: await freshness(input.asset, input.candidate, context),
  }
}

/**
 * Ranges of event time in which readers of the asset will see other rows. Null: no row differs. A table
 * that replaces another is compared with it, so that only what really differs is built again downstream.
 */
async function touchedBy(input: Made): Promise<Touched | null> {
  const { asset, candidate, change, context } = input
  const timeColumn = asset.time?.column ?? null
  if (change.kind === 'replace') {
    if (change.live === null || !isComparable(input)) return 'all'
    const { same, ranges } = await context.workspace.changedRanges({
      candidate,
      live: change.live,
      timeColumn,
    })
    // A new version is released even if its rows are the same: its fingerprint has to be on record.
    if (same) return isCurrent(input) ? null : []
    return timeColumn ? ranges : 'all'
  }
  const touched = timeColumn
    ? await context.workspace.touchedRanges({ candidate, timeColumn, change })
    : ('all' as const)
  // Rows that a source sends again are there already. Ranges settle it where there are some.
  const isSure =
    change.kind === 'ranges' || change.kind === 'files' || (touched !== 'all' && touched.length > 0)
  if (isSure || (await context.workspace.alters({ change, columns: candidate.columns }))) return touched
  return isCurrent(input) ? null : []
}

function isComparable({ asset, candidate, context }: Made): boolean {
  const state = context.states.get(asset.name)
  const before = state?.columns.map(({ name, type }) => `${name} ${type}`).join()
  const after = visibleColumns(candidate.columns)
    .map(({ name, type }) => `${name} ${type}`)
    .join()
  return before === after && candidate.rows <= COMPARE_UP_TO_ROWS
}

/** Nothing but rows could differ: same version, and no ranges or position to put on record. */
function isCurrent({ asset, context, ranges, position }: Made): boolean {
  const step = context.plan.steps.find((candidate) => candidate.asset === asset.name)
  const state = context.states.get(asset.name)
  return (
    state?.fingerprint === step?.fingerprint &&
    ranges === null &&
    // The state gives objects back with their fields in another order.
    isDeepStrictEqual(position, state?.position ?? null)
  )
}

async function freshness(asset: Asset, candidate: Candidate, context: RunContext): Promise<number | null> {
  if (!asset.time || candidate.rows === 0) return null
  const alias = `millrace_candidates.${asset.name.replace('.', '__')}`
  await context.workspace.define(alias, {
    kind: 'relation',
    relation: candidate.relation,
    columns: candidate.columns,
  })
  const last = (await context.workspace.extent({ asset: alias, timeColumn: asset.time.column })).at(-1)
  return last ? context.now - last.end : null
}

function reasonOf(step: PlanStep, scope: 'full' | 'ranges' | 'none'): string {
  const [reason] = step.reasons
  switch (reason?.kind) {
    case 'new':
      return 'new'
    case 'changed':
      return 'its definition, or that of something it reads, changed'
    case 'asked_full':
      return 'asked for with --full'
    case 'asked_window':
      return 'asked for with --start and --end'
    default:
      return scope === 'full' ? 'what it reads changed' : 'rows in these ranges changed'
  }
}
