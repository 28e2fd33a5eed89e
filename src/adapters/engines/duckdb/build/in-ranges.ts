import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteName } from '../../../../sql/quote.js'
import type { InRanges, InRangesRequest } from '../../engine.js'
import { inRanges } from '../statements/literal.js'
import { DATA_SCHEMA, dataRelation, qualified, WAREHOUSE } from '../statements/names.js'
import { timeOf } from '../statements/row-change.js'
import { inTransaction } from '../statements/run-statement.js'
import { readCandidate } from './candidate.js'

/** Counts first: nearly always every row lies where it should, and then nothing is written. */
export async function keepInRanges(
  connection: DuckDBConnection,
  request: InRangesRequest,
  signal: AbortSignal,
): Promise<InRanges> {
  const { candidate, timeColumn } = request
  const { kept, ...left } = await countRows(connection, request)
  if (kept === candidate.rows) return { candidate, ...left }
  const table = dataRelation(candidate.relation)
  const draft = `${candidate.relation}__in_ranges`
  await inTransaction(connection, signal, () =>
    connection.run(
      `create or replace table ${qualified(WAREHOUSE, DATA_SCHEMA, draft)} as ` +
        `select * from ${table} r where ${stays(timeOf('r', timeColumn), request)}; ` +
        `drop table ${table}; ` +
        `alter table ${qualified(WAREHOUSE, DATA_SCHEMA, draft)} rename to ${quoteName(candidate.relation)}`,
    ),
  )
  const { relation, peakMemoryBytes } = candidate
  return { candidate: await readCandidate(connection, relation, kept, peakMemoryBytes), ...left }
}

async function countRows(
  connection: DuckDBConnection,
  request: InRangesRequest,
): Promise<Readonly<{ kept: number }> & Omit<InRanges, 'candidate'>> {
  const { candidate, timeColumn, ranges, later, keepNull } = request
  const outside = `isfinite(t) and not ${inRanges('t', ranges)} and not ${inRanges('t', later)}`
  const timeless = keepNull ? 'not isfinite(t)' : 'isfinite(t) is not true'
  const reader = await connection.runAndReadAll(
    `select count(*) filter (${stays('t', request)})::DOUBLE, count(*) filter (${outside})::DOUBLE, ` +
      `epoch_ms(min(t) filter (${outside}))::DOUBLE, count(*) filter (${timeless})::DOUBLE ` +
      `from (select ${timeOf('r', timeColumn)} as t from ${dataRelation(candidate.relation)} r)`,
  )
  const [kept, rows, earliest, without] = reader.getRows()[0] ?? []
  return {
    kept: Number(kept),
    outside: Number(rows),
    earliest: typeof earliest === 'number' ? earliest : null,
    timeless: Number(without),
  }
}

const stays = (time: string, { ranges, keepNull }: InRangesRequest): string =>
  `(${inRanges(time, ranges)}${keepNull ? ` or ${time} is null` : ''})`
