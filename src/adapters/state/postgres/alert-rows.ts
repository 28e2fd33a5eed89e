import { z } from 'zod'
import { ALERT_KINDS, type Alert, type Silence } from '../../../domain/alert.js'
import { alertSchema } from '../alert-schema.js'
import type { KeptAlert } from '../alert-store.js'

export const alertRow: z.ZodType<Alert> = alertSchema

export const keptRow = alertSchema
  .extend({
    told: z.enum(['firing', 'acknowledged', 'resolved']).nullable(),
    seenAt: z.number(),
    returns: z.number(),
  })
  .transform(({ told, seenAt, returns, ...rest }): KeptAlert => ({ alert: rest, told, seenAt, returns }))

export const silenceRow: z.ZodType<Silence> = z.object({
  id: z.number(),
  assets: z.string(),
  kind: z.enum(ALERT_KINDS).nullable(),
  until: z.number(),
  by: z.string(),
  reason: z.string(),
  createdAt: z.number(),
})

const instant = (column: string, name: string): string => `millrace_state.ms(${column}) as "${name}"`

/** Of `alert`, with its events. */
export const ALERT_COLUMNS = `id, key, kind, severity, state, asset, title, effect, next, run, observation, cause,
  ${instant('since', 'since')}, ${instant('fired_at', 'firedAt')}, ${instant('acknowledged_at', 'acknowledgedAt')},
  acknowledged_by as "acknowledgedBy", ${instant('resolved_at', 'resolvedAt')},
  ${instant('silenced_until', 'silencedUntil')}, occurrences,
  (select coalesce(json_agg(json_build_object('at', millrace_state.ms(e.at), 'state', e.state, 'by', e.by,
     'note', e.note) order by e.position), '[]')
   from millrace_state.alert_events e where e.scope = alert.scope and e.alert = alert.id) as events`

export const KEPT_COLUMNS = `${ALERT_COLUMNS}, told, ${instant('seen_at', 'seenAt')}, returns`

export const SILENCE_COLUMNS = `id, assets, kind, ${instant('until', 'until')}, by, reason,
  ${instant('created_at', 'createdAt')}`
