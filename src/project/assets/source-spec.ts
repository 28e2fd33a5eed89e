import type { Json } from '../../base/json.js'
import type { FileFormat, SourceSpec } from '../../domain/asset.js'
import type { ConnectionSpec } from '../../domain/project.js'
import type { Report } from '../diagnostics/report.js'
import { declares, type SourceDraft } from '../headers/read-asset.js'
import { READER_FIELDS, type SourceFields } from '../headers/source-fields.js'
import type { Located } from '../shapes/shape.js'
import { type Connections, connectionOf, reportPath, reportTable } from './deliveries.js'
import { assetDiagnostic } from './diagnostics.js'

const READER_OPTIONS = Object.keys(READER_FIELDS) as (keyof typeof READER_FIELDS)[]
const POSTGRES_FIELDS = ['table', 'load', 'cursor', 'deletes'] as const
const FILES_FIELDS = ['path', 'format', ...READER_OPTIONS] as const

/** Where a source's rows come from, checked against its connection. Null: it cannot be said, and was reported. */
export function sourceSpecOf(
  draft: SourceDraft,
  connections: Connections,
  report: Report,
): SourceSpec | null {
  const fields = draft.fields.source.value
  const connection = connectionOf(fields.from, connections, report)
  if (!connection) return null
  const strangers = connection.kind === 'postgres' ? FILES_FIELDS : POSTGRES_FIELDS
  for (const field of strangers) {
    const stray = fields[field]
    const params = { field, connection: connection.name, kind: connection.kind }
    if (stray) report(assetDiagnostic('SOURCE_FIELD_MISPLACED', params, stray.at))
  }
  return connection.kind === 'postgres'
    ? postgresSource(draft, fields, connection, report)
    : filesSource(fields, connection, report)
}

function postgresSource(
  draft: SourceDraft,
  fields: SourceFields,
  connection: ConnectionSpec,
  report: Report,
): SourceSpec | null {
  const { table, cursor } = fields
  const at = draft.fields.source.at
  if (!table) return lacks('table', 'table: hardware.readings', fields, connection, report)
  reportTable(table, report)
  const load = fields.load?.value ?? 'full'
  const loadAt = fields.load?.at ?? at
  const deletes = fields.deletes?.value ?? false
  if (load !== 'full' && !cursor) report(assetDiagnostic('SOURCE_NEEDS_CURSOR', { load }, loadAt))
  if (load !== 'full' && !declares(draft, 'key'))
    report(assetDiagnostic('SOURCE_NEEDS_KEY', { what: `loaded as ${load}` }, loadAt))
  if (load === 'full' && deletes)
    report(assetDiagnostic('SOURCE_DELETES_FULL', undefined, fields.deletes?.at ?? at))
  if (load === 'full' && cursor) report(assetDiagnostic('SOURCE_CURSOR_FULL', undefined, cursor.at))
  return {
    kind: 'postgres',
    connection: connection.name,
    table: table.value,
    load,
    ...(cursor && { cursor: cursor.value }),
    deletes,
  }
}

function filesSource(fields: SourceFields, connection: ConnectionSpec, report: Report): SourceSpec | null {
  const { path } = fields
  if (!path) return lacks('path', "path: 'readings/*.csv'", fields, connection, report)
  reportPath(path, report)
  const format = fields.format?.value ?? formatOf(path.value)
  if (format === null) {
    report(assetDiagnostic('SOURCE_FORMAT_UNKNOWN', { path: path.value }, path.at))
    return null
  }
  return {
    kind: 'files',
    connection: connection.name,
    path: path.value,
    format,
    options: readerOptions(fields, format, report),
  }
}

function lacks(
  field: string,
  example: string,
  { from }: SourceFields,
  { name, kind }: ConnectionSpec,
  report: Report,
): null {
  report(assetDiagnostic('SOURCE_FIELD_MISSING', { field, connection: name, kind, example }, from.at))
  return null
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  parquet: 'parquet',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
}

function formatOf(path: string): FileFormat | null {
  const extension = /\.([a-z]+)(\.(gz|zst))?$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  return FORMATS[extension] ?? null
}

function readerOptions(fields: SourceFields, format: FileFormat, report: Report): Record<string, Json> {
  const options: Record<string, Json> = {}
  for (const option of READER_OPTIONS) {
    const given = fields[option] as Located<Json> | undefined // Read by the shape of its field: plain JSON.
    if (!given) continue
    if (!takes(format, option)) report(assetDiagnostic('SOURCE_OPTION_FORMAT', { option, format }, given.at))
    options[option] = given.value
  }
  return options
}

/** Parquet and NDJSON say themselves how they are written. */
const takes = (format: FileFormat, option: string): boolean =>
  format === 'csv' || (format === 'parquet' && option === 'union_by_name')
