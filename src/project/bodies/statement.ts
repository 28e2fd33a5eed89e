import type { ParsedSql, TableReference } from '../../sql/parse.js'
import { scanSql, statementStarts } from '../../sql/scan.js'
import type { AssetNames } from '../assets/asset-names.js'
import { assetDiagnostic } from '../assets/diagnostics.js'
import type { Report } from '../diagnostics/report.js'
import { indexOfByte, locate } from '../files/source-text.js'
import { declares, materializationOf, type SqlDraft } from '../headers/read-asset.js'
import { FILE_NAME, HIDES_TABLES, READS_FILES } from './outside-reads.js'
import { statementDiagnostic } from './statement-diagnostics.js'

/** What a SQL asset reads and is given. */
export type Statement = Readonly<{
  inputs: readonly string[]
  parameters: readonly string[]
  canonical: string
}>

type Context = Readonly<{ names: AssetNames; vars: ReadonlySet<string> | null; report: Report }>

/** Judges a parsed statement. Null: it is no statement that an asset can have, and was reported. */
export function readStatement(draft: SqlDraft, parsed: ParsedSql, context: Context): Statement | null {
  if (!parsed.ok) return reportUnparsed(draft, parsed, context.report)
  if (parsed.statements !== 1) return reportCount(draft, context.report)
  reportFunctions(draft, parsed.tableFunctions, context.report)
  reportParameters(draft, parsed.parameters, context)
  const inputs = parsed.references.flatMap((reference) => resolve(draft, reference, context))
  return {
    inputs: [...new Set(inputs)].sort(),
    parameters: parsed.parameters,
    canonical: parsed.canonical,
  }
}

const at = ({ file }: SqlDraft, index: number) => locate(file.source, index)

function reportUnparsed(draft: SqlDraft, parsed: ParsedSql & { ok: false }, report: Report): null {
  const where = at(draft, parsed.offset === null ? firstIndex(draft) : indexOfByte(draft.body, parsed.offset))
  const detail = parsed.message.replace(/[.!]$/, '')
  if (parsed.kind === 'syntax') report(statementDiagnostic('STATEMENT_SYNTAX', { detail }, where))
  else if (parsed.statements > 1) reportCount(draft, report)
  else report(statementDiagnostic('STATEMENT_NOT_SELECT', { detail }, where))
  return null
}

function reportCount(draft: SqlDraft, report: Report): null {
  const starts = statementStarts(scanSql(draft.body))
  const second = starts[1]
  if (second)
    report(statementDiagnostic('STATEMENT_SEVERAL', { count: starts.length }, at(draft, second.start)))
  else report(statementDiagnostic('STATEMENT_MISSING', undefined, at(draft, draft.body.trimEnd().length)))
  return null
}

const firstIndex = ({ body }: SqlDraft): number => Math.max(0, body.search(/\S/))

function resolve(draft: SqlDraft, reference: TableReference, { names, report }: Context): string[] {
  const { catalog, schema, table } = reference
  const where = at(draft, indexOfByte(draft.body, reference.offset))
  const written = [catalog, schema, table].filter((part) => part !== '').join('.')
  if (catalog !== '') report(statementDiagnostic('REFERENCE_CATALOG', { table: written }, where))
  else if (schema === '' && FILE_NAME.test(table))
    report(statementDiagnostic('REFERENCE_FILE', { what: `'${table}'` }, where))
  else if (schema === '')
    report(statementDiagnostic('REFERENCE_NO_SCHEMA', { table, known: names.all }, where))
  else {
    const found = names.find(written)
    if (found === undefined)
      report(statementDiagnostic('REFERENCE_UNKNOWN', { table: written, known: names.all }, where))
    else if (found !== draft.file.name) return [found]
    else report(assetDiagnostic('INPUT_SELF', { asset: found }, where))
  }
  return []
}

function reportFunctions(draft: SqlDraft, functions: readonly string[], report: Report): void {
  for (const name of functions) {
    const token = scanSql(draft.body).find(({ text }) => text.toLowerCase().replaceAll('"', '') === name)
    const where = at(draft, token?.start ?? firstIndex(draft))
    if (HIDES_TABLES.has(name)) report(statementDiagnostic('REFERENCE_HIDDEN', { function: name }, where))
    else if (READS_FILES.test(name)) report(statementDiagnostic('REFERENCE_FILE', { what: name }, where))
  }
}

const INTERVAL = ['start', 'end']

function reportParameters(draft: SqlDraft, parameters: readonly string[], { vars, report }: Context): void {
  const materialize = materializationOf(draft)
  const hasTime = declares(draft, 'time')
  const isKnown = draft.fields.materialize !== undefined || !declares(draft, 'materialize')
  const isWhole = isKnown && (materialize === 'table' || materialize === 'view')
  const known = [...(vars ?? []), ...(hasTime && !isWhole ? INTERVAL : [])]
  for (const name of parameters) {
    const where = at(draft, indexOfParameter(draft, name))
    if (/^\d+$/.test(name)) report(statementDiagnostic('PARAMETER_POSITIONAL', undefined, where))
    else if (INTERVAL.includes(name)) {
      if (hasTime && !isWhole) continue
      const params = { name, materialize: hasTime ? materialize : '' }
      report(statementDiagnostic('INTERVAL_WITHOUT_TIME', params, where))
    } else if (vars !== null && !vars.has(name))
      report(statementDiagnostic('PARAMETER_UNKNOWN', { name, known }, where))
  }
  if (materialize === 'incremental' && hasTime && !parameters.some((name) => INTERVAL.includes(name)))
    report(statementDiagnostic('INTERVAL_UNUSED', { asset: draft.file.name }, at(draft, firstIndex(draft))))
}

function indexOfParameter(draft: SqlDraft, name: string): number {
  const token = scanSql(draft.body).find(
    ({ kind, text }) => (kind === 'parameter' && text === `$${name}`) || (text === '?' && /^\d+$/.test(name)),
  )
  return token?.start ?? firstIndex(draft)
}
