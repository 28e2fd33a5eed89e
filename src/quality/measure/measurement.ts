import type { Check } from '../../domain/check.js'
import type { CompiledCheck } from '../compile/compiled-check.js'
import type { TenantCount } from './row-pass.js'

/** A check's numbers before anybody judges them. `problem`: there are none, and why. */
export type Measurement = Readonly<{
  rows: number
  failedRows: number
  /** A count of rows, or an age in ms; null for checks without a number, and where nothing has an age. */
  value: number | null
  /** Rows dated in the future, for freshness. */
  ahead: number
  tenants: readonly TenantCount[]
  tenantCount: number
  problem: string | null
}>

export type MeasuredCheck = Readonly<{ check: Check; compiled: CompiledCheck; measured: Measurement }>

const NOTHING: Measurement = {
  rows: 0,
  failedRows: 0,
  value: null,
  ahead: 0,
  tenants: [],
  tenantCount: 0,
  problem: null,
}

export const measurement = (found: Partial<Measurement>): Measurement => ({ ...NOTHING, ...found })

/** True where the numbers break the promise. A check that could not be measured is no pass, but no failure either. */
export function breaksPromise({ check, compiled, measured }: MeasuredCheck): boolean {
  if (measured.problem !== null) return false
  switch (check.kind) {
    case 'row_count': {
      const count = measured.value ?? 0
      return count < (check.min ?? 0) || count > (check.max ?? Number.POSITIVE_INFINITY)
    }
    case 'freshness':
      return measured.value === null || measured.value > check.maxAgeMs
    case 'schema':
      return compiled.form === 'columns' && compiled.problems.length > 0
    default:
      return measured.failedRows > allowedRows(check, measured.rows)
  }
}

/** Failing rows that the tolerance lets through. A hair is added: 0.07 × 100 is 7.000000000000001, 0.29 × 100 is 28.999… */
export const allowedRows = (check: Check, rows: number): number =>
  Math.floor((check.tolerance ?? 0) * rows + 1e-9)
