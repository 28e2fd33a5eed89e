import { z } from 'zod'
import type { AssetName } from '../../../../domain/asset.js'
import { STEP_STATUSES } from '../../../../domain/run.js'
import type { LatestStep, PastStep } from '../../history-store.js'
import { type Database, parseRows } from '../database.js'
import type { Scope } from '../scope.js'
import { PAST_STEP_COLUMNS, pastStepFields } from '../steps.js'

const DURATIONS = 20

const latestRow: z.ZodType<LatestStep> = z.object({
  asset: z.string(),
  run: z.number(),
  status: z.enum(STEP_STATUSES),
  reason: z.string(),
  startedAt: z.number(),
  durationMs: z.number(),
  durations: z.array(z.number()),
})

/** One look-up per asset for its step, one for its durations, which are read from their index alone. */
export async function latestOf(
  database: Database,
  { scope }: Scope,
  assets: readonly AssetName[],
  timed: readonly AssetName[],
): Promise<Map<AssetName, LatestStep>> {
  const asked = new Set(timed)
  const rows = await database.query({
    text: `select name.asset, step.run, step.status, step.reason, millrace_state.ms(step.started_at) as "startedAt",
             step.duration_ms as "durationMs",
             to_jsonb(array(select duration_ms from (
               select s.run, s.duration_ms from millrace_state.steps s
               where name.timed and s.scope = $1 and s.asset = name.asset and s.status = 'released'
               order by s.run desc limit ${DURATIONS}) as recent order by run)) as durations
           from unnest($2::text[], $3::boolean[]) as name (asset, timed)
           cross join lateral (
             select * from millrace_state.steps s where s.scope = $1 and s.asset = name.asset
             order by s.run desc limit 1) as step`,
    values: [scope, assets, assets.map((asset) => asked.has(asset))],
  })
  return new Map(parseRows(latestRow, rows, 'steps').map((step) => [step.asset, step]))
}

const pastRow: z.ZodType<PastStep> = z.object(pastStepFields)

export async function pastSteps(
  database: Database,
  { scope }: Scope,
  asset: AssetName,
  limit: number,
): Promise<PastStep[]> {
  const rows = await database.query({
    text: `select ${PAST_STEP_COLUMNS} from millrace_state.steps step where scope = $1 and asset = $2
           order by run desc limit $3`,
    values: [scope, asset, limit],
  })
  return parseRows(pastRow, rows, 'steps')
}
