import { z } from 'zod'
import type { StateStatistics } from '../store.js'
import { type Database, only } from './database.js'
import { appliedMigrations } from './migrate.js'
import type { Scope } from './scope.js'

const count = z.object({ count: z.number() })

/**
 * Deletes runs that began before `before` with all they left, and settled releases of theirs. Kept: running ones,
 * those whose release is the newest of an asset that is still there, and those whose release is not settled.
 * Returns the number of runs deleted.
 */
export async function prune(database: Database, { scope }: Scope, before: number): Promise<number> {
  const rows = await database.query({
    text: `with kept as (
             select run from millrace_state.releases r
             where scope = $1 and (status = 'prepared' or release in (
               select release from millrace_state.asset_states where scope = $1
               union select max(release) from millrace_state.releases where scope = $1 and status = 'committed'))),
           pruned as (
             delete from millrace_state.runs where scope = $1 and started_at < millrace_state.instant($2)
               and status <> 'running' and run not in (select run from kept) returning run),
           forgotten as (
             delete from millrace_state.releases where scope = $1 and run in (select run from pruned)),
           steps as (
             delete from millrace_state.steps where scope = $1 and run in (select run from pruned) returning asset, run),
           checks as (
             delete from millrace_state.check_results where scope = $1 and (asset, run) in (select asset, run from steps)),
           slots as (
             delete from millrace_state.step_slots where scope = $1 and slot < millrace_state.instant($2)),
           metrics as (
             delete from millrace_state.metrics where scope = $1 and (asset, run) in (select asset, run from steps))
           select count(*)::int as count from pruned`,
    values: [scope, before],
  })
  return only(count, rows, 'runs').count
}

const THINNED_AT_ONCE = 5_000

export async function thin(database: Database, { scope }: Scope, before: number): Promise<number> {
  const rows = await database.query({
    text: `with quiet as (
             select run from millrace_state.runs r
             where scope = $1 and status = 'done' and release is null and started_at < millrace_state.instant($2)
               and not exists (
                 select from millrace_state.steps step
                 where step.scope = $1 and step.run = r.run and (step.status <> 'unchanged' or not exists (
                   select from millrace_state.steps later
                   where later.scope = $1 and later.asset = step.asset and later.run > r.run)))
             order by run limit ${THINNED_AT_ONCE}),
           thinned as (
             delete from millrace_state.runs where scope = $1 and run in (select run from quiet) returning run),
           steps as (
             delete from millrace_state.steps where scope = $1 and run in (select run from thinned)
             returning asset, run),
           checks as (
             delete from millrace_state.check_results where scope = $1 and (asset, run) in (select asset, run from steps)),
           metrics as (
             delete from millrace_state.metrics where scope = $1 and (asset, run) in (select asset, run from steps))
           select count(*)::int as count from thinned`,
    values: [scope, before],
  })
  return only(count, rows, 'runs').count
}

const statisticsRow = z.object({ version: z.string(), bytes: z.number(), runs: z.number() })

export async function statistics(database: Database, { scope }: Scope): Promise<StateStatistics> {
  const rows = await database.query({
    text: `select current_setting('server_version') as version,
             (select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 from pg_class c
              where c.relnamespace = 'millrace_state'::regnamespace and c.relkind = 'r') as bytes,
             (select count(*)::int from millrace_state.runs where scope = $1) as runs`,
    values: [scope],
  })
  const migrations = await appliedMigrations(database)
  return { ...only(statisticsRow, rows, 'runs'), migrations }
}
