import type { AssetName } from '../../../../domain/asset.js'
import { type Column, columnNames } from '../../../../domain/column.js'
import { quoteName } from '../../../../sql/quote.js'

/**
 * The catalog under which the warehouse file is attached. The file is attached, not opened, so that the name does
 * not depend on the file's, and is long so that no asset schema is called the same: DuckDB would find
 * `warehouse.items` ambiguous.
 */
export const WAREHOUSE = 'millrace_warehouse'

/** Schemas of Millrace's own in the warehouse; readers have no business there. */
export const LEDGER_SCHEMA = 'millrace'
export const DATA_SCHEMA = 'millrace_data'
export const CHANGES_SCHEMA = 'millrace_changes'
/** Rows a check set aside, one table per candidate, until the release shows them. */
export const SET_ASIDE_SCHEMA = 'millrace_set_aside'
/** The only schema of these that readers see. */
export const QUARANTINE_SCHEMA = 'quarantine'

export const HIDDEN_SCHEMAS: ReadonlySet<string> = new Set([
  LEDGER_SCHEMA,
  DATA_SCHEMA,
  CHANGES_SCHEMA,
  SET_ASIDE_SCHEMA,
])

export const qualified = (catalog: string, schema: string, table: string): string =>
  `${catalog}.${quoteName(schema)}.${quoteName(table)}`

/** Schema and table of an asset. Names are validated by the project: exactly one dot. */
export function assetParts(asset: AssetName): { schema: string; table: string } {
  const dot = asset.indexOf('.')
  return { schema: asset.slice(0, dot), table: asset.slice(dot + 1) }
}

/** The view that readers see. */
export function readerView(asset: AssetName): string {
  const { schema, table } = assetParts(asset)
  return qualified(WAREHOUSE, schema, table)
}

/** A physical relation. Released views have no table of their own: their relation is the asset's name, with a dot. */
export const dataRelation = (relation: string): string =>
  relation.includes('.') ? readerView(relation) : qualified(WAREHOUSE, DATA_SCHEMA, relation)

export const setAsideTable = (relation: string): string => qualified(WAREHOUSE, SET_ASIDE_SCHEMA, relation)
export const changesTable = (delivery: string): string => qualified(WAREHOUSE, CHANGES_SCHEMA, delivery)

export const quarantineName = (asset: AssetName): string => asset.replace('.', '__')
export const quarantineTable = (asset: AssetName): string =>
  qualified(WAREHOUSE, QUARANTINE_SCHEMA, quarantineName(asset))

/** `"a", "b"`, each behind `alias.` where there is one. */
export function nameList(names: readonly string[], alias?: string): string {
  const prefix = alias === undefined ? '' : `${alias}.`
  return names.map((name) => prefix + quoteName(name)).join(', ')
}

export const columnList = (columns: readonly Column[], alias?: string): string =>
  nameList(columnNames(columns), alias)

/** `"a" INTEGER, "b" VARCHAR` for `create table`. */
export const columnDefinitions = (columns: readonly Column[]): string =>
  columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ')
