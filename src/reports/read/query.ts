import type { Location } from '../../domain/diagnostic.js'
import type { AssetNames } from '../../project/assets/asset-names.js'
import type { Report as Told } from '../../project/diagnostics/report.js'
import { indexOfByte, locate, type SourceText } from '../../project/files/source-text.js'
import type { ParsedSql, TableReference } from '../../sql/parse.js'
import { scanSql, statementStarts } from '../../sql/scan.js'
import type { Query } from '../report.js'
import { queryDiagnostic } from '../statement-diagnostics.js'
import type { Fence } from './fences.js'

/**
 * What a query may say is decided by its parse tree: one SELECT, over assets and earlier queries, with table functions
 * that read nothing but their arguments. It is not what keeps tenants apart (each query runs where no other tenant's
 * row exists); it tells authors early, and at the line.
 */
export type QueryReading = Readonly<{
  source: SourceText
  names: AssetNames
  /** Queries before this one. */
  earlier: readonly string[]
  /** Null: not known. */
  vars: readonly string[] | null
  report: Told
}>

export const PERIOD_PARAMETERS = ['start', 'end', 'previous_start'] as const

/** Null: it is no query that a report can have, and was reported. */
export function readQuery(fence: Fence, parsed: ParsedSql, reading: QueryReading): Query | null {
  const name = fence.words
  const told = {
    ...reading,
    at: (index: number) => locate(reading.source, fence.start + index),
    sql: fence.text,
    name,
  }
  if (!parsed.ok) return reportUnparsed(parsed, told)
  if (parsed.statements !== 1) return reportCount(told)
  reportFunctions(parsed, told)
  reportParameters(parsed.parameters, told)
  const found = parsed.references.map((reference) => resolve(reference, told))
  return {
    name,
    sql: fence.text,
    start: fence.start,
    at: fence.at,
    assets: found.flatMap((each) => (each?.kind === 'asset' ? [{ asset: each.name, at: each.at }] : [])),
    queries: [...new Set(found.flatMap((each) => (each?.kind === 'query' ? [each.name] : [])))],
    parameters: parsed.parameters,
  }
}

type QueryTelling = QueryReading & Readonly<{ at: (index: number) => Location; sql: string; name: string }>

const firstIndex = (sql: string): number => Math.max(0, sql.search(/\S/))

function reportUnparsed(parsed: ParsedSql & { ok: false }, told: QueryTelling): null {
  const { sql, at, report } = told
  const where = at(parsed.offset === null ? firstIndex(sql) : indexOfByte(sql, parsed.offset))
  const detail = parsed.message.replace(/[.!]$/, '')
  if (parsed.kind === 'syntax') report(queryDiagnostic('REPORT_SQL_SYNTAX', { detail }, where))
  else if (parsed.statements > 1) reportCount(told)
  else report(queryDiagnostic('REPORT_SQL_NOT_SELECT', { detail }, where))
  return null
}

function reportCount({ sql, name, at, report }: QueryTelling): null {
  const second = statementStarts(scanSql(sql))[1]
  if (second) report(queryDiagnostic('REPORT_SQL_SEVERAL', { name }, at(second.start)))
  else report(queryDiagnostic('REPORT_SQL_MISSING', { name }, at(firstIndex(sql))))
  return null
}

/** Parts of a table's name that say it is a file. */
const FILE_NAME = /[/\\*?]|\.[a-z0-9]+$/i
const SYSTEM_SCHEMAS = /^(information_schema|pg_catalog|main|temp|system|memory|quarantine|millrace.*)$/i

type Found = Readonly<{ kind: 'asset' | 'query'; name: string; at: Location }>

function resolve(reference: TableReference, { sql, at, names, earlier, report }: QueryTelling): Found | null {
  const { catalog, schema, table } = reference
  const where = at(indexOfByte(sql, reference.offset))
  const name = [catalog, schema, table].filter((part) => part !== '').join('.')
  if (catalog !== '') report(queryDiagnostic('REPORT_READS_CATALOG', { name }, where))
  else if (schema === '') {
    const query = earlier.find((each) => each.toLowerCase() === table.toLowerCase())
    if (query !== undefined) return { kind: 'query', name: query, at: where }
    if (FILE_NAME.test(table)) report(queryDiagnostic('REPORT_READS_FILE', { name: `'${table}'` }, where))
    else
      report(
        queryDiagnostic('REPORT_READS_NO_SCHEMA', { name: table, known: [...earlier, ...names.all] }, where),
      )
  } else if (SYSTEM_SCHEMAS.test(schema)) report(queryDiagnostic('REPORT_READS_SYSTEM', { name }, where))
  else {
    const asset = names.find(name)
    if (asset !== undefined) return { kind: 'asset', name: asset, at: where }
    report(queryDiagnostic('REPORT_READS_UNKNOWN', { name, known: names.all }, where))
  }
  return null
}

const TABLE_FUNCTIONS: ReadonlySet<string> = new Set(['unnest', 'range', 'generate_series'])

/** Functions that reveal or change the process rather than compute. */
const REFUSED =
  /^(describe|getenv|getvariable|current_setting|current_query|current_database|current_schemas?|current_catalog|current_connection_id|current_query_id|current_transaction_id|txid_current|nextval|currval|setseed|write_log|sleep_ms|in_search_path|which_secret|json_serialize_plan|json_execute_serialized_sql|from_json_plan|checkpoint|force_checkpoint|pg_.*|has_.*_privilege|duckdb_.*|pragma_.*|read_.*|query|query_table|glob|sniff_csv|getenv)$/

const CHANGING =
  /^(now|today|current_date|current_time|current_timestamp|get_current_time|get_current_timestamp|current_localtime|current_localtimestamp|transaction_timestamp|random|uuid|gen_random_uuid|uuidv4|uuidv7)$/

function reportFunctions(parsed: ParsedSql & { ok: true }, { sql, at, report }: QueryTelling): void {
  const place = (name: string) => {
    const token = scanSql(sql).find(({ text }) => text.toLowerCase().replaceAll('"', '') === name)
    return at(token?.start ?? firstIndex(sql))
  }
  for (const name of parsed.tableFunctions)
    if (!TABLE_FUNCTIONS.has(name)) report(queryDiagnostic('REPORT_FUNCTION', { name }, place(name)))
  for (const name of parsed.functions) {
    if (REFUSED.test(name)) report(queryDiagnostic('REPORT_FUNCTION', { name }, place(name)))
    else if (CHANGING.test(name)) report(queryDiagnostic('REPORT_NOT_REPEATABLE', { name }, place(name)))
  }
}

function reportParameters(parameters: readonly string[], { sql, at, vars, report }: QueryTelling): void {
  const known = [...PERIOD_PARAMETERS, ...(vars ?? [])]
  for (const name of parameters) {
    const token = scanSql(sql).find(
      ({ kind, text }) =>
        (kind === 'parameter' && text === `$${name}`) || (text === '?' && /^\d+$/.test(name)),
    )
    const where = at(token?.start ?? firstIndex(sql))
    if (/^\d+$/.test(name)) report(queryDiagnostic('REPORT_PARAMETER_POSITIONAL', undefined, where))
    else if (vars !== null && !known.some((each) => each.toLowerCase() === name.toLowerCase()))
      report(queryDiagnostic('REPORT_PARAMETER_UNKNOWN', { name, known }, where))
  }
}
