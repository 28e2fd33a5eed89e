import { z } from 'zod'
import type { Tick, TickRecord } from '../../../domain/schedule.js'
import { type Followed, MOST_TAKES, type TickClaim, type TickEnd, type TickStore } from '../tick-store.js'
import { type Database, parseRows } from './database.js'
import { jsonText } from './json-text.js'
import type { Scope } from './scope.js'
import { isAlive, type Session } from './session.js'

const tickRow: z.ZodType<Tick> = z.object({ subject: z.string(), at: z.number() })
const tickRecord: z.ZodType<TickRecord> = z.object({
  subject: z.string(),
  at: z.number(),
  status: z.enum(['due', 'running', 'done', 'left_out']),
  run: z.number().nullable(),
  note: z.string(),
})
const RECORD_COLUMNS = 'subject, millrace_state.ms(at) as at, status, run, note'

export function ticksOf(database: Database, scope: Scope, session: Session): TickStore {
  /** Counts the calls that take ticks: a call that is begun again after a lost answer finds what it took. */
  let calls = 0
  return {
    follow: (subjects, at) => follow(database, scope, subjects, at),
    claim: async (claims) =>
      claims.length === 0
        ? []
        : claim(database, scope, claims, { owner: await session.owner(), call: ++calls }),
    takeUp: async () => takeUp(database, scope, { owner: await session.owner(), call: ++calls }),
    began: async (ticks, run) => began(database, scope, ticks, { run, owner: await session.owner() }),
    settle: async (ticks, end) => settle(database, scope, ticks, { ...end, owner: await session.owner() }),
    latest: (subject, limit) => latest(database, scope, subject, limit),
    latestOfAll: () => latestOfAll(database, scope),
    prune: (before, keep) => prune(database, scope, before, keep),
  }
}

async function follow(
  database: Database,
  { scope }: Scope,
  subjects: readonly Followed[],
  at: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.transaction(async (query) => {
    await query({
      text: 'delete from millrace_state.tick_subjects where scope = $1 and subject <> all($2)',
      values: [scope, subjects.map(({ subject }) => subject)],
    })
    // A clock that was ahead and was put right again must not silence a subject until that time.
    await query({
      text: `insert into millrace_state.tick_subjects as known (scope, subject, timetable, settled)
             select $1, subject, timetable, millrace_state.instant($3)
             from jsonb_to_recordset($2::jsonb) as wanted (subject text, timetable text) order by subject
             on conflict (scope, subject) do update set timetable = excluded.timetable, settled = excluded.settled
             where known.timetable <> excluded.timetable or known.settled > excluded.settled`,
      values: [scope, jsonText(subjects), at],
    })
    return query({
      text: `select subject, millrace_state.ms(settled) as at from millrace_state.tick_subjects where scope = $1`,
      values: [scope],
    })
  })
  return new Map(parseRows(tickRow, rows, 'tick_subjects').map(({ subject, at }) => [subject, at]))
}

type Taker = Readonly<{ owner: number; call: number }>

/** Counting as dealt with and taking are one statement: of two processes, the second finds that it comes too late. */
async function claim(
  database: Database,
  { scope }: Scope,
  claims: readonly TickClaim[],
  { owner, call }: Taker,
): Promise<readonly Tick[]> {
  const rows = await database.transaction(async (query) => {
    await query({
      text: `with asked as (
               select subject, millrace_state.instant(at) as at, status, note
               from jsonb_to_recordset($2::jsonb) as asked (subject text, at float8, status text, note text)),
             reach as (select subject, min(at) as first, max(at) as last from asked group by subject),
             locked as (
               select s.subject from millrace_state.tick_subjects s join reach using (subject)
               where s.scope = $1 order by s.subject for update of s),
             moved as (
               update millrace_state.tick_subjects s set settled = reach.last from reach, locked
               where s.scope = $1 and s.subject = reach.subject and locked.subject = s.subject
                 and s.settled < reach.first returning s.subject)
             insert into millrace_state.ticks (scope, subject, at, status, note, owner, claim, takes)
             select $1, subject, at, status, note, $3, $4, 1 from asked join moved using (subject)
             on conflict do nothing`,
      values: [scope, jsonText(claims), owner, call],
    })
    return query({
      text: `select subject, millrace_state.ms(at) as at from millrace_state.ticks
             where scope = $1 and owner = $2 and claim = $3 and subject = any($4) order by at, subject`,
      values: [scope, owner, call, claims.map(({ subject }) => subject)],
    })
  })
  return parseRows(tickRow, rows, 'ticks')
}

async function takeUp(
  database: Database,
  { scope }: Scope,
  { owner, call }: Taker,
): Promise<readonly TickRecord[]> {
  const isDead = `t.status = 'running' and t.owner <> $2 and not ${isAlive('t.owner')}`
  const rows = await database.transaction(async (query) => {
    await query({
      text: `update millrace_state.ticks t set status = 'done' from millrace_state.runs r
             where t.scope = $1 and ${isDead} and r.scope = t.scope and r.run = t.run
               and r.status not in ('running', 'abandoned')`,
      values: [scope, owner],
    })
    await query({
      text: `update millrace_state.ticks t set status = 'left_out', note = $3
             where t.scope = $1 and ${isDead} and t.takes >= $4`,
      values: [
        scope,
        owner,
        `given up: the process ended each of the ${MOST_TAKES} times it ran`,
        MOST_TAKES,
      ],
    })
    await query({
      text: `update millrace_state.ticks t set status = 'running', run = null, owner = $2, claim = $3,
               takes = takes + case when status = 'running' then 1 else 0 end
             where t.scope = $1 and (t.status = 'due' or (${isDead}))`,
      values: [scope, owner, call],
    })
    return query({
      text: `select ${RECORD_COLUMNS} from millrace_state.ticks
             where scope = $1 and owner = $2 and claim = $3 and status = 'running' order by at, subject`,
      values: [scope, owner, call],
    })
  })
  return parseRows(tickRecord, rows, 'ticks')
}

/** Rows of `ticks` among `$2`, a JSON list, that this process, `$3`, runs. */
const RUNNING = `scope = $1 and owner = $3 and status = 'running' and (subject, at) in (
  select subject, millrace_state.instant(at) from jsonb_to_recordset($2::jsonb) as told (subject text, at float8))`

async function began(
  database: Database,
  { scope }: Scope,
  ticks: readonly Tick[],
  { run, owner }: { run: number; owner: number },
): Promise<void> {
  await database.query({
    text: `update millrace_state.ticks set run = $4 where ${RUNNING}`,
    values: [scope, jsonText(ticks), owner, run],
  })
}

async function settle(
  database: Database,
  { scope }: Scope,
  ticks: readonly Tick[],
  { status, run, note, owner }: TickEnd & { owner: number },
): Promise<void> {
  await database.query({
    text: `update millrace_state.ticks set status = $4, run = coalesce($5::int, run),
             note = concat_ws('; ', nullif(note, ''), nullif($6, '')) where ${RUNNING}`,
    values: [scope, jsonText(ticks), owner, status, run, note],
  })
}

async function latest(
  database: Database,
  { scope }: Scope,
  subject: string,
  limit: number,
): Promise<readonly TickRecord[]> {
  const rows = await database.query({
    text: `select ${RECORD_COLUMNS} from millrace_state.ticks t where scope = $1 and subject = $2
           order by t.at desc limit $3`,
    values: [scope, subject, limit],
  })
  return parseRows(tickRecord, rows, 'ticks')
}

async function latestOfAll(database: Database, { scope }: Scope): Promise<readonly TickRecord[]> {
  const rows = await database.query({
    text: `select subject, millrace_state.ms(t.at) as at, status, run, note
           from (select distinct subject from millrace_state.tick_subjects where scope = $1) s
           cross join lateral (
             select at, status, run, note from millrace_state.ticks
             where scope = $1 and subject = s.subject order by at desc limit 1) t
           order by subject`,
    values: [scope],
  })
  return parseRows(tickRecord, rows, 'ticks')
}

async function prune(database: Database, { scope }: Scope, before: number, keep: number): Promise<number> {
  const rows = await database.query({
    text: `with ranked as (
             select subject, at, row_number() over (partition by subject order by at desc) as place
             from millrace_state.ticks where scope = $1 and status in ('done', 'left_out')),
           gone as (
             delete from millrace_state.ticks t using ranked r
             where t.scope = $1 and t.subject = r.subject and t.at = r.at and r.place > 1
               and (r.place > $3 or r.at < millrace_state.instant($2)) returning 1)
           select count(*)::int as count from gone`,
    values: [scope, before, keep],
  })
  const [{ count } = { count: 0 }] = parseRows(z.object({ count: z.number() }), rows, 'ticks')
  return count
}
