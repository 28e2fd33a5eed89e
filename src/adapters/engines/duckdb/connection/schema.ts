import type { DuckDBConnection } from '@duckdb/node-api'
import {
  CHANGES_SCHEMA,
  DATA_SCHEMA,
  LEDGER_SCHEMA,
  QUARANTINE_SCHEMA,
  qualified,
  SET_ASIDE_SCHEMA,
  WAREHOUSE,
} from '../statements/names.js'

/** What was released when; written in the transaction that shows the rows. */
export const RELEASES = qualified(WAREHOUSE, LEDGER_SCHEMA, 'releases')
/** Deliveries whose changes are kept, and the release after which none is missing. */
export const OUTBOXES = qualified(WAREHOUSE, LEDGER_SCHEMA, 'outboxes')

const SCHEMAS = [LEDGER_SCHEMA, DATA_SCHEMA, CHANGES_SCHEMA, SET_ASIDE_SCHEMA, QUARANTINE_SCHEMA]

/** Creates what Millrace keeps in the warehouse; nothing happens where it is there already. */
export async function createSchemas(connection: DuckDBConnection): Promise<void> {
  const statements = [
    ...SCHEMAS.map((schema) => `create schema if not exists ${WAREHOUSE}.${schema}`),
    `create table if not exists ${RELEASES}
      (release BIGINT, run BIGINT, environment VARCHAR, "at" BIGINT, relations VARCHAR)`,
    `create table if not exists ${OUTBOXES} (delivery VARCHAR, complete_since BIGINT)`,
  ]
  await connection.run(`begin; ${statements.join('; ')}; commit`)
}
