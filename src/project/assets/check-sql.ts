import type { Json } from '../../base/json.js'
import type { Check } from '../../domain/check.js'
import type { Location } from '../../domain/diagnostic.js'
import type { ParsedSql, SqlParser, TableReference } from '../../sql/parse.js'
import { FILE_NAME, HIDES_TABLES, READS_FILES } from '../bodies/outside-reads.js'
import { statementDiagnostic } from '../bodies/statement-diagnostics.js'
import { checkDiagnostic } from '../checks/diagnostics.js'
import type { Report } from '../diagnostics/report.js'
import type { PlacedCheck } from './asset-checks.js'
import type { AssetNames } from './asset-names.js'

/** What the SQL inside a check looks at: other assets by name, and vars. */
export type CheckSql = Readonly<{ reads: readonly string[]; parameters: readonly string[] }>

type Known = Readonly<{ names: AssetNames; vars: ReadonlySet<string> | null }>

/** Parses the SQL inside checks, all at once, and reports what none of them can mean. */
export async function readCheckSql(
  checks: readonly PlacedCheck[],
  parse: SqlParser,
  known: Known,
  report: Report,
): Promise<ReadonlyMap<Check, CheckSql>> {
  const texts = checks.flatMap(({ check, at }) => {
    const sql = sqlOf(check)
    return sql === null ? [] : [{ check, at, sql }]
  })
  const parsed = await parse(texts.map(({ sql }) => sql))
  const found = new Map<Check, CheckSql>()
  texts.forEach(({ check, at }, index) => {
    const result = parsed[index]
    if (!result?.ok || result.statements !== 1) {
      const detail = result?.ok === false ? result.message : 'it is not one statement'
      report(checkDiagnostic('CHECK_SQL', { check: check.name, detail }, at))
      return
    }
    reportFunctions(result.tableFunctions, at, report)
    reportParameters(result.parameters, known, at, report)
    const reads = result.references.flatMap((reference) => resolve(reference, known, at, report))
    found.set(check, { reads: [...new Set(reads)], parameters: result.parameters })
  })
  return found
}

/** The check's own SQL as a statement; null where it has none. */
function sqlOf(check: Check): string | null {
  if (check.kind === 'failed_rows') return check.sql
  return check.where === undefined ? null : `select 1 from this where (\n${check.where}\n)`
}

/** The rows that are judged, and the released rows as they will be. */
const OWN_ROWS = new Set(['this', 'after'])

function resolve(
  { catalog, schema, table }: TableReference,
  { names }: Known,
  at: Location,
  report: Report,
): string[] {
  const written = [catalog, schema, table].filter((part) => part !== '').join('.')
  if (catalog !== '') report(statementDiagnostic('REFERENCE_CATALOG', { table: written }, at))
  else if (schema === '' && OWN_ROWS.has(table.toLowerCase())) return []
  else if (schema === '' && FILE_NAME.test(table))
    report(statementDiagnostic('REFERENCE_FILE', { what: `'${table}'` }, at))
  else if (schema === '') report(statementDiagnostic('REFERENCE_NO_SCHEMA', { table, known: names.all }, at))
  else {
    const found = names.find(written)
    if (found !== undefined) return [found]
    report(statementDiagnostic('REFERENCE_UNKNOWN', { table: written, known: names.all }, at))
  }
  return []
}

function reportFunctions(
  functions: (ParsedSql & { ok: true })['tableFunctions'],
  at: Location,
  report: Report,
): void {
  for (const name of functions) {
    if (HIDES_TABLES.has(name)) report(statementDiagnostic('REFERENCE_HIDDEN', { function: name }, at))
    else if (READS_FILES.test(name)) report(statementDiagnostic('REFERENCE_FILE', { what: name }, at))
  }
}

function reportParameters(
  parameters: readonly string[],
  { vars }: Known,
  at: Location,
  report: Report,
): void {
  for (const name of parameters) {
    if (/^\d+$/.test(name)) report(statementDiagnostic('PARAMETER_POSITIONAL', undefined, at))
    else if (vars !== null && !vars.has(name))
      report(statementDiagnostic('PARAMETER_UNKNOWN', { name, known: [...vars] }, at))
  }
}

/** The check with the vars its SQL names: with another value it is another check. */
export function withVars(
  check: Check,
  sql: CheckSql | undefined,
  vars: Readonly<Record<string, Json>>,
): Check {
  const named = (sql?.parameters ?? []).filter((name) => Object.hasOwn(vars, name))
  if (named.length === 0) return check
  return { ...check, vars: Object.fromEntries(named.map((name) => [name, vars[name] ?? null])) }
}
