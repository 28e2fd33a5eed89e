import type { ParsedSql } from '../../../../sql/parse.js'
import { scanSql } from '../../../../sql/scan.js'
import { HIDDEN_SCHEMAS } from '../statements/names.js'
import { growingCall } from './growing-calls.js'
import { firstRefusedLambda } from './lambda-guard.js'
import { overgrowth } from './value-growth.js'

/** Table functions that read nothing but their arguments. */
const HARMLESS_FUNCTIONS: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'json_each',
  'json_tree',
  'generate_subscripts',
  'icu_calendar_names',
  'pg_timezone_names',
])

/** Functions that change or reveal the process rather than compute. */
const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set([
  'getenv',
  'getvariable',
  'current_setting',
  'current_query',
  'nextval',
  'currval',
  'setseed',
  'write_log',
  'sleep_ms',
  'in_search_path',
  'current_query_id',
  'pg_get_viewdef',
  'pg_get_constraintdef',
  'get_block_size',
  'pg_sleep',
  'stats',
  'current_schemas',
  'current_connection_id',
  'which_secret',
  'json_serialize_plan',
])

const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(['information_schema', 'pg_catalog', 'main', 'temp'])

/** Why a query may not run on released rows; null if it may. */
export function refusal(sql: string, parsed: ParsedSql): string | null {
  if (!parsed.ok) return parsed.kind === 'not_a_select' ? parsed.message : null
  if (parsed.statements !== 1)
    return parsed.statements === 0 ? 'it holds no statement' : `it holds ${parsed.statements} statements`
  const functionName = parsed.tableFunctions.find((name) => !HARMLESS_FUNCTIONS.has(name))
  if (functionName !== undefined) return `${functionName}() reads what was never released`
  if (parsed.functions.includes('describe')) return 'DESCRIBE, SUMMARIZE and SHOW are not for queries'
  return refusedReference(parsed.references) ?? refusedCall(sql) ?? refusedSize(treeOf(parsed.canonical))
}

const refusedSize = (tree: unknown): string | null =>
  growingCall(tree) ?? firstRefusedLambda(tree) ?? overgrowth(tree)

/** The tree again; what was cut out of its text has left commas behind. Those inside texts do not matter here. */
const treeOf = (canonical: string): unknown => JSON.parse(canonical.replace(/,(?=[}\]])/g, ''))

type References = Extract<ParsedSql, { ok: true }>['references']

function refusedReference(references: References): string | null {
  for (const { catalog, schema, table } of references) {
    const name = [catalog, schema, table].filter((part) => part !== '').join('.')
    // DuckDB would take such a name for a file and read it.
    if (/[./\\*?:]/.test(schema) || /[./\\*?:]/.test(table)) return `${name} is not an asset`
    if (catalog !== '') return `${name} names a catalog; write schema.name`
    if (schema === '') return `${name} is not an asset; write schema.name`
    const lower = schema.toLowerCase()
    if (HIDDEN_SCHEMAS.has(lower) || SYSTEM_SCHEMAS.has(lower)) return `${name} is not an asset`
  }
  return null
}

function refusedCall(sql: string): string | null {
  const tokens = scanSql(sql)
  for (const [index, { text }] of tokens.entries()) {
    // The tree does not tell it. Subqueries that are put in wherever they are named double from one to the next.
    if (/^not$/i.test(text) && /^materialized$/i.test(tokens[index + 1]?.text ?? ''))
      return 'AS NOT MATERIALIZED is not for queries'
    const name = text.replace(/^"(.*)"$/s, '$1').toLowerCase()
    if (REFUSED_FUNCTIONS.has(name) && tokens[index + 1]?.text === '(') return `${name}() is not for queries`
  }
  return null
}
