import type { Location } from '../../domain/diagnostic.js'
import type { Report as Told } from '../../project/diagnostics/report.js'
import { reportDiagnostic } from '../diagnostics.js'
import { type ColumnValue, PERIOD_FIELDS, TENANT_FIELDS, type TextTemplate, type Value } from '../report.js'
import { type Format, isFormat, parseFormat } from '../value-format.js'

/** Names that mean something of their own in `{{ … }}`. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['period', 'tenant', 'report'])

export type TemplateReading = Readonly<{
  report: Told
  /** Place of an index into the text. */
  at: (index: number) => Location
}>

const OPENING = /\{\{/g

/** Splits text at its `{{ … }}`; what is wrong with one is reported and it is left out. */
export function readTemplate(text: string, reading: TemplateReading): TextTemplate {
  const parts: (string | Value)[] = []
  let from = 0
  for (const { index } of text.matchAll(OPENING)) {
    if (index < from) continue
    const end = text.slice(index).search(/\}\}|[\r\n]/)
    if (end < 0 || !text.startsWith('}}', index + end)) {
      reading.report(reportDiagnostic('REPORT_VALUE_OPEN', undefined, reading.at(index)))
      continue
    }
    parts.push(text.slice(from, index))
    const value = readValue(text.slice(index + 2, index + end), reading.at(index), reading.report)
    if (value !== null) parts.push(value)
    from = index + end + 2
  }
  parts.push(text.slice(from))
  return parts.filter((part) => part !== '')
}

const REFERENCE = /^([A-Za-z_]\w*)\s*\.\s*(?:"((?:[^"]|"")+)"|([A-Za-z_]\w*))$/

/** `query.column | format`, without the braces. */
function readValue(inside: string, at: Location, report: Told): Value | null {
  const bar = inside.indexOf('|')
  const reference = (bar < 0 ? inside : inside.slice(0, bar)).trim()
  const format = bar < 0 ? null : readFormat(inside.slice(bar + 1), at, report)
  if (format === undefined) return null
  const value = readReference(reference, at, report)
  return value === null ? null : withFormat(value, format)
}

function withFormat(value: Value, format: Format | null): Value {
  return value.kind === 'tenant' ? value : { ...value, format }
}

/** `query.column`; undefined kinds are reported. */
function readReference(text: string, at: Location, report: Told): Value | null {
  const [, left, quoted, plain] = REFERENCE.exec(text) ?? []
  const column = quoted?.replaceAll('""', '"') ?? plain
  if (left === undefined || column === undefined) {
    report(reportDiagnostic('REPORT_VALUE_SYNTAX', { text }, at))
    return null
  }
  const field = (of: string, known: readonly string[]) => {
    report(reportDiagnostic('REPORT_VALUE_FIELD', { of, name: column, known }, at))
    return null
  }
  if (left === 'period') {
    const found = PERIOD_FIELDS.find((name) => name === column)
    return found === undefined ? field(left, PERIOD_FIELDS) : { kind: 'period', field: found, format: null }
  }
  if (left === 'tenant') {
    const found = TENANT_FIELDS.find((name) => name === column)
    return found === undefined ? field(left, TENANT_FIELDS) : { kind: 'tenant', field: found }
  }
  return { kind: 'column', query: left, column, format: null, at }
}

/** A field that names one value of a query: `customer.name`. */
export function readColumnValue(text: string, at: Location, report: Told): ColumnValue | null {
  const value = readReference(text.trim(), at, report)
  if (value === null || value.kind === 'column') return value
  report(reportDiagnostic('REPORT_VALUE_SYNTAX', { text }, at))
  return null
}

/** Undefined: it is no format, and was reported. */
export function readFormat(text: string, at: Location, report: Told): Format | undefined {
  const parsed = parseFormat(text)
  if (isFormat(parsed)) return parsed
  const name = text.split(':')[0]?.trim() ?? ''
  report(reportDiagnostic('REPORT_FORMAT', { ...parsed, name }, at))
  return undefined
}
