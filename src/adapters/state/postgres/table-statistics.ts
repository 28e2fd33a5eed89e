import { z } from 'zod'
import { type Database, parseRows } from './database.js'

/** Tables that one run may fill from nothing. */
const FILLED_BY_RUNS = [
  'millrace_state.steps',
  'millrace_state.metrics',
  'millrace_state.check_results',
  'millrace_state.step_slots',
]
/** Fewer new rows lead no plan astray. */
const LEAST_ROWS = 500
/** New rows for each that the statistics know of. */
const LEAST_SHARE = 0.5

const knownRow = z.object({ known: z.number() })

/**
 * Brings the server's statistics up to date after `written` rows at once. Autovacuum does so within a minute or two,
 * but a first run of a thousand assets is read back at once, and without statistics its joins are planned for empty
 * tables: minutes instead of milliseconds.
 */
export async function refreshStatistics(database: Database, written: number): Promise<void> {
  if (written < LEAST_ROWS) return
  const rows = await database.query({
    text: `select greatest(sum(reltuples), 0)::float8 as known from pg_class where oid = any($1::regclass[])`,
    values: [FILLED_BY_RUNS],
  })
  const known = parseRows(knownRow, rows, 'steps')[0]?.known ?? 0
  if (written >= known * LEAST_SHARE) await database.query({ text: `analyze ${FILLED_BY_RUNS.join(', ')}` })
}
