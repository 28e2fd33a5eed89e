import type { CheckResult } from '../../src/domain/check.js'

/** A check that failed and blocks; say what is different about yours. */
export const failedCheck = (own: Partial<CheckResult> = {}): CheckResult => ({
  asset: 'a.b',
  check: 'not_null:x',
  kind: 'not_null',
  severity: 'error',
  onFail: 'block',
  status: 'failed',
  rows: 4_812,
  failedRows: 31,
  fraction: 0.006,
  value: null,
  message: '31 of 4,812 rows have no x.',
  samples: [],
  tenants: [],
  ...own,
})
