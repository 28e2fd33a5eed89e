import { z } from 'zod'
import type { AssetName } from '../../../domain/asset.js'
import type { PreparedRelease, ReleaseSummary } from '../store.js'
import { assetState, lockStates, mergeStates, STATE_RECORD, stateJson } from './asset-states.js'
import { type Database, only, parseRows, type Query, type Run } from './database.js'
import { deliveryRecord, upsertDeliveries } from './deliveries.js'
import { jsonText } from './json-text.js'
import type { Scope } from './scope.js'
import { isAlive } from './session.js'

/**
 * States of a release: prepared → committed, or prepared → abandoned → committed.
 *
 * `kill -9` between any two calls:
 * - before `prepareRelease` commits: nothing is known; the candidates are leftovers.
 * - after it, before the engine's transaction: the release is prepared and not in the ledger; recovery abandons it.
 * - after the engine's transaction, before `commitRelease`: prepared and in the ledger; recovery commits it.
 * - during `commitRelease`: it is one transaction, so it is one of the neighbours above or below.
 * - after it: committed. Its deliveries are `waiting` in the same transaction, so the next run carries them.
 *
 * A commit may come late, when others have written since. It never takes an asset back behind a newer release, and
 * pending ranges that others added meanwhile stay pending: the prepared state replaces what was pending when its
 * run locked the asset, not what is pending now. An abandoned release that turns out to be visible can still be committed.
 */
export async function prepareRelease(
  database: Database,
  scope: Scope,
  floor: number,
  prepare: (release: number) => PreparedRelease,
  guard: (run: Run, prepared: PreparedRelease) => Promise<void>,
): Promise<number> {
  let release = 0
  await database.transaction(async (run) => {
    if (release > 0 && (await isKnown(run, scope, release))) return
    const counter = await run({
      text: `update millrace_state.scopes set last_release = greatest(last_release, $2) + 1 where scope = $1
             returning last_release as release`,
      values: [scope.scope, floor],
    })
    release = only(z.object({ release: z.number() }), counter, 'scopes').release
    const prepared = prepare(release)
    await guard(run, prepared)
    await run(insertRelease(scope.scope, release, prepared))
  })
  return release
}

/** The connection was lost, but not before this release was kept. */
async function isKnown(run: Run, { scope }: Scope, release: number): Promise<boolean> {
  const rows = await run({
    text: 'select from millrace_state.releases where scope = $1 and release = $2',
    values: [scope, release],
  })
  return rows.length > 0
}

/**
 * The pending ranges a state was computed from are those at the time its run locked the asset. Of an asset outside
 * the run, which only gets ranges added, none are known.
 */
const insertRelease = (scope: number, release: number, prepared: PreparedRelease): Query => ({
  text: `insert into millrace_state.releases
           (scope, release, run, status, at, assets, retire, states, deliveries, pending_before)
         select $1, $2, $3, 'prepared', millrace_state.instant($4), $5, $6, $7::jsonb, $8,
           (select coalesce(jsonb_object_agg(state.asset,
              coalesce(lock.pending_before, case when state.release = $2 then current.pending end, '{}')::text), '{}')
            from jsonb_to_recordset($7::jsonb) as state (asset text, release int)
            left join millrace_state.asset_states current on current.scope = $1 and current.asset = state.asset
            left join millrace_state.locks lock on lock.scope = $1 and lock.asset = state.asset and lock.run = $3)`,
  values: [
    scope,
    release,
    prepared.run,
    prepared.at,
    // States of assets that are only touched come along, but readers see no other rows of them.
    prepared.states.filter((state) => state.release === release).map(({ asset }) => asset),
    prepared.retire,
    jsonText(prepared.states.map(stateJson)),
    jsonText(prepared.deliveries),
  ],
})

const preparedRow: z.ZodType<PreparedRelease & { release: number }> = z.object({
  release: z.number(),
  run: z.number(),
  at: z.number(),
  retire: z.array(z.string()),
  states: z.array(assetState),
  deliveries: z.array(deliveryRecord),
})

/** Oldest first, without those of another process that lives: it is between two of its own steps. */
export async function preparedReleases(
  database: Database,
  { scope }: Scope,
  owner: number | null,
): Promise<(PreparedRelease & { release: number })[]> {
  const rows = await database.query({
    text: `select release, run, millrace_state.ms(at) as at, retire, states, deliveries from millrace_state.releases r
           where scope = $1 and status = 'prepared' and not exists (
             select from millrace_state.runs where runs.scope = r.scope and runs.run = r.run
               and owner is distinct from $2 and runs.status = 'running' and ${isAlive('owner')})
           order by release`,
    values: [scope, owner],
  })
  return parseRows(preparedRow, rows, 'releases')
}

const commitRow = z.object({
  touched: z.array(z.string()),
  retire: z.array(z.string()),
  deliveries: z.array(deliveryRecord).nullable(),
})

export async function commitRelease(database: Database, { scope }: Scope, release: number): Promise<void> {
  await database.transaction(async (run) => {
    const rows = await run({
      text: `select array(select value ->> 'asset' from jsonb_array_elements(states)) as touched, retire, deliveries
             from millrace_state.releases
             where scope = $1 and release = $2 and status <> 'committed' for update`,
      values: [scope, release],
    })
    const [found] = parseRows(commitRow, rows, 'releases')
    if (!found) return
    await run(lockStates(scope, [...found.touched, ...found.retire]))
    await run(applyStates(scope, release))
    if (found.retire.length > 0) await run(retire(scope, release, found.retire))
    if (found.deliveries?.length) await run(upsertDeliveries(scope, found.deliveries, 'due'))
    await run({
      text: `update millrace_state.releases set status = 'committed', states = null, deliveries = null,
               pending_before = null where scope = $1 and release = $2`,
      values: [scope, release],
    })
  })
}

const applyStates = (scope: number, release: number): Query => ({
  text: `with release as materialized (
           select states, pending_before from millrace_state.releases where scope = $1 and release = $2),
         before as materialized (
           select key as asset, value::int8multirange as pending
           from release, jsonb_each_text(release.pending_before))
         ${mergeStates(
           `release cross join jsonb_to_recordset(release.states) as state ${STATE_RECORD}
            left join before on before.asset = state.asset`,
           `coalesce(before.pending, '{}')`,
         )}`,
  values: [scope, release],
})

/** Assets that came back in a later release stay. */
const retire = (scope: number, release: number, assets: readonly AssetName[]): Query => ({
  text: `with retired as (
           delete from millrace_state.asset_states where scope = $1 and asset = any($3) and release < $2 returning asset)
         delete from millrace_state.deliveries where scope = $1 and asset in (select asset from retired)`,
  values: [scope, release, assets],
})

/** Keeps what it would have brought: should the rows be visible after all, a commit is still possible. */
export async function abandonRelease(database: Database, { scope }: Scope, release: number): Promise<void> {
  await database.query({
    text: `update millrace_state.releases set status = 'abandoned'
           where scope = $1 and release = $2 and status = 'prepared'`,
    values: [scope, release],
  })
}

const summaryRow: z.ZodType<ReleaseSummary> = z.object({
  release: z.number(),
  run: z.number(),
  at: z.number(),
  assets: z.array(z.string()),
})

/** Committed ones, newest first. */
export async function releases(
  database: Database,
  { scope }: Scope,
  limit: number,
): Promise<ReleaseSummary[]> {
  const rows = await database.query({
    text: `select release, run, millrace_state.ms(at) as at, assets from millrace_state.releases
           where scope = $1 and status = 'committed' order by release desc limit $2`,
    values: [scope, limit],
  })
  return parseRows(summaryRow, rows, 'releases')
}
