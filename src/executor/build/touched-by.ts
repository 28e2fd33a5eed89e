import type { Candidate, RowChange } from '../../adapters/engines/engine.js'
import type { Asset, AssetName } from '../../domain/asset.js'
import type { Interval } from '../../domain/interval.js'
import type { Touched } from '../../planner/scope.js'
import type { RunContext } from '../context.js'
import { visibleColumns } from '../outcome.js'

/** Rows beyond which a rebuilt table without readers by range is taken as changed instead of being compared. */
const COMPARE_UP_TO_ROWS = 2_000_000

/** A candidate, how it meets the released rows, and what would go on record with it. */
type Change = Readonly<{
  asset: Asset
  candidate: Candidate
  change: RowChange
  ranges: readonly Interval[] | null
  context: RunContext
}>

/**
 * Ranges of event time in which readers of the asset will see other rows. Null: no row differs. A table
 * that replaces another is compared with it, so that only what really differs is built again downstream.
 */
export async function touchedBy(input: Change): Promise<Touched | null> {
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
    if (same) return isCurrent(asset.name, input, context) ? null : []
    return timeColumn ? ranges : 'all'
  }
  const touched = timeColumn
    ? await context.workspace.touchedRanges({ candidate, timeColumn, change })
    : ('all' as const)
  // Rows that a source sends again are there already. Ranges settle it where there are some.
  const isSure =
    change.kind === 'ranges' || change.kind === 'files' || (touched !== 'all' && touched.length > 0)
  if (isSure || (await context.workspace.alters({ asset: asset.name, change, columns: candidate.columns })))
    return touched
  return isCurrent(asset.name, input, context) ? null : []
}

function isComparable({ asset, candidate, context }: Change): boolean {
  const state = context.states.get(asset.name)
  const before = state?.columns.map(({ name, type }) => `${name} ${type}`).join()
  const after = visibleColumns(candidate.columns)
    .map(({ name, type }) => `${name} ${type}`)
    .join()
  return before === after && candidate.rows <= COMPARE_UP_TO_ROWS
}

/** Nothing but rows could differ: same version, and no ranges to put on record. How far a source has read is noted anyway. */
export function isCurrent(
  asset: AssetName,
  { ranges }: Pick<Change, 'ranges'>,
  { plan, states }: Pick<RunContext, 'plan' | 'states'>,
): boolean {
  const step = plan.steps.find((candidate) => candidate.asset === asset)
  return states.get(asset)?.fingerprint === step?.fingerprint && ranges === null
}
