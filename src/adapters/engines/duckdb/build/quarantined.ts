import type { DuckDBConnection } from '@duckdb/node-api'
import type { Interval } from '../../../../domain/interval.js'
import { quoteText } from '../../../../sql/quote.js'
import type { QuarantinedRequest } from '../../engine.js'
import { quarantineTables } from '../release/quarantine.js'
import { quarantineName, quarantineTable } from '../statements/names.js'
import { readNumber } from '../statements/run-statement.js'
import { hoursOf } from './event-time.js'

/** Rows that a check has set aside and that `condition` picks: how many, and the hours of event time they lie in. */
export async function quarantinedRows(
  connection: DuckDBConnection,
  { asset, check, condition, timeColumn }: QuarantinedRequest,
): Promise<{ rows: number; ranges: Interval[] }> {
  if (!(await quarantineTables(connection)).has(quarantineName(asset))) return { rows: 0, ranges: [] }
  const picked = `(select * from ${quarantineTable(asset)} as aside where _check = ${quoteText(check)} and ${condition})`
  const rows = await readNumber(connection, `select count(*)::DOUBLE from ${picked}`)
  const ranges = rows > 0 && timeColumn !== null ? await hoursOf(connection, picked, timeColumn) : []
  return { rows, ranges }
}
