import {
  ALERT_KINDS,
  ALERT_STATES,
  type Alert,
  type AlertEvent,
  type Observation,
  type Silence,
} from '../../domain/alert.js'
import { severity } from './check.js'
import { exactly, z } from './exactly.js'
import { assetName, instant, orNull } from './values.js'

export const alertState = z.enum(ALERT_STATES)
export const alertKind = z.enum(ALERT_KINDS)

const observation = exactly<Observation>()(
  z
    .object({
      metric: z.string(),
      unit: z.enum(['ms', 'rows', 'fraction', 'number']),
      value: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    })
    .openapi('Observation'),
)

const alertEvent = exactly<AlertEvent>()(
  z.object({ at: instant, state: alertState, by: z.string(), note: z.string() }).openapi('AlertEvent'),
)

export const alert = exactly<Alert>()(
  z
    .object({
      id: z.number(),
      key: z.string(),
      kind: alertKind,
      severity,
      state: alertState,
      asset: assetName.nullable(),
      title: z.string(),
      effect: z.string(),
      next: z.string(),
      run: z.number().nullable(),
      observation: orNull(observation),
      cause: z.number().nullable(),
      since: instant,
      firedAt: instant.nullable(),
      acknowledgedAt: instant.nullable(),
      acknowledgedBy: z.string().nullable(),
      resolvedAt: instant.nullable(),
      silencedUntil: instant.nullable(),
      occurrences: z.number(),
      events: z.array(alertEvent),
    })
    .openapi('Alert'),
)

export const silence = exactly<Silence>()(
  z
    .object({
      id: z.number(),
      assets: z.string(),
      kind: alertKind.nullable(),
      until: instant,
      by: z.string(),
      reason: z.string(),
      createdAt: instant,
    })
    .openapi('Silence'),
)
