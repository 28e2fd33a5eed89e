import type { Column } from '../../domain/column.js'
import { quoteName } from '../../sql/quote.js'
import { columnFamily } from './column-family.js'
import { both, type CompiledCheck } from './compiled-check.js'

/** Clocks of devices and servers differ a little; rows further ahead than this prove no freshness. */
export const CLOCK_SKEW_MS = 5 * 60_000

/**
 * The newest time up to now, and how many rows are dated later. A single device whose clock runs a year ahead
 * would otherwise keep a dead table fresh for a year.
 */
export function newestTime(column: Column, where: string | null, now: number): CompiledCheck {
  const family = columnFamily(column.type)
  if (family !== 'date' && family !== 'timestamp')
    return { form: 'unfit', problem: `${column.name} (${column.type}) is no time to tell the age by` }
  const name = quoteName(column.name)
  // The limit is cast to the column's type, once, rather than every row to the limit's.
  const moment = `to_timestamp(${(now + CLOCK_SKEW_MS) / 1000})`
  const limit = column.type === 'TIMESTAMP WITH TIME ZONE' ? moment : `${moment}::TIMESTAMP::${column.type}`
  const counts = `${name} <= ${limit} and isfinite(${name})`
  return {
    form: 'newest',
    newest: `epoch_ms((max(${name}) filter (where ${both(where, counts)}))::TIMESTAMP WITH TIME ZONE)`,
    ahead: `count_if(${both(where, `${name} > ${limit}`)})`,
  }
}
