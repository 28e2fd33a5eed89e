import type { Candidate, Rows } from '../../adapters/engines/engine.js'
import type { Asset } from '../../domain/asset.js'
import type { Column } from '../../domain/column.js'
import { CALENDAR_STEPS, type CalendarStep, type Interval, subtractIntervals } from '../../domain/interval.js'
import { completeUntil } from '../../planner/scope.js'
import { quoteName } from '../../sql/quote.js'
import type { RunContext } from '../context.js'
import { alignToAll } from '../whole-grains.js'

/**
 * Calendar steps above the asset's grain at whose starts all its times lie: the statement cuts them coarser than the header
 * says, `date_trunc('day', …)` with `grain: hour`. Released times are asked too unless the candidate is `full` and takes
 * their place. Where times are finer the first rows tell.
 */
export async function coarserCuts(
  asset: Asset,
  candidate: Candidate,
  full: boolean,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly CalendarStep[]> {
  const { time } = asset
  if (!time || candidate.rows === 0 || !hasColumn(candidate.columns, time.column)) return []
  const tables: Rows[] = [{ kind: 'relation', relation: candidate.relation, columns: candidate.columns }]
  const state = context.states.get(asset.name)
  if (!full && state?.relation && asset.materialize !== 'view' && hasColumn(state.columns, time.column))
    tables.push({ kind: 'relation', relation: state.relation, columns: state.columns })
  let left: readonly CalendarStep[] = CALENDAR_STEPS.slice(CALENDAR_STEPS.indexOf(time.grain) + 1)
  for (const rows of tables) {
    const [finest, ...longer] = left
    if (finest !== 'hour' && finest !== 'day')
      left = await startedBy(left, time.column, rows, context, signal)
    // All longer steps begin with a day, and days with an hour: where times are finer, one question answers for all.
    else if ((await startedBy([finest], time.column, rows, context, signal)).length === 0) return []
    else left = [finest, ...(await startedBy(longer, time.column, rows, context, signal))]
  }
  return left
}

/** Of the steps those at whose starts all times lie. */
async function startedBy(
  steps: readonly CalendarStep[],
  column: string,
  rows: Rows,
  { workspace }: RunContext,
  signal: AbortSignal,
): Promise<readonly CalendarStep[]> {
  if (steps.length === 0) return []
  const finds = steps.map((step) => `exists (${isFiner(column, step)})`)
  const request = { names: { this: rows }, sql: `select ${finds.join(', ')}`, parameters: {} }
  const [found = []] = (await workspace.scan(request, signal)).rows
  return steps.filter((_, index) => found[index] === false)
}

const hasColumn = (columns: readonly Column[], column: string): boolean =>
  columns.some(({ name }) => name === column)

const isFiner = (column: string, grain: CalendarStep): string =>
  `select 1 from (select ${quoteName(column)}::TIMESTAMP WITH TIME ZONE as instant from this) ` +
  `where isfinite(instant) and instant <> date_trunc('${grain}', instant)`

/**
 * The ranges to build where times are cut coarser than the asset's grain: the row of a day lies at midnight, outside the
 * hour that was touched, so it would be left out, or would be made from one hour's rows alone. Null: what was built is good.
 */
export function widerRanges(
  asset: Asset,
  ranges: readonly Interval[],
  cuts: readonly CalendarStep[],
  { now, project: { timezone } }: Pick<RunContext, 'now' | 'project'>,
): readonly Interval[] | null {
  if (cuts.length === 0) return null
  const future = { start: completeUntil(asset, now, timezone), end: Number.MAX_SAFE_INTEGER }
  const wider = subtractIntervals(alignToAll(ranges, cuts, timezone), [future])
  return subtractIntervals(wider, ranges).length > 0 ? wider : null
}
