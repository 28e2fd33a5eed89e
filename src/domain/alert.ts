import type { AssetName } from './asset.js'
import type { Severity } from './check.js'

export const ALERT_STATES = ['pending', 'firing', 'acknowledged', 'resolved'] as const
/**
 * `pending`: seen, not yet for long or often enough to tell anybody. `firing`: told. `acknowledged`: somebody said
 * they look after it. `resolved`: over; the same trouble later is a new alert.
 */
export type AlertState = (typeof ALERT_STATES)[number]

export const ALERT_KINDS = [
  'failed',
  'held',
  'late',
  'never_started',
  'slow',
  'rows',
  'freshness',
  'check_value',
  'budget',
  'delivery',
  'report',
  'project',
] as const
/** What is wrong. `slow rows freshness check_value` come from the usual band, `budget` from the author's own limit. */
export type AlertKind = (typeof ALERT_KINDS)[number]

/** A number outside its usual band, with the unit it is told in. */
export type Observation = Readonly<{
  metric: string
  unit: 'ms' | 'rows' | 'fraction' | 'number'
  value: number
  /** Null where there is no band: a budget has only `high`. */
  low: number | null
  high: number | null
}>

export type AlertEvent = Readonly<{ at: number; state: AlertState; by: string; note: string }>

/** A message with a life. At most one open alert has a `key`; what one upstream cause broke hangs below its alert. */
export type Alert = Readonly<{
  id: number
  /** `held:marts.status`, `slow:marts.traffic_hourly`. */
  key: string
  kind: AlertKind
  severity: Severity
  state: AlertState
  /** Null for what is about no single asset: a project that does not load, a report. */
  asset: AssetName | null
  /** One sentence: what happened. */
  title: string
  /** One sentence: what it means for those who read the data. */
  effect: string
  /** The command that helps, or the next thing to look at. */
  next: string
  run: number | null
  observation: Observation | null
  /** The alert that is its root cause; null for a root. Only roots are sent. */
  cause: number | null
  /** When the trouble was first seen; the others null until they happen. Epoch ms. */
  since: number
  firedAt: number | null
  acknowledgedAt: number | null
  acknowledgedBy: string | null
  resolvedAt: number | null
  /** Nothing is sent before this moment. */
  silencedUntil: number | null
  /** How often it was seen again while open. */
  occurrences: number
  events: readonly AlertEvent[]
}>

/** No message for alerts that match, until `until`. */
export type Silence = Readonly<{
  id: number
  /** Glob over asset names; `*` is everything. */
  assets: string
  /** Null: every kind. */
  kind: AlertKind | null
  until: number
  by: string
  reason: string
  createdAt: number
}>
