import type { QueryResult, Rows, Workspace } from '../../adapters/engines/engine.js'
import { MillraceError } from '../../base/errors.js'
import type { Json } from '../../base/json.js'
import type { Parameters } from '../../sql/bind.js'

/** A statement's rows, or why the engine could not run it: an author's mistake is a result, not an exception. */
export type Scanned = Readonly<
  { ok: true; columns: readonly string[]; rows: QueryResult['rows'] } | { ok: false; problem: string }
>

export type Scanner = (sql: string) => Promise<Scanned>

export type ScannerOptions = Readonly<{
  workspace: Pick<Workspace, 'scan'>
  thisRows: Rows
  afterRows: Rows
  parameters: Parameters
}>

/** Codes that say the statement is at fault. Anything else (memory, disk, a lost engine) ends the step. */
const STATEMENT_FAULTS: ReadonlySet<string> = new Set([
  'ENGINE_STATEMENT_FAILED',
  'ENGINE_QUERY_REFUSED',
  'ENGINE_INPUT_UNREADABLE',
])

/**
 * Runs checks' statements over `this` and `after`. Equal statements run once, so two checks that need the same
 * rows share a scan; make a new scanner when the rows have changed.
 */
export function createScanner(options: ScannerOptions, signal: AbortSignal): Scanner {
  const done = new Map<string, Scanned>()
  const names = { this: options.thisRows, after: options.afterRows }
  return async (sql) => {
    signal.throwIfAborted()
    const known = done.get(sql)
    if (known) return known
    const scanned = await scan(options, mentioned(names, sql), sql, signal)
    done.set(sql, scanned)
    return scanned
  }
}

/** The names a statement may read; what it does not mention need not be made ready. */
export function mentioned(
  names: Readonly<Record<string, Rows>>,
  sql: string,
): Readonly<Record<string, Rows>> {
  const lower = sql.toLowerCase()
  return Object.fromEntries(Object.entries(names).filter(([name]) => lower.includes(name)))
}

async function scan(
  { workspace, parameters }: ScannerOptions,
  names: Readonly<Record<string, Rows>>,
  sql: string,
  signal: AbortSignal,
): Promise<Scanned> {
  try {
    const { columns, rows } = await workspace.scan({ names, sql, parameters }, signal)
    return { ok: true, columns: columns.map((column) => column.name), rows }
  } catch (error) {
    if (signal.aborted || !isStatementFault(error)) throw error
    return { ok: false, problem: describe(error) }
  }
}

export const isStatementFault = (error: unknown): error is MillraceError =>
  error instanceof MillraceError && STATEMENT_FAULTS.has(error.code)

/** The engine's own words, with the code they came under. The place it names is one in our statement, not the author's. */
function describe(error: MillraceError): string {
  const { detail } = error.params
  const text = typeof detail === 'string' ? detail : error.message
  return `${text.replace(/ \(line \d+, column \d+\)$/, '')} (${error.code})`
}

/** A count as a number: engines give integers beyond 2^53, and sums, as text. */
export const toNumber = (value: Json | undefined): number => Number(value ?? 0)
