import { z } from 'zod'
import { ALERT_STATES } from '../../../domain/alert.js'
import type { MessageOutcome, NewMessage, Outgoing, SentMessage } from '../alert-store.js'
import { type Database, parseRows, type Query } from './database.js'
import { jsonText } from './json-text.js'
import type { Scope } from './scope.js'

const state = z.enum(ALERT_STATES)

export const insertMessages = (scope: number, messages: readonly NewMessage[]): Query => ({
  text: `insert into millrace_state.alert_messages (scope, alert, state, channel, id, at, body, status, next_at)
         select $1, alert, state, channel, id, millrace_state.instant(at), body, 'waiting', millrace_state.instant(at)
         from jsonb_to_recordset($2::jsonb) as record (alert int, state text, channel text, id text, at float8,
           body jsonb)
         on conflict (scope, alert, state, channel) do nothing`,
  values: [scope, jsonText(messages)],
})

const outgoingRow: z.ZodType<Outgoing> = z.object({
  id: z.string(),
  alert: z.number(),
  state,
  channel: z.string(),
  at: z.number(),
  body: z.unknown(),
  attempts: z.number(),
})

/** Messages of one alert reach a channel in order: a later one waits until the one before is sent or given up. */
export async function claimMessages(
  database: Database,
  { scope }: Scope,
  { now, limit, leaseMs }: { now: number; limit: number; leaseMs: number },
): Promise<Outgoing[]> {
  const rows = await database.query({
    text: `update millrace_state.alert_messages m
           set attempts = attempts + 1, claimed_until = millrace_state.instant($2 + $4)
           from (select alert, state, channel from millrace_state.alert_messages d
                 where scope = $1 and status = 'waiting' and next_at <= millrace_state.instant($2)
                   and (claimed_until is null or claimed_until <= millrace_state.instant($2))
                   and not exists (select from millrace_state.alert_messages earlier
                     where earlier.scope = $1 and earlier.alert = d.alert and earlier.channel = d.channel
                       and earlier.status = 'waiting' and earlier.at < d.at)
                 order by next_at, alert limit $3 for update skip locked) due
           where m.scope = $1 and m.alert = due.alert and m.state = due.state and m.channel = due.channel
           returning m.id, m.alert, m.state, m.channel, millrace_state.ms(m.at) as at, m.body, m.attempts`,
    values: [scope, now, limit, leaseMs],
  })
  return parseRows(outgoingRow, rows, 'alert_messages').sort((a, b) => a.at - b.at || a.alert - b.alert)
}

/** A message that was settled stays so: a process that comes late with its word changes nothing. */
export async function settleMessages(
  database: Database,
  { scope }: Scope,
  outcomes: readonly MessageOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return
  await database.query({
    text: `update millrace_state.alert_messages m
           set status = case o.kind when 'again' then 'waiting' else o.kind end,
             sent_at = case o.kind when 'sent' then millrace_state.instant(o.at) end,
             error = o.error, claimed_until = null,
             next_at = coalesce(millrace_state.instant(o."nextAt"), m.next_at)
           from jsonb_to_recordset($2::jsonb) as o (id text, channel text, at float8, kind text, error text,
             "nextAt" float8)
           where m.scope = $1 and m.id = o.id and m.channel = o.channel and m.status = 'waiting'`,
    values: [scope, jsonText(outcomes)],
  })
}

const sentRow: z.ZodType<SentMessage> = z.object({
  id: z.string(),
  alert: z.number(),
  state,
  channel: z.string(),
  at: z.number(),
  status: z.enum(['waiting', 'sent', 'given_up']),
  attempts: z.number(),
  sentAt: z.number().nullable(),
  error: z.string().nullable(),
})

export async function messages(
  database: Database,
  { scope }: Scope,
  { alert, limit }: { alert: number | null; limit: number },
): Promise<SentMessage[]> {
  const rows = await database.query({
    text: `select id, alert, state, channel, millrace_state.ms(at) as at, status, attempts,
             millrace_state.ms(sent_at) as "sentAt", error
           from millrace_state.alert_messages m where scope = $1 and ($2::int is null or alert = $2)
           order by m.at desc, alert desc, channel limit $3`,
    values: [scope, alert, limit],
  })
  return parseRows(sentRow, rows, 'alert_messages')
}
