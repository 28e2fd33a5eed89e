import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import type { InputRequest } from '../../engine.js'
import { describe } from '../statements/describe.js'
import { inRanges } from '../statements/literal.js'
import { nameList } from '../statements/names.js'
import { timeOf } from '../statements/row-change.js'
import { affectedRows, readNumber } from '../statements/run-statement.js'

/** Rows of one input file, so that a reader can take them one after the other. */
export const FILE_ROWS = 1_000_000

/** Level 1 halves the time and costs a few percent of size. */
const INPUT_FORMAT = `format parquet, compression zstd, compression_level 1`

/** Writes one Parquet file and returns its rows and bytes. */
export async function writeParquetFile(
  connection: DuckDBConnection,
  query: string,
  path: string,
): Promise<{ rows: number; bytes: number }> {
  const copy = `copy (${query}) to ${quoteText(path)} (format parquet, compression zstd)`
  const rows = await affectedRows(await connection.run(copy))
  return { rows, bytes: (await stat(path)).size }
}

/** Writes an input as files in order, at least one, so that a reader finds the columns even without rows. */
export async function writeInputFiles(
  connection: DuckDBConnection,
  relation: string,
  request: InputRequest,
): Promise<readonly string[]> {
  await mkdir(request.folder, { recursive: true })
  const chosen = await describe(
    connection,
    `select ${request.columns ? nameList(request.columns) : '*'} from ${relation}`,
  )
  const condition = request.range
    ? ` where ${inRanges(timeOf('r', request.range.column), [request.range.interval])}`
    : ''
  const rows = await readNumber(connection, `select count(*)::DOUBLE from ${relation} r${condition}`)
  const ordered = request.orderBy && request.orderBy.length > 0
  const order = ordered ? ` order by ${nameList(request.orderBy ?? [], 'r')}` : ''
  const query = `select ${chosen.map(exactly).join(', ')} from ${relation} r${condition}${order}`
  if (rows <= FILE_ROWS) return [await copyTo(connection, query, request.folder, 0)]
  return inSlices(connection, query, rows, request.folder)
}

/** Parquet has no 128-bit integers and DuckDB would write them as floats: they go as 64 bits, or fail aloud. */
function exactly({ name, type }: Column): string {
  const quoted = quoteName(name)
  return type === 'HUGEINT' || type === 'UHUGEINT' ? `cast(${quoted} as bigint) as ${quoted}` : quoted
}

/**
 * DuckDB can cut its output into files itself, but then permutes row groups inside a file. So the rows are kept
 * aside in their order and cut by their number.
 */
async function inSlices(
  connection: DuckDBConnection,
  query: string,
  rows: number,
  folder: string,
): Promise<readonly string[]> {
  await connection.run(`create or replace temp table millrace_slices as ${query}`)
  try {
    const paths: string[] = []
    for (let from = 0; from < rows; from += FILE_ROWS) {
      const slice = `select * from millrace_slices where rowid >= ${from} and rowid < ${from + FILE_ROWS}`
      paths.push(await copyTo(connection, slice, folder, paths.length))
    }
    return paths
  } finally {
    await connection.run('drop table if exists millrace_slices')
  }
}

async function copyTo(
  connection: DuckDBConnection,
  query: string,
  folder: string,
  index: number,
): Promise<string> {
  const path = join(folder, `part-${String(index).padStart(5, '0')}.parquet`)
  await connection.run(`copy (${query}) to ${quoteText(path)} (${INPUT_FORMAT})`)
  return path
}
