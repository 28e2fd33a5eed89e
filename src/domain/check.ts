import type { Json } from '../base/json.js'
import type { Interval } from './interval.js'

/** Who is told. It does not decide what happens to the rows; `OnFail` does. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/**
 * What happens to the rows when a check fails. `continue`: released all the same. `quarantine`: the failing
 * rows are set aside, the rest is released. `hold_delivery`: released in the warehouse, not delivered.
 * `block`: the candidate is held, readers keep the last good release.
 */
export const ON_FAIL = ['continue', 'quarantine', 'hold_delivery', 'block'] as const
export type OnFail = (typeof ON_FAIL)[number]

type Rule =
  | { kind: 'not_null'; column: string }
  | { kind: 'unique'; columns: readonly string[] }
  | { kind: 'accepted_values'; column: string; values: readonly (string | number | boolean)[] }
  | {
      kind: 'accepted_range'
      column: string
      min?: number | string
      max?: number | string
      /** Bounds belong to the range unless said otherwise. */
      exclusive?: boolean
    }
  | { kind: 'matches_regex'; column: string; pattern: string }
  | { kind: 'relationships'; column: string; to: string; field: string }
  | { kind: 'row_count'; min?: number; max?: number }
  | { kind: 'freshness'; column: string; maxAgeMs: number }
  | { kind: 'schema'; columns: readonly { name: string; type: string }[]; exact: boolean }
  | { kind: 'failed_rows'; sql: string }

export type CheckKind = Rule['kind']

/** A promise about rows, judged on the candidate. */
export type Check = Readonly<
  Rule & {
    /** Unique within the asset, stable across edits of others: `not_null:washroom_id`. */
    name: string
    severity: Severity
    onFail: OnFail
    /** SQL condition that picks the rows the check looks at. */
    where?: string
    /** Fraction of rows, 0 to 1, that may fail before the check does. */
    tolerance?: number
    /** Values of the vars that its SQL names. */
    vars?: Readonly<Record<string, Json>>
    /** Line of the header where the check stands. */
    line: number
  }
>

/** Kinds that point at single rows, and so can quarantine. */
export const ROW_CHECKS: ReadonlySet<CheckKind> = new Set([
  'not_null',
  'unique',
  'accepted_values',
  'accepted_range',
  'matches_regex',
  'relationships',
  'failed_rows',
])

export type CheckStatus = 'passed' | 'failed' | 'error'

/** One judged check. `fraction` is `failedRows / rows`, 0 when there are no rows. */
export type CheckResult = Readonly<{
  asset: string
  check: string
  kind: CheckKind
  severity: Severity
  onFail: OnFail
  status: CheckStatus
  rows: number
  failedRows: number
  fraction: number
  /** The measured number for checks that have one: a count of rows, an age in ms. */
  value: number | null
  message: string
  /** Up to a handful of failing rows, as JSON objects. */
  samples: readonly Readonly<Record<string, unknown>>[]
  /** Failing rows per tenant, where the asset has the tenant column; the worst 1,000 tenants. */
  tenants: readonly { tenant: string; rows: number; failedRows: number }[]
  ranges?: readonly Interval[]
}>

/** What all results of an asset together do to its rows. */
export type Verdict = 'pass' | 'hold_delivery' | 'block'
