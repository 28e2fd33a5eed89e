import type { DuckDBConnection } from '@duckdb/node-api'
import type { LedgerEntry } from '../../engine.js'
import { RELEASES } from '../connection/schema.js'

/** Releases, newest first. */
export async function readLedger(connection: DuckDBConnection): Promise<LedgerEntry[]> {
  const reader = await connection.runAndReadAll(
    `select release::DOUBLE, run::DOUBLE, environment, "at"::DOUBLE, relations from ${RELEASES} order by release desc`,
  )
  return reader.getRows().map(([release, run, environment, at, relations]) => ({
    release: Number(release),
    run: Number(run),
    environment: String(environment),
    at: Number(at),
    // Written by `release.ts` in the same warehouse.
    relations: JSON.parse(String(relations)) as LedgerEntry['relations'],
  }))
}
