/** A state with a long past: runs a minute apart, each with a few steps, every night one with all assets. */
import type pg from 'pg'

/** Assets that every run touches; the others take turns. */
const HOT = 3
const TURNS = 3
const NIGHT = 1440

/** Fills an empty scope with `runs` runs that end a minute ago. Asset names in the order of their layers. */
export async function fillHistory(
  client: pg.Client,
  scope: number,
  assets: readonly string[],
  runs: number,
): Promise<void> {
  const run = (text: string, ...values: unknown[]) => client.query(text, values)
  await run(
    `create temporary table names as select name, at - 1 as at from unnest($1::text[]) with ordinality n(name, at)`,
    assets,
  )
  await run('create unique index on names (at)')
  await run(
    `insert into millrace_state.runs (scope, run, status, trigger, started_at, finished_at, release, owner, process)
     select $1, n, case when n % 50 = 0 then 'held' when n % 77 = 0 then 'failed' else 'done' end, 'schedule */1 * * * *',
       now() - ($2 - n + 1) * interval '1 minute', now() - ($2 - n + 1) * interval '1 minute' + interval '4 seconds',
       n, 1, 'millrace serve (pid 1 on bench)'
     from generate_series(1, $2::int) n`,
    scope,
    runs,
  )
  await run(
    `insert into millrace_state.steps (scope, asset, run, status, reason, started_at, duration_ms, rows, ranges, attempts)
     select $1, name, run, case when place > 0 then 'released' when r.status = 'held' then 'held'
         when r.status = 'failed' then 'failed' when run % 7 = 0 then 'unchanged' else 'released' end,
       'raw.readings has new rows', started_at + place * interval '200 ms', 150 + (run * 37 + place * 11) % 100, 1000 + run % 500,
       '[{"start": 1700000000000, "end": 1700003600000}]', 1
     from millrace_state.runs r
     cross join lateral (
       select at as place, name from names where at < ${HOT} or run % ${NIGHT} = 0
       union all
       select ${HOT} + i, name from generate_series(0, ${TURNS - 1}) i
       join names on at = ${HOT} + (run * ${TURNS} + i) % ($2 - ${HOT}) where run % ${NIGHT} <> 0) as touched
     where r.scope = $1`,
    scope,
    assets.length,
  )
  await run(
    `insert into millrace_state.metrics (scope, asset, run, position, name, value, at)
     select scope, asset, run, position - 1, metric, (run * 13 + position * 7) % 1000, started_at + interval '150 ms'
     from millrace_state.steps cross join unnest(array['build_ms', 'check_ms', 'rows_quarantined', 'rows_out',
       'bytes_out', 'peak_memory_bytes', 'check:not_null:n']) with ordinality as m (metric, position)
     where scope = $1 and status in ('released', 'held')`,
    scope,
  )
  await run(
    `insert into millrace_state.check_results (scope, asset, run, position, "check", kind, severity, on_fail, status, rows,
       failed_rows, fraction, message, samples, tenants, at)
     select scope, asset, run, 0, 'not_null:n', 'not_null', 'error', 'block',
       case status when 'held' then 'failed' else 'passed' end, rows, case status when 'held' then 31 else 0 end,
       case status when 'held' then 0.03 else 0 end, '31 of 4,812 rows have no n',
       case status when 'held' then '[{"id": 1, "n": null}, {"id": 2, "n": null}]'::jsonb else '[]' end, '[]', started_at
     from millrace_state.steps where scope = $1 and status in ('released', 'held')`,
    scope,
  )
  await run(
    `insert into millrace_state.releases (scope, release, run, status, at, assets, retire)
     select r.scope, r.run, r.run, 'committed', r.finished_at, array_agg(s.asset), '{}'
     from millrace_state.runs r join millrace_state.steps s on s.scope = r.scope and s.run = r.run
     where r.scope = $1 and s.status = 'released' group by r.scope, r.run, r.finished_at`,
    scope,
  )
  await run(
    `insert into millrace_state.step_slots (scope, asset, slot, status, run, steps)
     select scope, asset, date_bin('15 minutes', started_at, timestamptz 'epoch'), 'released', max(run), count(*)
     from millrace_state.steps where scope = $1 and started_at > now() - interval '2 days' group by 1, 2, 3`,
    scope,
  )
  await run('update millrace_state.scopes set last_run = $2, last_release = $2 where scope = $1', scope, runs)
  for (const table of ['runs', 'steps', 'metrics', 'check_results', 'releases', 'step_slots'])
    await run(`vacuum analyze millrace_state.${table}`)
}
