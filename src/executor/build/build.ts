import type { Candidate, RowChange } from '../../adapters/engines/engine.js'
import type { Json } from '../../base/json.js'
import type { Asset } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import { type Column, diffColumns, sameColumns } from '../../domain/column.js'
import type { CalendarStep, Interval } from '../../domain/interval.js'
import type { Metric } from '../../domain/run.js'
import type { PlanStep } from '../../planner/plan.js'
import { isRanged, joinTouched, type Touched } from '../../planner/scope.js'
import { quoteQualified } from '../../sql/quote.js'
import type { RunContext } from '../context.js'
import { type Built, visibleColumns } from '../outcome.js'
import { ALL_TIME, rangesFor, scopeNow, touchedByInputs } from '../scope.js'
import { inWholeGrains } from '../whole-grains.js'
import { buildSql, parametersOf } from './build-sql.js'
import { buildTypeScript } from './build-typescript.js'
import { changeForBuild } from './change.js'
import { loadSource } from './load-source.js'
import { recalledRows } from './recalled-rows.js'
import { rowsInRange } from './rows-in-range.js'
import { touchedBy } from './touched-by.js'
import { coarserCuts, widerRanges } from './wider-ranges.js'
import { withoutMarked } from './without-marked.js'

/** Rows of a step before they are judged, or word that there is nothing to do. */
export type Draft =
  | Readonly<{
      kind: 'unchanged'
      reason: string
      /** How far a source has read, where it has. */
      position?: Json
    }>
  | Readonly<
      Omit<Built, 'asset' | 'fingerprint' | 'quarantined' | 'judged' | 'holdDelivery'> & {
        kind: 'draft'
        reason: string
        rowsIn: number | null
        freshnessMs: number | null
        metrics: readonly Metric[]
      }
    >

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
  const full = scope.kind === 'full'
  const made = await buildWholeCuts(asset, asked.ranges, full, context, signal)
  const { ranges, cuts, rowsIn } = made
  const inRange = await rowsInRange(
    asset,
    { candidate: made.candidate, ranges, deferred, full },
    context,
    signal,
  )
  for (const message of inRange.notes)
    context.deps.emit({ kind: 'step-log', asset: asset.name, level: 'warn', message })
  const state = context.states.get(asset.name) ?? null
  const newVersion =
    step.full ||
    state?.fingerprint !== step.fingerprint ||
    (full && !hasColumns(state, visibleColumns(made.candidate.columns)))
  const live = state?.relation ?? null
  const change = changeForBuild({
    asset,
    candidate: inRange.candidate,
    ranges,
    full,
    newVersion,
    live,
    state,
  })
  const candidate =
    change.kind === 'replace'
      ? await withoutMarked(asset, inRange.candidate, context, signal)
      : inRange.candidate
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
    metrics: [...made.metrics, ...inRange.metrics],
    context,
    reason: [reasonOf(step, scope.kind), ...inRange.notes].join('; '),
  })
}

/** Builds again over whole days where the rows turn out to be those of days: they are made of all their hours. */
async function buildWholeCuts(
  asset: Asset,
  ranges: readonly Interval[] | null,
  full: boolean,
  context: RunContext,
  signal: AbortSignal,
) {
  const made = await buildRows(asset, ranges, context, signal)
  const cuts = await coarserCuts(asset, made.candidate, full, context, signal)
  const wider = ranges && isRanged(asset) ? widerRanges(asset, ranges, cuts, context) : null
  if (!wider) return { ...made, ranges, cuts }
  // Over the span of all its inputs there is nothing more to read.
  return { ...(full ? made : await buildRows(asset, wider, context, signal)), ranges: wider, cuts }
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
        ? seenAs(asset, columns, joinTouched(touchedByInputs(asset, context)), [], context)
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
  /** Calendar steps above the header's grain by which the rows are cut. */
  cuts: readonly CalendarStep[]
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
  if (touched === null)
    return { kind: 'unchanged', reason: 'the rows came out as they were', position: input.position }
  const columns = visibleColumns(input.candidate.columns)
  return {
    kind: 'draft',
    ...draft,
    columns,
    touched: seenAs(input.asset, columns, touched, cuts, context),
    freshnessMs: await freshness(input.asset, input.candidate, context),
  }
}

/** What was touched, as those who read the asset have to see it. */
const seenAs = (
  { time }: Asset,
  columns: readonly Column[],
  touched: Touched,
  cuts: readonly CalendarStep[],
  { project }: RunContext,
): Touched =>
  touched === 'all' || !time ? touched : inWholeGrains(time, columns, touched, cuts, project.timezone)

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
