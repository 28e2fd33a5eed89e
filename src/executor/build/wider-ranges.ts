import type { Candidate, Rows } from '../../adapters/engines/engine.js'
import type { Asset } from '../../domain/asset.js'
import {
  alignIntervals,
  GRAINS,
  type Grain,
  type Interval,
  subtractIntervals,
} from '../../domain/interval.js'
import { completeUntil } from '../../planner/scope.js'
import { quoteName } from '../../sql/quote.js'
import type { RunContext } from '../context.js'

/**
 * The ranges to build where the statement cuts times coarser than the asset's grain: `date_trunc('day', …)` with
 * `grain: hour`. Its row of a day lies at midnight, outside the hour that was touched, so it would be left out, or
 * would be made from one hour's rows alone. Null: the times are as fine as the grain, what was built is good.
 */
export async function widerRanges(
  asset: Asset,
  built: { candidate: Candidate; ranges: readonly Interval[] },
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly Interval[] | null> {
  const { time } = asset
  if (!time || built.candidate.rows === 0) return null
  const grains = await cutsOf(asset, time, built.candidate, context, signal)
  if (grains.length === 0) return null
  const { timezone } = context.project
  const future = { start: completeUntil(asset, context.now, timezone), end: Number.MAX_SAFE_INTEGER }
  const whole = grains.reduce((ranges, grain) => alignIntervals(ranges, grain, timezone), built.ranges)
  const wider = subtractIntervals(whole, [future])
  return subtractIntervals(wider, built.ranges).length > 0 ? wider : null
}

/** Grains above the asset's at whose starts all times lie, new and released ones. */
async function cutsOf(
  asset: Asset,
  time: NonNullable<Asset['time']>,
  candidate: Candidate,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly Grain[]> {
  const tables: Rows[] = [{ kind: 'relation', relation: candidate.relation, columns: candidate.columns }]
  const state = context.states.get(asset.name)
  if (state?.relation && state.columns.some(({ name }) => name === time.column))
    tables.push({ kind: 'relation', relation: state.relation, columns: state.columns })
  let left: readonly Grain[] = GRAINS.slice(GRAINS.indexOf(time.grain) + 1)
  for (const rows of tables) {
    if (left.length === 0) return []
    const finds = left.map((grain) => `exists (${isFiner(time.column, grain)})`)
    const request = { names: { this: rows }, sql: `select ${finds.join(', ')}`, parameters: {} }
    const [found = []] = (await context.workspace.scan(request, signal)).rows
    left = left.filter((_, index) => found[index] === false)
  }
  return left
}

const isFiner = (column: string, grain: Grain): string =>
  `select 1 from (select ${quoteName(column)}::TIMESTAMP WITH TIME ZONE as instant from this) ` +
  `where isfinite(instant) and instant <> date_trunc('${grain}', instant)`
