import { sourceError } from '../errors.js'
import { exactNumber } from './exact-number.js'
import { classOfType, holds, VALUE_CLASSES, type ValueClass } from './value-class.js'

/** A column whose type is settled: declared in the header, or released before. */
export type ExpectedColumn = Readonly<{
  name: string
  type: string
  origin: 'declared' | 'released'
}>

/** Columns by name in lower case: to the engine, names that differ in case only are one. */
export type ExpectedColumns = ReadonlyMap<string, ExpectedColumn>

export const columnKey = (name: string): string => name.toLowerCase()

/** Declared types win over released ones: who edits the header says so. */
export function expectedColumns(
  declared: readonly { name: string; type: string }[],
  released: readonly { name: string; type: string }[],
): ExpectedColumns {
  const columns = new Map<string, ExpectedColumn>()
  for (const column of released) columns.set(columnKey(column.name), { ...column, origin: 'released' })
  for (const column of declared) columns.set(columnKey(column.name), { ...column, origin: 'declared' })
  return columns
}

/** Types that keep an empty text apart from NULL. */
export const isTextType = (type: string): boolean => /^(VARCHAR|TEXT|STRING|CHAR|BPCHAR)/i.test(type)

export const expectedClass = (column: ExpectedColumn | undefined): ValueClass =>
  column ? classOfType(column.type.toUpperCase()) : 'none'

/** What a settled column takes without changing it: texts that are `exact`, else values of the classes it holds. */
export type Judge =
  | Readonly<{ kind: 'exact'; fits: (text: string) => boolean }>
  | Readonly<{ kind: 'class'; classes: ReadonlySet<ValueClass> }>

export function judgeOf(column: ExpectedColumn, decimalPoint: string): Judge {
  const fits = exactNumber(column.type.toUpperCase(), decimalPoint)
  if (fits) return { kind: 'exact', fits }
  const wanted = expectedClass(column)
  const classes = new Set(VALUE_CLASSES.filter((found) => holds(wanted, found)))
  // Who declares a DOUBLE asks for the nearest one; a type that was found must not change values.
  if (wanted === 'double' && column.origin === 'declared') classes.add('long')
  return { kind: 'class', classes }
}

/** A value that its column's settled type cannot hold. */
export function misfit(
  value: { text: string; file: string; line: number; asset: string },
  column: ExpectedColumn,
): Error {
  const shown = value.text.length > 60 ? `${value.text.slice(0, 57)}…` : value.text
  const detail = `line ${value.line}: ${column.name} is ${JSON.stringify(shown)}, which is no ${column.type}`
  if (column.origin === 'released')
    return sourceError('SOURCE_SCHEMA_CHANGED', { asset: value.asset, detail: `${value.file}, ${detail}` })
  const format = /DATE|TIME/.test(column.type.toUpperCase())
    ? ' (written as 2024-01-31 or 2024-01-31 08:00:00 unless date_format or timestamp_format says how)'
    : ''
  return sourceError('SOURCE_FILE_UNREADABLE', { file: value.file, detail: `${detail}${format}` })
}
