import { z } from 'zod'
import type { AssetName } from '../../../../domain/asset.js'
import { double } from '../../double.js'
import type { Judgement } from '../../history-store.js'
import { type Database, parseRows } from '../database.js'
import type { Scope } from '../scope.js'
import { checkKind } from '../steps.js'

const fields = {
  check: z.string(),
  kind: checkKind,
  run: z.number(),
  at: z.number(),
  status: z.enum(['passed', 'failed', 'error']),
  failedRows: z.number(),
  rows: z.number(),
  value: double.nullable(),
  message: z.string(),
}
const judgementRow: z.ZodType<Judgement> = z.object(fields)
const freshnessRow: z.ZodType<Judgement & { asset: AssetName }> = z.object({ ...fields, asset: z.string() })

const COLUMNS = `"check", kind, run, millrace_state.ms(at) as at, status, failed_rows::float8 as "failedRows",
  rows::float8 as rows, value, message`

export async function judgementsOf(
  database: Database,
  { scope }: Scope,
  asset: AssetName,
  limit: number,
): Promise<Judgement[]> {
  const rows = await database.query({
    text: `select ${COLUMNS} from (
             select * from millrace_state.check_results where scope = $1 and asset = $2
             order by run desc, position desc limit $3) as latest
           order by run desc, position`,
    values: [scope, asset, limit],
  })
  return parseRows(judgementRow, rows, 'check_results')
}

/** Of the latest run in which each asset’s freshness was judged. */
export async function freshnessOf(
  database: Database,
  { scope }: Scope,
  assets: readonly AssetName[],
): Promise<(Judgement & { asset: AssetName })[]> {
  if (assets.length === 0) return []
  const rows = await database.query({
    text: `select name.asset, ${COLUMNS} from unnest($2::text[]) as name (asset)
           cross join lateral (
             select c.run as judged from millrace_state.check_results c
             where c.scope = $1 and c.asset = name.asset and c.kind = 'freshness' order by c.run desc limit 1) as latest
           join millrace_state.check_results result
             on result.scope = $1 and result.asset = name.asset and result.run = latest.judged
           where kind = 'freshness' order by name.asset, position`,
    values: [scope, assets],
  })
  return parseRows(freshnessRow, rows, 'check_results')
}
