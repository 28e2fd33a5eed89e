import { closest, distance } from 'fastest-levenshtein'
import { sourceError } from '../errors.js'
import { isReservedColumn } from '../reserved-column.js'
import { columnKey, type ExpectedColumn, type ExpectedColumns } from './expected-columns.js'
import type { ReadColumn } from './file-reading.js'
import { typeOfClass, type ValueClass, widen } from './value-class.js'

/** One file's columns, as far as merging needs to know. */
export type ScannedColumns = Readonly<{
  file: Readonly<{ file: string }>
  scan: Readonly<{
    columns: readonly {
      name: string
      reading: { valueClass: ValueClass; expected: ExpectedColumn | undefined }
    }[]
  }>
}>

export type MergeContext = Readonly<{
  asset: string
  expected: ExpectedColumns
  declaredNames: readonly string[]
  /** Columns loaded before, in their order. */
  releasedNames: readonly string[]
  /** Files may lack each other's columns. */
  unionByName: boolean
}>

/**
 * The columns of all files together: settled types stay, the others get the narrowest type that holds what every
 * file has. In the order they were first released in, else of the first file.
 * @throws SOURCE_SCHEMA_CHANGED where files differ in their columns.
 */
export function mergeColumns(files: readonly ScannedColumns[], context: MergeContext): ReadColumn[] {
  const found = new Map<string, { name: string; valueClass: ValueClass }>()
  for (const name of context.releasedNames) found.set(columnKey(name), { name, valueClass: 'none' })
  const released = new Set(found.keys())
  for (const { file, scan } of files)
    refuseReserved(
      file.file,
      scan.columns.map(({ name }) => name),
    )
  for (const one of files) refuseOtherColumns(one, files[0]!, released, context)
  for (const { scan } of files)
    for (const { name, reading } of scan.columns) {
      const key = columnKey(name)
      const before = found.get(key)
      found.set(key, {
        name: before?.name ?? name,
        valueClass: widen(before?.valueClass ?? 'none', reading.valueClass),
      })
    }
  refuseMissingDeclared(files[0], new Set(found.keys()), context)
  const declared = new Map(context.declaredNames.map((name) => [columnKey(name), name]))
  return [...found].map(([key, { name, valueClass }]) => {
    const expected = context.expected.get(key)
    return {
      name: declared.get(key) ?? expected?.name ?? name,
      type: expected?.type ?? typeOfClass(valueClass),
    }
  })
}

function refuseOtherColumns(
  one: ScannedColumns,
  first: ScannedColumns,
  released: ReadonlySet<string>,
  { asset, unionByName }: MergeContext,
): void {
  // What is released has its columns: later files may lack some, but bring no others.
  if (unionByName && released.size === 0) return
  const names = new Map(one.scan.columns.map(({ name }) => [columnKey(name), name]))
  const wanted = released.size > 0 ? released : new Set(first.scan.columns.map(({ name }) => columnKey(name)))
  const added = [...names].filter(([key]) => !wanted.has(key)).map(([, name]) => name)
  const missing = unionByName ? [] : [...wanted].filter((key) => !names.has(key))
  if (added.length + missing.length === 0) return
  const parts = [
    ...(added.length > 0 ? [`has ${list(added)} more`] : []),
    ...(missing.length > 0 ? [`lacks ${list(missing)}`] : []),
  ]
  const differs = `${one.file.file} ${parts.join(' and ')} than`
  if (released.size === 0)
    throw sourceError('SOURCE_FILES_DIFFER', { asset, detail: `${differs} ${first.file.file}` })
  throw sourceError('SOURCE_SCHEMA_CHANGED', {
    asset,
    detail: `${differs} the files loaded before${missing.length > 0 ? ' (union_by_name: true fills what is missing with NULL)' : ''}`,
  })
}

/** @throws SOURCE_COLUMNS_UNFIT for names that Millrace would hide from readers. */
export function refuseReserved(file: string, names: Iterable<string>): void {
  for (const name of names)
    if (isReservedColumn(name))
      throw sourceError('SOURCE_COLUMNS_UNFIT', {
        table: file,
        detail: `${name} begins like the columns that Millrace adds`,
      })
}

const list = (names: readonly string[]): string =>
  `${names.length === 1 ? 'column' : 'columns'} ${names.join(', ')}`

function refuseMissingDeclared(
  first: ScannedColumns | undefined,
  found: ReadonlySet<string>,
  { declaredNames }: MergeContext,
): void {
  if (!first) return
  for (const column of declaredNames) {
    if (found.has(columnKey(column))) continue
    const names = first.scan.columns.map(({ name }) => name)
    const nearest = names.length > 0 ? closest(column, names) : null
    const isNear =
      nearest !== null && distance(columnKey(column), columnKey(nearest)) <= column.length / 3 + 1
    throw sourceError('SOURCE_COLUMN_MISSING', {
      table: first.file.file,
      column,
      nearest: isNear ? nearest : null,
    })
  }
}
