import type { DuckDBConnection } from '@duckdb/node-api'
import type { LedgerEntry } from '../../engine.js'
import { RELEASES } from '../connection/schema.js'

/** The engine knows the largest numbers of a column without reading it. */
export async function readHighest(connection: DuckDBConnection): Promise<{ release: number; run: number }> {
  const reader = await connection.runAndReadAll(
    `select coalesce(max(release), 0)::DOUBLE, coalesce(max(run), 0)::DOUBLE from ${RELEASES}`,
  )
  const [release, run] = reader.getRows()[0] ?? []
  return { release: Number(release ?? 0), run: Number(run ?? 0) }
}

/** Releases above `after`, newest first. */
export async function readLedger(connection: DuckDBConnection, after: number): Promise<LedgerEntry[]> {
  const reader = await connection.runAndReadAll(
    `select release::DOUBLE, run::DOUBLE, environment, "at"::DOUBLE, relations from ${RELEASES} where release > ${after} order by release desc`,
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
