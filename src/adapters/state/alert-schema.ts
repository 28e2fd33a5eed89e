import { z } from 'zod'
import { ALERT_KINDS, ALERT_STATES, type Alert } from '../../domain/alert.js'
import { SEVERITIES } from '../../domain/check.js'
import { double } from './double.js'

const state = z.enum(ALERT_STATES)

/** An alert as it was written: in its row, and in the messages about it. */
export const alertSchema = z.object({
  id: z.number(),
  key: z.string(),
  kind: z.enum(ALERT_KINDS),
  severity: z.enum(SEVERITIES),
  state,
  asset: z.string().nullable(),
  title: z.string(),
  effect: z.string(),
  next: z.string(),
  run: z.number().nullable(),
  observation: z
    .object({
      metric: z.string(),
      unit: z.enum(['ms', 'rows', 'fraction', 'number']),
      value: double,
      low: double.nullable(),
      high: double.nullable(),
    })
    .nullable(),
  cause: z.number().nullable(),
  since: z.number(),
  firedAt: z.number().nullable(),
  acknowledgedAt: z.number().nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: z.number().nullable(),
  silencedUntil: z.number().nullable(),
  occurrences: z.number(),
  events: z.array(z.object({ at: z.number(), state, by: z.string(), note: z.string() })),
}) satisfies z.ZodType<Alert>
