import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import { quoteName } from '../../../../sql/quote.js'
import type { Candidate } from '../../engine.js'
import { describe } from '../statements/describe.js'
import { dataRelation } from '../statements/names.js'
import { readNumber } from '../statements/run-statement.js'

/** Bytes a value takes before compression; text and nested values are measured. */
const WIDTHS: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  TINYINT: 1,
  UTINYINT: 1,
  SMALLINT: 2,
  USMALLINT: 2,
  INTEGER: 4,
  UINTEGER: 4,
  FLOAT: 4,
  DATE: 4,
  HUGEINT: 16,
  UHUGEINT: 16,
  UUID: 16,
  INTERVAL: 16,
}
const DEFAULT_WIDTH = 8
/** For tables too small to be worth a look. */
const ASSUMED_TEXT_WIDTH = 16
const SAMPLE_ROWS = 2048

const isMeasured = ({ type }: Column): boolean =>
  ['VARCHAR', 'BLOB', 'JSON', 'BIT'].includes(type) || /[\])]$/.test(type.replace(/^DECIMAL.*/, ''))

/** What was built, as the port tells it. */
export async function readCandidate(
  connection: DuckDBConnection,
  relation: string,
  rows: number,
  peakMemoryBytes: number | null,
): Promise<Candidate> {
  const columns = await describe(connection, `from ${dataRelation(relation)}`)
  const bytes = Math.round(rows * (await rowWidth(connection, relation, columns, rows)))
  return { relation, columns, rows, bytes, peakMemoryBytes }
}

async function rowWidth(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly Column[],
  rows: number,
): Promise<number> {
  const measured = columns.filter(isMeasured)
  const fixed = columns
    .filter((column) => !isMeasured(column))
    .reduce((sum, { type }) => sum + (WIDTHS[type] ?? DEFAULT_WIDTH), 0)
  if (measured.length === 0) return fixed
  if (rows < SAMPLE_ROWS) return fixed + measured.length * ASSUMED_TEXT_WIDTH
  const lengths = measured.map(({ name }) => `coalesce(strlen(${quoteName(name)}::VARCHAR), 0)`)
  const sample = `(from ${dataRelation(relation)} limit ${SAMPLE_ROWS})`
  return fixed + (await readNumber(connection, `select avg(${lengths.join(' + ')}) from ${sample}`))
}
