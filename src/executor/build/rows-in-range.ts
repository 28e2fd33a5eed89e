import type { Candidate } from '../../adapters/engines/engine.js'
import type { Asset } from '../../domain/asset.js'
import type { Interval } from '../../domain/interval.js'
import { isAccepted } from '../../domain/judged-rules.js'
import type { Metric } from '../../domain/run.js'
import { isRanged, usesRange } from '../../planner/scope.js'
import type { RunContext } from '../context.js'

/** Rows as they were built for `ranges`; `deferred` are built another time. */
type BuiltRows = Readonly<{
  candidate: Candidate
  ranges: readonly Interval[] | null
  deferred: readonly Interval[]
  full: boolean
}>

export type RowsInRange = Readonly<{
  candidate: Candidate
  /** What was left out, for the run's log. */
  notes: readonly string[]
  metrics: readonly Metric[]
}>

/**
 * Of rows that are built by range those that lie in the range they were made for. The others are left out, in a first build
 * as in every later one, or what a table holds would depend on how its building was cut into runs. None goes untold.
 */
export async function rowsInRange(
  asset: Asset,
  { candidate, ranges, deferred, full }: BuiltRows,
  context: RunContext,
  signal: AbortSignal,
): Promise<RowsInRange> {
  const { time } = asset
  const asIs: RowsInRange = { candidate, notes: [], metrics: [] }
  if (!time || !ranges || !belongsToRanges(asset) || candidate.rows === 0) return asIs
  if (!candidate.columns.some(({ name }) => name === time.column)) return asIs
  const kept = await context.workspace.keepInRanges(
    {
      asset: asset.name,
      candidate,
      timeColumn: time.column,
      ranges,
      later: deferred,
      keepNull: isJudged(asset, time.column, context),
    },
    signal,
  )
  // A statement that names neither end gives all rows for every range; the project's diagnostics have said so.
  const outside = full || readsRange(asset) ? kept.outside : 0
  const left = outside + kept.timeless
  return {
    candidate: kept.candidate,
    notes: [
      ...(outside > 0 ? [outsideNote(asset, time.column, outside, kept.earliest ?? 0)] : []),
      ...(kept.timeless > 0 ? [timelessNote(time.column, kept.timeless)] : []),
    ],
    metrics: left > 0 ? [{ name: 'rows_left_out', value: left }] : [],
  }
}

/**
 * True where nothing but its time says which build a row belongs to. By its key a row finds its place from any range: that
 * of a session lies where it began.
 */
function belongsToRanges(asset: Asset): boolean {
  if (asset.materialize === 'append') return asset.key.length === 0 && isRanged(asset)
  return asset.materialize === 'incremental'
}

/** A check of the asset sees to rows without a time itself: it holds them, or sets them aside. */
const isJudged = ({ checks }: Asset, column: string, { accept }: RunContext): boolean =>
  checks.some(
    (check) =>
      check.kind === 'not_null' &&
      check.column === column &&
      check.where === undefined &&
      check.tolerance === undefined &&
      (check.onFail === 'block' || check.onFail === 'quarantine') &&
      !isAccepted({ check: check.name, kind: check.kind }, accept),
  )

const readsRange = (asset: Asset): boolean => asset.body.kind === 'typescript' || usesRange(asset)

function outsideNote(asset: Asset, column: string, rows: number, earliest: number): string {
  const first = new Date(earliest).toISOString()
  const told =
    rows === 1
      ? `1 row, at ${first}, lies outside the range it was made for and is left out`
      : `${rows} rows, the first at ${first}, lie outside the range they were made for and are left out`
  const mend =
    asset.body.kind === 'typescript'
      ? `yield only rows whose ${column} lies in ctx.interval`
      : `give only rows with ${column} >= $start and ${column} < $end`
  return `${told}: ${mend}, or use materialize: table`
}

const timelessNote = (column: string, rows: number): string =>
  `${rows === 1 ? `1 row has no ${column} and is` : `${rows} rows have no ${column} and are`} left out: ` +
  'such a row lies in no range that could be built. Give it a time, or use materialize: table'
