import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../../../../sql/quote.js'
import { DATA_SCHEMA, qualified, SET_ASIDE_SCHEMA, WAREHOUSE } from '../statements/names.js'

/** Drops the physical tables that are dead and that no reader's view shows; returns how many. */
export async function sweepTables(
  connection: DuckDBConnection,
  isDead: (relation: string) => boolean,
): Promise<number> {
  const reader = await connection.runAndReadAll(
    `select schema_name, table_name from duckdb_tables() where database_name = ${quoteText(WAREHOUSE)} ` +
      `and schema_name in (${quoteText(DATA_SCHEMA)}, ${quoteText(SET_ASIDE_SCHEMA)})`,
  )
  const unused = reader
    .getRows()
    .map(([schema, table]) => ({ schema: String(schema), table: String(table) }))
    .filter(({ table }) => isDead(table))
  const shown = unused.length > 0 ? await shownTables(connection) : new Set()
  const dead = unused.filter(({ table }) => !shown.has(table))
  if (dead.length > 0) {
    const drops = dead.map(({ schema, table }) => `drop table ${qualified(WAREHOUSE, schema, table)};`)
    await connection.run(`begin; ${drops.join(' ')} commit`)
  }
  return dead.length
}

/** Tables that views of readers select from, whatever the state knows of them: dropping one would take the view along. */
async function shownTables(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const reader = await connection.runAndReadAll(
    `select unnest(regexp_extract_all(sql, ${quoteText(`${DATA_SCHEMA}\\."?([^" ;]+)"?`)}, 1)) from duckdb_views() ` +
      `where database_name = ${quoteText(WAREHOUSE)} and not internal and contains(sql, ${quoteText(DATA_SCHEMA)})`,
  )
  return new Set(reader.getRows().map(([table]) => String(table)))
}
