import { appError } from './errors.js'

/** Most rows one query gives. */
export const MOST_QUERY_ROWS = 100_000

/** @throws QUERY_LIMIT_INVALID */
export function requireRowLimit(maxRows: number): void {
  if (Number.isInteger(maxRows) && maxRows >= 0 && maxRows <= MOST_QUERY_ROWS) return
  throw appError('QUERY_LIMIT_INVALID', { most: MOST_QUERY_ROWS })
}
