import { z } from 'zod'
import type { AssetName } from '../../../domain/asset.js'
import type { AssetState } from '../../../domain/asset-state.js'
import { type Database, parseRows, type Query, type Run } from './database.js'
import { jsonText } from './json-text.js'
import { json, pendingRanges, ranges, rangesText } from './row-values.js'
import type { Scope } from './scope.js'

const judgedRule = z.object({ rule: z.string(), effect: z.enum(['pass', 'hold_delivery', 'block']) })

const stateFields = {
  asset: z.string(),
  fingerprint: z.string().nullable(),
  relation: z.string().nullable(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  built: ranges,
  pending: pendingRanges,
  position: json,
  release: z.number(),
  releasedAt: z.number(),
  inputReleases: z.record(z.string(), z.number()),
  rows: z.number().nullable(),
  // A release that was prepared before rules were kept has none.
  judged: z.record(z.string(), judgedRule).default({}),
}

/** A state as a row, and as `stateJson` writes it. */
export const assetState: z.ZodType<AssetState, unknown> = z.object(stateFields)

/** A state for `STATE_RECORD`: ranges as Postgres writes them, the rest as it is. */
export const stateJson = (state: AssetState): object => ({
  ...state,
  built: rangesText(state.built),
  pending: rangesText(state.pending),
})

/** The columns of `jsonb_to_recordset` over `stateJson`s. */
export const STATE_RECORD = `(asset text, fingerprint text, relation text, columns jsonb, built int8multirange,
  pending int8multirange, position jsonb, release int, "releasedAt" float8, "inputReleases" jsonb, rows float8, judged jsonb)`

/**
 * Writes states from a query: `state` is a `STATE_RECORD`, `current` the row there is, `before` the pending ranges
 * that the state was computed from. A state older than the current row adds what it found pending, and a current
 * one keeps what others added since. The current rows are locked before.
 */
export const mergeStates = (from: string, before: string): string => `
  insert into millrace_state.asset_states as stored (scope, asset, fingerprint, relation, columns, built, pending,
    position, release, released_at, input_releases, rows, judged)
  select $1, state.asset, state.fingerprint, state.relation, state.columns, state.built,
    case when current.asset is null then state.pending
      when current.release > state.release then current.pending + (state.pending - ${before})
      else state.pending + (current.pending - ${before}) end,
    -- JSON null arrives as SQL null from a record.
    coalesce(state.position, 'null'),
    state.release, millrace_state.instant(state."releasedAt"), state."inputReleases", state.rows,
    coalesce(state.judged, '{}')
  from ${from}
  left join millrace_state.asset_states current on current.scope = $1 and current.asset = state.asset
  order by state.asset
  on conflict (scope, asset) do update set pending = excluded.pending, ${NEWER_WINS}`

const NEWER_WINS = ['fingerprint', 'relation', 'columns', 'built', 'position', 'release', 'released_at']
  .concat('input_releases', 'rows', 'judged')
  .map(
    (name) =>
      `${name} = case when stored.release > excluded.release then stored.${name} else excluded.${name} end`,
  )
  .join(', ')

/** In the order of their names, so that two writers never wait for each other. */
export const lockStates = (scope: number, assets: readonly AssetName[]): Query => ({
  text: 'select from millrace_state.asset_states where scope = $1 and asset = any($2) order by asset for update',
  values: [scope, assets],
})

const STATE_COLUMNS = `asset, fingerprint, relation, columns, built::text as built, pending::text as pending, position,
  release, millrace_state.ms(released_at) as "releasedAt", input_releases as "inputReleases", rows::float8 as rows,
  judged`

export async function assetStates(
  run: Run,
  { scope }: Scope,
  assets?: readonly AssetName[],
): Promise<Map<AssetName, AssetState>> {
  const rows = await run({
    text: `select ${STATE_COLUMNS} from millrace_state.asset_states
           where scope = $1 and ($2::text[] is null or asset = any($2)) order by asset`,
    values: [scope, assets ?? null],
  })
  return new Map(parseRows(assetState, rows, 'asset_states').map((state) => [state.asset, state]))
}

/**
 * Keeps states outside a release. Without this owner's lock on the asset nothing is known of what was pending when
 * the state was computed, so what is pending now stays. A state of nothing forgets the asset.
 */
export async function saveAssetStates(
  database: Database,
  { scope }: Scope,
  states: readonly AssetState[],
  owner: number | null,
): Promise<void> {
  const gone = states.filter(isNothing).map(({ asset }) => asset)
  const kept = states.filter((state) => !isNothing(state))
  await database.transaction(async (run) => {
    await run(
      lockStates(
        scope,
        states.map(({ asset }) => asset),
      ),
    )
    if (gone.length > 0) await run(forgetStates(scope, gone))
    if (kept.length > 0) await run(keepStates(scope, kept, owner))
  })
}

const isNothing = (state: AssetState): boolean =>
  state.relation === null && state.release === 0 && state.pending.length === 0 && state.position === null

const forgetStates = (scope: number, assets: readonly AssetName[]): Query => ({
  text: 'delete from millrace_state.asset_states where scope = $1 and asset = any($2)',
  values: [scope, assets],
})

const keepStates = (scope: number, states: readonly AssetState[], owner: number | null): Query => ({
  text: mergeStates(
    `jsonb_to_recordset($2::jsonb) as state ${STATE_RECORD}
     left join millrace_state.locks lock on lock.scope = $1 and lock.asset = state.asset and lock.owner = $3`,
    `coalesce(lock.pending_before, '{}')`,
  ),
  values: [scope, jsonText(states.map(stateJson)), owner],
})
