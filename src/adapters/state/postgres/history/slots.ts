import { z } from 'zod'
import type { AssetName } from '../../../../domain/asset.js'
import { STEP_STATUSES, type StepRecord } from '../../../../domain/run.js'
import { SLOT_MS, type StepSlot } from '../../history-store.js'
import { type Database, parseRows, type Query } from '../database.js'
import { jsonText } from '../json-text.js'
import type { Scope } from '../scope.js'

const KEPT_MS = 2 * 86_400_000

/** Counts new steps in their slots, and forgets slots of the same assets that nobody asks for any more. */
export const countInSlots = (scope: number, run: number, steps: readonly StepRecord[]): Query => ({
  text: `with forgotten as (
           delete from millrace_state.step_slots
           where scope = $1 and asset = any($4) and slot < millrace_state.instant($5))
         insert into millrace_state.step_slots as known (scope, asset, slot, status, run, steps)
         select $1, asset, millrace_state.instant(slot), status, $2, 1
         from jsonb_to_recordset($3::jsonb) as step (asset text, slot float8, status text)
         order by asset
         on conflict (scope, asset, slot) do update set steps = known.steps + 1,
           run = case when millrace_state.concern(excluded.status) >= millrace_state.concern(known.status)
             then excluded.run else known.run end,
           status = case when millrace_state.concern(excluded.status) >= millrace_state.concern(known.status)
             then excluded.status else known.status end`,
  values: [
    scope,
    run,
    jsonText(
      steps.map(({ asset, startedAt, status }) => ({
        asset,
        slot: Math.floor(startedAt / SLOT_MS) * SLOT_MS,
        status,
      })),
    ),
    steps.map(({ asset }) => asset),
    Math.min(...steps.map(({ startedAt }) => startedAt)) - KEPT_MS,
  ],
})

const slotRow: z.ZodType<StepSlot> = z.object({
  asset: z.string(),
  at: z.number(),
  status: z.enum(STEP_STATUSES),
  run: z.number(),
  steps: z.number(),
})

export async function stepSlots(
  database: Database,
  { scope }: Scope,
  assets: readonly AssetName[],
  since: number,
): Promise<StepSlot[]> {
  const rows = await database.query({
    text: `select asset, millrace_state.ms(slot) as at, status, run, steps from millrace_state.step_slots
           where scope = $1 and asset = any($2) and slot >= millrace_state.instant($3) order by asset, slot`,
    values: [scope, assets, since],
  })
  return parseRows(slotRow, rows, 'step_slots')
}
