import type { Client } from 'pg'
import type { Asset } from '../../../domain/asset.js'
import type { Column, ColumnDifference } from '../../../domain/column.js'
import { diffColumns, sameColumns } from '../../../domain/column.js'
import { sourceError } from '../errors.js'
import { isReservedColumn } from '../reserved-column.js'
import { nearestName, nearestTable, readTable, type UpstreamTable } from './catalog.js'
import { declareType } from './declared-types.js'
import { type MappedColumn, mapColumn, type UpstreamColumn } from './type-map.js'

/** The table upstream, and its columns as they come over. */
export type Upstream = Readonly<{
  table: UpstreamTable
  /** Types as upstream has them, whatever the asset declares: what a change is told against. */
  natural: readonly Column[]
  columns: readonly MappedColumn[]
}>

/** @throws SOURCE_TABLE_MISSING, SOURCE_COLUMN_MISSING, SOURCE_SCHEMA_CHANGED where a declared type does not fit. */
export async function readUpstream(
  client: Client,
  asset: Asset,
  at: { connection: string; table: string },
): Promise<Upstream> {
  const table = await readTable(client, at.table)
  if (!table)
    throw sourceError('SOURCE_TABLE_MISSING', { ...at, nearest: await nearestTable(client, at.table) })
  refuseUnfit(at.table, table)
  const natural = table.columns.map(mapColumn)
  for (const name of [...asset.columns.map((column) => column.name), ...asset.key])
    findColumn(table, at.table, name)
  const declared = new Map(asset.columns.map((column) => [column.name, column.type]))
  const columns = natural.map((mapped) => {
    const type = declared.get(mapped.name)
    return type === undefined ? mapped : asDeclared(asset, mapped, type)
  })
  return { table, natural: natural.map(({ name, type }) => ({ name, type })), columns }
}

/** What no table of the warehouse can be, or would hide without a word. */
function refuseUnfit(table: string, { columns }: UpstreamTable): void {
  const unfit = (detail: string) => sourceError('SOURCE_COLUMNS_UNFIT', { table, detail })
  if (columns.length === 0) throw unfit('it has no columns that could be read')
  const names = new Map<string, string>()
  for (const { name } of columns) {
    if (isReservedColumn(name)) throw unfit(`${name} begins like the columns that Millrace adds`)
    const other = names.get(name.toLowerCase())
    if (other !== undefined) throw unfit(`the columns ${other} and ${name} differ in letter case only`)
    names.set(name.toLowerCase(), name)
  }
}

export function findColumn(table: UpstreamTable, tableName: string, column: string): UpstreamColumn {
  const found = table.columns.find(({ name }) => name === column)
  if (found) return found
  const nearest = nearestName(
    column,
    table.columns.map(({ name }) => name),
  )
  throw sourceError('SOURCE_COLUMN_MISSING', { table: tableName, column, nearest })
}

function asDeclared(asset: Asset, mapped: MappedColumn, type: string): MappedColumn {
  const column = declareType(mapped, { name: mapped.name, type })
  if (column) return column
  const detail = `${mapped.name} is ${mapped.type} upstream, which ${type} in columns: would round or cut`
  throw sourceError('SOURCE_SCHEMA_CHANGED', { asset: asset.name, detail })
}

/** @throws SOURCE_SCHEMA_CHANGED where upstream's columns are not those of the last released load. */
export function compareColumns(asset: string, before: readonly Column[], upstream: Upstream): void {
  const difference = diffColumns(before, upstream.natural)
  if (!sameColumns(difference))
    throw sourceError('SOURCE_SCHEMA_CHANGED', { asset, detail: describeDifference(difference) })
}

function describeDifference({ added, removed, retyped }: ColumnDifference): string {
  return [
    ...added.map(({ name, type }) => `column ${name} ${type} is new`),
    ...removed.map(({ name, type }) => `column ${name} ${type} is gone`),
    ...retyped.map(({ name, before, after }) => `column ${name} was ${before} and is ${after}`),
  ].join(', ')
}
