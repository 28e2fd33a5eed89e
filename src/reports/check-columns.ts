import type { Column } from '../domain/column.js'
import type { Diagnostic, Location } from '../domain/diagnostic.js'
import type { Report as Told } from '../project/diagnostics/report.js'
import { sortDiagnostics } from '../project/diagnostics/sort-diagnostics.js'
import type { Block, ColumnName, ColumnValue, Report, TextTemplate, Value } from './report.js'
import { queryDiagnostic } from './statement-diagnostics.js'
import { type Format, fits, isNumeric } from './value-format.js'

/** Columns of every query that could be bound, by its name. */
export type ResultColumns = ReadonlyMap<string, readonly Column[]>

/** Names and formats that do not fit the columns the queries give. Queries without columns were reported already. */
export function checkColumns(report: Report, columns: ResultColumns): Diagnostic[] {
  const found: Diagnostic[] = []
  const check = createCheck(columns, (diagnostic) => void found.push(diagnostic))
  const named = [report.tenantName, typeof report.locale === 'string' ? null : report.locale]
  for (const value of named) if (value) check.value(value)
  for (const value of report.values) check.maybe(value)
  check.text(report.title)
  for (const block of report.blocks) checkBlock(block, check)
  return sortDiagnostics(found)
}

type Check = ReturnType<typeof createCheck>

function createCheck(columns: ResultColumns, report: Told) {
  const find = (query: string, { value, at }: ColumnName): Column | null => {
    const known = columns.get(query)
    if (known === undefined) return null
    const found = known.find(({ name }) => name.toLowerCase() === value.toLowerCase())
    if (found) return found
    const names = known.map(({ name }) => name)
    report(queryDiagnostic('REPORT_COLUMN_UNKNOWN', { query, name: value, known: names }, at))
    return null
  }
  const written = (query: string, column: ColumnName, format: Format | null, at: Location) => {
    const found = find(query, column)
    if (found === null || format === null || fits(format, found.type)) return
    const params = { column: found.name, type: found.type, format: format.kind }
    report(queryDiagnostic('REPORT_FORMAT_UNFIT', params, at))
  }
  const number = (query: string, column: ColumnName) => {
    const found = find(query, column)
    if (found === null || isNumeric(found.type)) return
    report(queryDiagnostic('REPORT_NOT_A_NUMBER', { column: found.name, type: found.type }, column.at))
  }
  const value = ({ query, column, format, at }: ColumnValue) =>
    written(query, { value: column, at }, format, at)
  const maybe = (each: Value) => {
    if (each.kind === 'column') value(each)
  }
  const text = (template: TextTemplate | null) => {
    for (const part of template ?? []) if (typeof part !== 'string') maybe(part)
  }
  return { find, written, number, value, maybe, text }
}

function checkBlock(block: Block, check: Check): void {
  switch (block.kind) {
    case 'chart':
      check.find(block.query, block.x)
      if (block.series) check.find(block.query, block.series)
      for (const y of block.y) check.number(block.query, y)
      check.text(block.title)
      check.text(block.caption)
      return
    case 'table':
      check.text(block.title)
      for (const { column, format } of block.columns) check.written(block.query, column, format, column.at)
      return
    case 'value':
      for (const { column, format, previous } of block.numbers) {
        check.number(block.query, column)
        check.written(block.query, column, format, column.at)
        if (previous) check.number(block.query, previous)
      }
  }
}
