import type { DuckDBConnection } from '@duckdb/node-api'
import type { Json } from '../../../../base/json.js'
import type { Payload } from '../../../../columns/payload.js'
import { type Column, columnNames } from '../../../../domain/column.js'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import type { IngestRequest, StatementWatch } from '../../engine.js'
import { engineError } from '../../errors.js'
import { ingestColumns } from '../columns/ingest-columns.js'
import { engineFailure } from '../statements/failure.js'
import { literal } from '../statements/literal.js'
import { columnDefinitions, dataRelation } from '../statements/names.js'
import { affectedRows, inTransaction, watched } from '../statements/run-statement.js'

type FilesPayload = Extract<Payload, { kind: 'files' }>
type ColumnsPayload = Extract<Payload, { kind: 'columns' }>

/** Loads a payload into the candidate's table. Rows sent and loaded are compared before the commit. */
export async function ingestTable(
  connection: DuckDBConnection,
  request: IngestRequest,
  watch: StatementWatch,
  signal: AbortSignal,
): Promise<number> {
  const { payload, asset } = request
  try {
    return await inTransaction(connection, signal, async () => {
      const loaded =
        payload.kind === 'files'
          ? await watched(connection, watch, () => loadFiles(connection, request, payload))
          : await loadColumns(connection, request, payload, signal)
      const sent = payload.sent()
      if (sent !== null && sent !== loaded) throw engineError('ENGINE_ROWS_LOST', { asset, sent, loaded })
      return loaded
    })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const paths = payload.kind === 'files' ? payload.paths : []
    throw engineFailure(error, { asset, input: { paths } })
  }
}

async function loadColumns(
  connection: DuckDBConnection,
  request: IngestRequest,
  payload: ColumnsPayload,
  signal: AbortSignal,
): Promise<number> {
  if (!request.columns) throw new TypeError(`Columns of ${request.asset} must be given with its rows`)
  const target = dataRelation(request.relation)
  await connection.run(`create or replace table ${target} (${columnDefinitions(request.columns)})`)
  return ingestColumns(connection, target, request.columns, payload.batches, signal)
}

async function loadFiles(
  connection: DuckDBConnection,
  request: IngestRequest,
  payload: FilesPayload,
): Promise<number> {
  const target = dataRelation(request.relation)
  const { columns } = request
  if (payload.paths.length > 0) {
    const query = `select ${selectList(payload, columns)} from ${reader(payload, columns)}`
    return affectedRows(await connection.run(`create or replace table ${target} as ${query}`))
  }
  if (!columns) throw new TypeError(`${request.asset} has neither files nor columns`)
  await connection.run(
    `create or replace table ${target} (${columnDefinitions(withFileColumn(payload, columns))})`,
  )
  return 0
}

function withFileColumn({ fileColumn }: FilesPayload, columns: readonly Column[]): readonly Column[] {
  return fileColumn === undefined || columnNames(columns).includes(fileColumn)
    ? columns
    : [...columns, { name: fileColumn, type: 'VARCHAR' }]
}

function selectList(payload: FilesPayload, columns: readonly Column[] | undefined): string {
  if (!columns) return '*'
  return withFileColumn(payload, columns)
    .map(({ name, type }) => `${quoteName(name)}::${type} as ${quoteName(name)}`)
    .join(', ')
}

const READERS = { csv: 'read_csv', parquet: 'read_parquet', ndjson: 'read_json' } as const

function reader(payload: FilesPayload, columns: readonly Column[] | undefined): string {
  const { format, paths, fileColumn } = payload
  const inFile = columns?.filter(({ name }) => name !== fileColumn)
  const options = [
    ...Object.entries(payload.options).map(([name, value]) => `${quoteName(name)} = ${literal(value)}`),
    ...(format === 'ndjson' ? [`format = 'newline_delimited'`] : []),
    ...typeOptions(payload, inFile),
    ...(fileColumn === undefined ? [] : [`filename = ${quoteText(fileColumn)}`]),
  ]
  return `${READERS[format]}([${paths.map(quoteText).join(', ')}]${options.map((option) => `, ${option}`).join('')})`
}

/** Tells the reader the declared types, so that it neither guesses nor widens them. Parquet knows its own. */
function typeOptions({ format, options }: FilesPayload, columns: readonly Column[] | undefined): string[] {
  if (!columns || columns.length === 0 || format === 'parquet') return []
  const types = `{${columns.map(({ name, type }) => `${quoteText(name)}: ${quoteText(readType(format, type))}`).join(', ')}}`
  // Without a header the columns have no names yet: all are named here, in the order of the file.
  const names = format === 'ndjson' || isOff(options.header) || isOff(options.auto_detect)
  const option = names ? 'columns' : 'types'
  return ['columns', 'types', 'dtypes', 'column_types'].some((given) => given in options)
    ? []
    : [`${option} = ${types}`]
}

/** The reader of JSON takes times without a zone for UTC; the cast that follows takes them for the session's, as CSV. */
const readType = (format: FilesPayload['format'], type: string): string =>
  format === 'ndjson' && type === 'TIMESTAMP WITH TIME ZONE' ? 'VARCHAR' : type

const isOff = (value: Json | undefined): boolean => value === false || value === 'false'
