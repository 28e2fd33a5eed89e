import { z } from 'zod'
import type { AssetName } from '../../../domain/asset.js'
import { stateError } from '../errors.js'
import type { LockHolder } from '../store.js'
import { type Database, parseRows, type Run } from './database.js'
import { plainText } from './json-text.js'
import type { Scope } from './scope.js'
import { isAlive } from './session.js'

const holderRow: z.ZodType<LockHolder> = z.object({
  asset: z.string(),
  run: z.number(),
  process: z.string(),
  since: z.number(),
})

const HOLDER_COLUMNS = 'asset, run, process, millrace_state.ms(since) as since'
/** First key of the advisory lock under which a scope's locks change; the second is the scope. */
const LOCKS_LOCK = 7_234_004

export type LockRequest = Readonly<{
  run: number
  assets: readonly AssetName[]
  owner: number
  process: string
  since: number
}>

/**
 * Looking and taking happen under one advisory lock per scope: of two processes that race, the second sees what
 * the first took. Rows of owners that died are overwritten.
 */
export function acquireLocks(
  database: Database,
  { scope }: Scope,
  { run, assets, owner, process, since }: LockRequest,
): Promise<{ ok: true } | { ok: false; holders: readonly LockHolder[] }> {
  return database.transaction(async (query) => {
    await query({ text: 'select pg_advisory_xact_lock($1, $2)', values: [LOCKS_LOCK, scope] })
    const rows = await query({
      text: `select ${HOLDER_COLUMNS} from millrace_state.locks
             where scope = $1 and asset = any($2) and (owner, run) <> ($3, $4) and (owner = $3 or ${isAlive('owner')})
             order by asset`,
      values: [scope, assets, owner, run],
    })
    const holders = parseRows(holderRow, rows, 'locks')
    if (holders.length > 0) return { ok: false, holders }
    await query({
      text: `insert into millrace_state.locks as lock (scope, asset, run, owner, process, since, pending_before)
             select distinct $1::int, wanted.asset, $3::int, $4::int, $5::text, millrace_state.instant($6),
               coalesce(state.pending, '{}')
             from unnest($2::text[]) as wanted (asset)
             left join millrace_state.asset_states state on state.scope = $1 and state.asset = wanted.asset
             on conflict (scope, asset) do update set run = excluded.run, owner = excluded.owner,
               process = excluded.process, since = excluded.since, pending_before = excluded.pending_before
             where (lock.run, lock.owner) <> (excluded.run, excluded.owner)`,
      values: [scope, assets, run, owner, plainText(process), since],
    })
    return { ok: true }
  })
}

/** Locks of owners that live. */
export async function locks(database: Database, { scope }: Scope): Promise<LockHolder[]> {
  const rows = await database.query({
    text: `select ${HOLDER_COLUMNS} from millrace_state.locks where scope = $1 and ${isAlive('owner')} order by asset`,
    values: [scope],
  })
  return parseRows(holderRow, rows, 'locks')
}

/**
 * Makes sure, inside the transaction of what they protect, that a run's locks are still its own: while its session
 * was broken they were anybody's.
 * @throws STATE_LOCKS_LOST
 */
export async function requireLocks(
  query: Run,
  { scope }: Scope,
  { run, owner, assets }: { run: number; owner: number; assets: readonly AssetName[] },
): Promise<void> {
  const rows = await query({
    text: `select asset from millrace_state.locks where scope = $1 and run = $2 and owner = $3 and asset = any($4)
           for share`,
    values: [scope, run, owner, assets],
  })
  const held = new Set(parseRows(z.object({ asset: z.string() }), rows, 'locks').map(({ asset }) => asset))
  const lost = assets.filter((asset) => !held.has(asset))
  if (lost.length > 0) throw stateError('STATE_LOCKS_LOST', { run, assets: lost.join(', ') })
}
