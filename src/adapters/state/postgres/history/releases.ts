import { z } from 'zod'
import type { AssetName } from '../../../../domain/asset.js'
import type { AssetRelease, CommittedRelease, ReleasedAsset } from '../../history-store.js'
import { type Database, parseRows } from '../database.js'
import type { Scope } from '../scope.js'

const releaseRow: z.ZodType<AssetRelease> = z.object({
  release: z.number(),
  run: z.number(),
  at: z.number(),
  rows: z.number().nullable(),
})

/** An asset's released steps lead to their runs' releases. */
export async function releasesOf(
  database: Database,
  { scope }: Scope,
  asset: AssetName,
  limit: number,
): Promise<AssetRelease[]> {
  const rows = await database.query({
    text: `select r.release, s.run, millrace_state.ms(r.at) as at, s.rows::float8 as rows
           from millrace_state.steps s
           join millrace_state.releases r on r.scope = s.scope and r.run = s.run and r.status = 'committed'
           where s.scope = $1 and s.asset = $2 and s.status = 'released' order by s.run desc limit $3`,
    values: [scope, asset, limit],
  })
  return parseRows(releaseRow, rows, 'releases')
}

const timeRow = z.object({ release: z.number(), at: z.number() })

export async function releaseTimes(
  database: Database,
  { scope }: Scope,
  releases: readonly number[],
): Promise<Map<number, number>> {
  if (releases.length === 0) return new Map()
  const rows = await database.query({
    text: `select release, millrace_state.ms(at) as at from millrace_state.releases
           where scope = $1 and release = any($2) and status = 'committed'`,
    values: [scope, releases],
  })
  return new Map(parseRows(timeRow, rows, 'releases').map(({ release, at }) => [release, at]))
}

const committedRow: z.ZodType<CommittedRelease> = z.object({
  release: z.number(),
  run: z.number(),
  at: z.number(),
  assets: z.array(z.string()),
})

export async function committedRelease(
  database: Database,
  { scope }: Scope,
  release: number,
): Promise<CommittedRelease | null> {
  const rows = await database.query({
    text: `select release, run, millrace_state.ms(at) as at, assets from millrace_state.releases
           where scope = $1 and release = $2 and status = 'committed'`,
    values: [scope, release],
  })
  return parseRows(committedRow, rows, 'releases')[0] ?? null
}

const releasedRow: z.ZodType<ReleasedAsset> = z.object({
  asset: z.string(),
  release: z.number(),
  releasedAt: z.number(),
  rows: z.number().nullable(),
})

export async function releasedAssets(
  database: Database,
  { scope }: Scope,
  assets: readonly AssetName[],
): Promise<Map<AssetName, ReleasedAsset>> {
  const rows = await database.query({
    text: `select asset, release, millrace_state.ms(released_at) as "releasedAt", rows::float8 as rows
           from millrace_state.asset_states where scope = $1 and asset = any($2) and release > 0`,
    values: [scope, assets],
  })
  return new Map(parseRows(releasedRow, rows, 'asset_states').map((state) => [state.asset, state]))
}
