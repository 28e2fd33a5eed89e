import { z } from 'zod'
import type { Alert, Silence } from '../../../domain/alert.js'
import type { AlertChange, AlertStore, AlertView, KeptAlert, LookMark } from '../alert-store.js'
import { insertMessages } from './alert-messages.js'
import { ALERT_COLUMNS, alertRow, KEPT_COLUMNS, keptRow, SILENCE_COLUMNS, silenceRow } from './alert-rows.js'
import { type Database, only, parseRows, type Query, type Run } from './database.js'
import { jsonText } from './json-text.js'
import type { Scope } from './scope.js'

const OPEN = ['pending', 'firing', 'acknowledged'] as const

const lookMark = z.object({ looks: z.number(), run: z.number() })

export async function looked(database: Database, { scope }: Scope): Promise<LookMark> {
  const rows = await database.query({
    text: `select looks, looked_run as run from millrace_state.watches where scope = $1
           union all select 0, 0 order by looks desc limit 1`,
    values: [scope],
  })
  return only(lookMark, rows, 'watches')
}

/** See `AlertStore.change`. The scope's row in `watches` is locked until all is written. */
export async function changeAlerts<T extends AlertChange>(
  database: Database,
  { scope }: Scope,
  decide: (view: AlertView) => T,
  { resolvedSince }: { resolvedSince: number },
): Promise<T> {
  return database.transaction(async (query) => {
    const view = await readView(query, scope, resolvedSince)
    const change = decide(view)
    if (change.kept.length > 0) {
      await query(upsertAlerts(scope, change.kept))
      await query(insertEvents(scope, change.kept))
    }
    if (change.messages.length > 0) await query(insertMessages(scope, change.messages))
    const lastAlert = Math.max(view.nextId - 1, ...change.kept.map(({ alert }) => alert.id))
    if (change.look || change.kept.length > 0) await query(markWatch(scope, change.look, lastAlert))
    return change
  })
}

const watchRow = z.object({ looks: z.number(), nextId: z.number() })

async function readView(query: Run, scope: number, resolvedSince: number): Promise<AlertView> {
  const lock: Query = {
    text: `select looks, last_alert + 1 as "nextId" from millrace_state.watches where scope = $1 for update`,
    values: [scope],
  }
  let found = await query(lock)
  if (found.length === 0) {
    await query({
      text: 'insert into millrace_state.watches (scope) values ($1) on conflict do nothing',
      values: [scope],
    })
    found = await query(lock)
  }
  const kept = await query({
    text: `select ${KEPT_COLUMNS} from millrace_state.alerts alert
           where scope = $1 and (state <> 'resolved' or told in ('firing', 'acknowledged')
             or (state = 'resolved' and resolved_at >= millrace_state.instant($2)))
           order by id`,
    values: [scope, resolvedSince],
  })
  const silences = await query({
    text: `select ${SILENCE_COLUMNS} from millrace_state.silences
           where scope = $1 and until >= millrace_state.instant($2) order by id`,
    values: [scope, resolvedSince],
  })
  return {
    ...only(watchRow, found, 'watches'),
    kept: parseRows(keptRow, kept, 'alerts'),
    silences: parseRows(silenceRow, silences, 'silences'),
  }
}

const upsertAlerts = (scope: number, kept: readonly KeptAlert[]): Query => ({
  text: `insert into millrace_state.alerts (scope, id, key, kind, severity, state, asset, title, effect, next, run,
           observation, cause, since, fired_at, acknowledged_at, acknowledged_by, resolved_at, silenced_until,
           occurrences, told, seen_at, returns)
         select $1, id, key, kind, severity, state, asset, title, effect, next, run, observation, cause,
           millrace_state.instant(since), millrace_state.instant("firedAt"), millrace_state.instant("acknowledgedAt"),
           "acknowledgedBy", millrace_state.instant("resolvedAt"), millrace_state.instant("silencedUntil"),
           occurrences, told, millrace_state.instant("seenAt"), returns
         from jsonb_to_recordset($2::jsonb) as record (id int, key text, kind text, severity text, state text,
           asset text, title text, effect text, next text, run int, observation jsonb, cause int, since float8,
           "firedAt" float8, "acknowledgedAt" float8, "acknowledgedBy" text, "resolvedAt" float8,
           "silencedUntil" float8, occurrences int, told text, "seenAt" float8, returns int)
         order by state <> 'resolved', id
         on conflict (scope, id) do update set severity = excluded.severity, state = excluded.state,
           title = excluded.title, effect = excluded.effect, next = excluded.next, run = excluded.run,
           observation = excluded.observation, cause = excluded.cause, fired_at = excluded.fired_at,
           acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by,
           resolved_at = excluded.resolved_at, silenced_until = excluded.silenced_until,
           occurrences = excluded.occurrences, told = excluded.told, seen_at = excluded.seen_at`,
  values: [
    scope,
    jsonText(
      kept.map(({ alert: { events: _events, ...alert }, told, seenAt, returns }) => ({
        ...alert,
        // A null of JSON would be a value to the database.
        observation: alert.observation ?? undefined,
        told,
        seenAt,
        returns,
      })),
    ),
  ],
})

const insertEvents = (scope: number, kept: readonly KeptAlert[]): Query => ({
  text: `insert into millrace_state.alert_events (scope, alert, position, at, state, by, note)
         select $1, alert, position, millrace_state.instant(at), state, by, note
         from jsonb_to_recordset($2::jsonb) as record (alert int, position int, at float8, state text, by text,
           note text)
         on conflict (scope, alert, position) do update set at = excluded.at, state = excluded.state,
           by = excluded.by, note = excluded.note`,
  values: [
    scope,
    jsonText(
      kept.flatMap(({ alert }) =>
        alert.events.map((event, position) => ({ ...event, alert: alert.id, position })),
      ),
    ),
  ],
})

const markWatch = (scope: number, look: LookMark | null, lastAlert: number): Query => ({
  text: `update millrace_state.watches set looks = looks + 1, last_alert = greatest(last_alert, $2),
           looked_run = greatest(looked_run, $3) where scope = $1`,
  values: [scope, lastAlert, look?.run ?? 0],
})

export async function findAlerts(
  database: Database,
  { scope }: Scope,
  filter: Parameters<AlertStore['alerts']>[0],
): Promise<Alert[]> {
  const rows = await database.query({
    text: `select ${ALERT_COLUMNS} from millrace_state.alerts alert
           where scope = $1 and state = any($2) and ($3::text is null or asset = $3)
           order by cause is not null, since desc, id desc limit $4`,
    values: [scope, filter.states ?? OPEN, filter.asset, filter.limit],
  })
  return parseRows(alertRow, rows, 'alerts')
}

export async function findAlert(database: Database, { scope }: Scope, id: number): Promise<Alert | null> {
  // A number beyond the column's type is the number of no alert.
  if (!Number.isInteger(id) || Math.abs(id) > 2 ** 31 - 1) return null
  const rows = await database.query({
    text: `select ${ALERT_COLUMNS} from millrace_state.alerts alert where scope = $1 and id = $2`,
    values: [scope, id],
  })
  return parseRows(alertRow, rows, 'alerts')[0] ?? null
}

export async function causedAlerts(database: Database, { scope }: Scope, id: number): Promise<Alert[]> {
  const rows = await database.query({
    text: `select ${ALERT_COLUMNS} from millrace_state.alerts alert where scope = $1 and cause = $2::bigint
           order by state = 'resolved', id`,
    values: [scope, id],
  })
  return parseRows(alertRow, rows, 'alerts')
}

export async function silencesAt(database: Database, { scope }: Scope, at: number): Promise<Silence[]> {
  const rows = await database.query({
    text: `select ${SILENCE_COLUMNS} from millrace_state.silences s
           where scope = $1 and s.until > millrace_state.instant($2) order by s.until, id`,
    values: [scope, at],
  })
  return parseRows(silenceRow, rows, 'silences')
}

export async function addSilence(
  database: Database,
  { scope }: Scope,
  silence: Omit<Silence, 'id'>,
): Promise<Silence> {
  return database.transaction(async (query) => {
    await query({
      text: 'insert into millrace_state.watches (scope) values ($1) on conflict do nothing',
      values: [scope],
    })
    const rows = await query({
      text: `with number as (
               update millrace_state.watches set last_silence = last_silence + 1 where scope = $1
               returning last_silence as id)
             insert into millrace_state.silences (scope, id, assets, kind, until, by, reason, created_at)
             select $1, id, $2, $3, millrace_state.instant($4), $5, $6, millrace_state.instant($7) from number
             returning ${SILENCE_COLUMNS}`,
      values: [
        scope,
        silence.assets,
        silence.kind,
        silence.until,
        silence.by,
        silence.reason,
        silence.createdAt,
      ],
    })
    return only(silenceRow, rows, 'silences')
  })
}

/** It ends now: what it kept back is told at the next look. */
export async function endSilence(
  database: Database,
  { scope }: Scope,
  id: number,
  at: number,
): Promise<boolean> {
  if (!Number.isInteger(id) || Math.abs(id) > 2 ** 31 - 1) return false
  const rows = await database.query({
    text: `update millrace_state.silences set until = millrace_state.instant($3)
           where scope = $1 and id = $2 and until > millrace_state.instant($3) returning id`,
    values: [scope, id, at],
  })
  return rows.length > 0
}

/** Resolved alerts that nobody waits for any more, with their messages, and silences that are long over. */
export async function pruneAlerts(database: Database, { scope }: Scope, before: number): Promise<void> {
  await database.query({
    text: `with gone as (
             delete from millrace_state.alerts where scope = $1 and state = 'resolved'
               and resolved_at < millrace_state.instant($2) returning id),
           events as (
             delete from millrace_state.alert_events where scope = $1 and alert in (select id from gone)),
           messages as (
             delete from millrace_state.alert_messages where scope = $1 and alert in (select id from gone))
           delete from millrace_state.silences where scope = $1 and until < millrace_state.instant($2)`,
    values: [scope, before],
  })
}
