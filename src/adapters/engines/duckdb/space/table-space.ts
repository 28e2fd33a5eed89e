import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import { countRows } from '../statements/count-rows.js'
import { qualified, WAREHOUSE } from '../statements/names.js'

export type Table = Readonly<{ schema: string; name: string }>

/** A table's blocks; one that small tables share counts in parts. `last` is the one nearest to the file's end. */
export type TableSpace = Readonly<{ table: Table; blocks: number; last: number; deadShare: number }>

/** Below this deleted rows take less than a block, and are not counted. */
const FEWEST_ROWS = 10_000
const TABLES_AT_ONCE = 200

export const relationOf = ({ schema, name }: Table): string => qualified(WAREHOUSE, schema, name)

/** Tables of the warehouse, each with the share of its rows that are deleted and still take room. */
export async function readTables(
  connection: DuckDBConnection,
): Promise<readonly { table: Table; deadShare: number }[]> {
  const reader = await connection.runAndReadAll(
    'select schema_name, table_name, estimated_size::DOUBLE from duckdb_tables() ' +
      `where database_name = ${quoteText(WAREHOUSE)}`,
  )
  const tables = reader.getRows().map(([schema, name, stored]) => ({
    table: { schema: String(schema), name: String(name) },
    stored: Number(stored ?? 0),
  }))
  const large = tables.filter(({ stored }) => stored >= FEWEST_ROWS)
  const counts = await countRows(
    connection,
    large.map(({ table }) => relationOf(table)),
  )
  const alive = new Map(large.map(({ table }, index) => [table, counts[index]]))
  return tables.map(({ table, stored }) => ({
    table,
    deadShare: 1 - (alive.get(table) ?? stored) / stored || 0,
  }))
}

/** Where tables lie in the file, as of the last checkpoint. */
export async function readSpace(
  connection: DuckDBConnection,
  tables: readonly { table: Table; deadShare: number }[],
): Promise<readonly TableSpace[]> {
  const found: { index: number; block: number }[] = []
  for (const some of chunks(tables.map((one, index) => ({ ...one, index })))) {
    const parts = some.map(({ table, index }) => {
      const name = quoteText(`${WAREHOUSE}.${quoteName(table.schema)}.${quoteName(table.name)}`)
      return `select ${index} as owner, unnest(list_append(additional_block_ids, block_id)) as block from pragma_storage_info(${name})`
    })
    const distinct = `select distinct owner, block::DOUBLE from (${parts.join(' union all ')}) where block >= 0`
    const rows = (await connection.runAndReadAll(distinct)).getRows()
    found.push(...rows.map(([owner, block]) => ({ index: Number(owner), block: Number(block) })))
  }
  return shared(tables, found)
}

function shared(
  tables: readonly { table: Table; deadShare: number }[],
  found: readonly { index: number; block: number }[],
): TableSpace[] {
  const users = new Map<number, number>()
  for (const { block } of found) users.set(block, (users.get(block) ?? 0) + 1)
  const spaces = tables.map((one) => ({ ...one, blocks: 0, last: -1 }))
  for (const { index, block } of found) {
    const space = spaces[index]
    if (!space) continue
    space.blocks += 1 / (users.get(block) ?? 1)
    space.last = Math.max(space.last, block)
  }
  return spaces
}

function chunks<T>(list: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < list.length; at += TABLES_AT_ONCE) parts.push(list.slice(at, at + TABLES_AT_ONCE))
  return parts
}
