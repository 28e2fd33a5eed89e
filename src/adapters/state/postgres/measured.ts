import { z } from 'zod'
import type { AssetName } from '../../../domain/asset.js'
import type { MeasuredRequest, MeasuredSeries, StepSample } from '../alert-store.js'
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

const samplesRow = z.object({
  asset: z.string(),
  ats: z.array(z.number()),
  durations: z.array(z.number()),
  rows: z.array(z.number().nullable()),
})

/** One look-up in the index for each sample, however many steps there are. */
export async function stepSamples(
  database: Database,
  { scope }: Scope,
  assets: readonly AssetName[],
  limit: number,
): Promise<Map<AssetName, readonly StepSample[]>> {
  if (assets.length === 0) return new Map()
  const rows = await database.query({
    text: `select wanted.asset, array_agg(millrace_state.ms(s.started_at) order by s.run) as ats,
             array_agg(s.duration_ms order by s.run) as durations,
             array_agg(s.rows::float8 order by s.run) as rows
           from unnest($2::text[]) as wanted (asset)
           cross join lateral (
             select min(e.run) as first, max(e.run) as last from millrace_state.steps e
             where e.scope = $1 and e.asset = wanted.asset and e.status = 'released') ends
           cross join lateral (select greatest(1, (ends.last - ends.first) / $3 + 1) as stride) part
           cross join lateral generate_series(ends.first, ends.last, part.stride) as place (first)
           cross join lateral (
             select s.run, s.started_at, s.duration_ms, s.rows from millrace_state.steps s
             where s.scope = $1 and s.asset = wanted.asset and s.status = 'released'
               and s.run >= place.first and s.run < place.first + part.stride
             order by s.run limit 1) s
           group by wanted.asset`,
    values: [scope, assets, limit],
  })
  return new Map(
    parseRows(samplesRow, rows, 'steps').map(({ asset, ats, durations, rows }) => [
      asset,
      ats.map((at, index) => ({ at, durationMs: durations[index]!, rows: rows[index]! })),
    ]),
  )
}
