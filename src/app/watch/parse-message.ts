import { z } from 'zod'
import type { AlertMessage } from '../../adapters/notifiers/notifier.js'
import { ALERT_KINDS, ALERT_STATES } from '../../domain/alert.js'
import { SEVERITIES } from '../../domain/check.js'

const state = z.enum(ALERT_STATES)
const alert = z.object({
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
      value: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
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
})

const message: z.ZodType<AlertMessage> = z.object({
  id: z.string(),
  project: z.string(),
  environment: z.string(),
  state,
  at: z.number(),
  alert,
  caused: z.array(alert),
  link: z.string().nullable(),
})

/** A message as it was kept. One that cannot be understood is a fault, not something to try again. */
export const parseMessage = (body: unknown): AlertMessage => message.parse(body)
