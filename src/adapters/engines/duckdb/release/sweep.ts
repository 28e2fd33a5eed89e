import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../../../../sql/quote.js'
import { DATA_SCHEMA, qualified, SET_ASIDE_SCHEMA, WAREHOUSE } from '../statements/names.js'

/** Drops the physical tables that are dead; returns how many. */
export async function sweepTables(
  connection: DuckDBConnection,
  isDead: (relation: string) => boolean,
): Promise<number> {
  const reader = await connection.runAndReadAll(
    `select schema_name, table_name from duckdb_tables() where database_name = ${quoteText(WAREHOUSE)} ` +
      `and schema_name in (${quoteText(DATA_SCHEMA)}, ${quoteText(SET_ASIDE_SCHEMA)})`,
  )
  const dead = reader
    .getRows()
    .map(([schema, table]) => ({ schema: String(schema), table: String(table) }))
    .filter(({ table }) => isDead(table))
  if (dead.length > 0) {
    const drops = dead.map(({ schema, table }) => `drop table ${qualified(WAREHOUSE, schema, table)};`)
    await connection.run(`begin; ${drops.join(' ')} commit`)
  }
  return dead.length
}
