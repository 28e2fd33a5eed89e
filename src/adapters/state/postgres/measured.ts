import { z } from 'zod'
import type { AssetName } from '../../../domain/asset.js'
import type { MeasuredRequest, MeasuredSeries } from '../alert-store.js'
import { type Database, parseRows } from './database.js'
import type { Scope } from './scope.js'

const seriesRow = z.object({
  asset: z.string(),
  metric: z.string(),
  runs: z.array(z.number()),
  ats: z.array(z.number()),
  values: z.array(z.number().or(z.nan())),
})

/**
 * One row a series: a row a value would cost more than reading it. Asset by asset, so that however little the server
 * knows of the tables it looks values up by asset.
 */
export async function measured(
  database: Database,
  { scope }: Scope,
  { after, metrics, limit }: MeasuredRequest,
): Promise<Map<AssetName, MeasuredSeries[]>> {
  if (after.size === 0) return new Map()
  const rows = await database.query({
    text: `select wanted.asset, series.*
           from unnest($2::text[], $3::int[]) as wanted (asset, after)
           cross join lateral (
             select m.name as metric, array_agg(m.run order by m.run) as runs,
               array_agg(millrace_state.ms(m.at) order by m.run) as ats, array_agg(m.value order by m.run) as values
             from (
               select s.run from millrace_state.steps s
               where s.scope = $1 and s.asset = wanted.asset and s.status = 'released' and s.run > wanted.after
               order by s.run desc limit $5) released
             join millrace_state.metrics m on m.scope = $1 and m.asset = wanted.asset and m.run = released.run
             where m.name = any($4) or (m.name like 'check:%' and 'check:' = any($4))
             group by m.name) series
           order by wanted.asset, series.metric`,
    values: [scope, [...after.keys()], [...after.values()], metrics, limit],
  })
  const found = new Map<AssetName, MeasuredSeries[]>()
  for (const { asset, metric, runs, ats, values } of parseRows(seriesRow, rows, 'metrics')) {
    const points = runs.map((run, index) => ({ run, at: ats[index]!, value: values[index]! }))
    found.set(asset, [...(found.get(asset) ?? []), { metric, points }])
  }
  return found
}

const momentsRow = z.object({ asset: z.string(), moments: z.array(z.number()) })

export async function releaseMoments(
  database: Database,
  { scope }: Scope,
  assets: readonly AssetName[],
  limit: number,
): Promise<Map<AssetName, readonly number[]>> {
  if (assets.length === 0) return new Map()
  const rows = await database.query({
    text: `select wanted.asset, array_agg(s.at order by s.run) as moments
           from unnest($2::text[]) as wanted (asset)
           cross join lateral (
             select s.run, millrace_state.ms(s.started_at) + s.duration_ms as at from millrace_state.steps s
             where s.scope = $1 and s.asset = wanted.asset and s.status = 'released'
             order by s.run desc limit $3) s
           group by wanted.asset`,
    values: [scope, assets, limit],
  })
  return new Map(parseRows(momentsRow, rows, 'steps').map(({ asset, moments }) => [asset, moments]))
}
