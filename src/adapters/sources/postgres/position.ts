import type { Json } from '../../../base/json.js'
import type { Column } from '../../../domain/column.js'

/**
 * How far a table has been read by its cursor.
 *
 * Numbers are drawn before their rows are committed, so the largest cursor seen says little about the rows below
 * it. A mark keeps what was known at one load: the largest cursor, then the transactions that were running. A row
 * at or below the mark that this load could not see belongs to one of them. Once none of them runs any more, all
 * rows up to the mark have been visible to some load, and the mark becomes `safe`. Until then, each load reads
 * again from `safe`, and the merge by key keeps rows from being doubled.
 */
export type CursorPosition = Readonly<{
  /** Rows with a smaller cursor have all been read. Null: read from the beginning. */
  safe: string | null
  /** Oldest first, cursors growing. */
  pending: readonly Mark[]
}>

export type Mark = Readonly<{ cursor: string; running: readonly string[] }>

export type Position = Readonly<{
  /** Columns upstream had, in engine types: what a change is told against. */
  columns: readonly Column[]
  cursor?: Readonly<{ column: string }> & CursorPosition
  files?: PartFiles
}>

/** The files that rows lay in, by table: one, or that of each partition. */
export type PartFiles = Readonly<Record<string, string>>

/** True where a part that had rows was truncated, or written anew. New parts and those that went are no reason. */
export const isRewritten = (before: PartFiles, now: PartFiles): boolean =>
  Object.entries(before).some(([part, file]) => now[part] !== undefined && now[part] !== file)

/** What a load saw before it took its snapshot: first the largest cursor, then who was running. */
export type Sighting = Readonly<{
  /** Null: the table has no row with a cursor. */
  largest: string | null
  running: readonly string[]
  /** Transactions that were prepared for two-phase commit lose the name they ran under: they hold all marks back. */
  prepared: readonly string[]
}>

/** Dropping a mark only delays progress. The newest stays, so that the window cannot grow without end. */
const MAX_MARKS = 16

/** The position after a load that read everything from `position.safe` on. */
export function advance(position: CursorPosition, sighting: Sighting): CursorPosition {
  const { largest, prepared } = sighting
  const running = new Set(sighting.running)
  const isOver = (mark: Mark) => prepared.length === 0 && !mark.running.some((name) => running.has(name))
  const waiting = [...position.pending]
  let { safe } = position
  for (let over = waiting.findLastIndex(isOver); over >= 0; over--) {
    const mark = waiting.shift() as Mark
    safe = mark.cursor
  }
  if (largest === null) return { safe, pending: waiting }
  if (sighting.running.length + prepared.length === 0) return { safe: largest, pending: [] }
  const known = largest === (waiting.at(-1)?.cursor ?? safe)
  if (!known) waiting.push({ cursor: largest, running: [...sighting.running, ...prepared] })
  if (waiting.length > MAX_MARKS) waiting.splice(MAX_MARKS - 1, waiting.length - MAX_MARKS)
  return { safe, pending: waiting }
}

/** True when no row can have come since `position`: the largest cursor is one below which all was read. */
export function isSettled(position: CursorPosition, sighting: Sighting): boolean {
  return position.pending.length === 0 && position.safe === sighting.largest
}

/** A position as the state kept it; null where it is none, or of another cursor. */
export function parsePosition(json: Json, cursor: string | undefined): Position | null {
  if (!isObject(json) || !Array.isArray(json.columns)) return null
  const columns = json.columns.flatMap((column) =>
    isObject(column) ? [{ name: String(column.name), type: String(column.type) }] : [],
  )
  if (cursor === undefined) return { columns }
  const kept = json.cursor
  if (!isObject(kept) || kept.column !== cursor || !Array.isArray(kept.pending)) return null
  const pending = kept.pending.flatMap((mark) =>
    isObject(mark) && Array.isArray(mark.running)
      ? [{ cursor: String(mark.cursor), running: mark.running.map(String) }]
      : [],
  )
  const safe = typeof kept.safe === 'string' ? kept.safe : null
  const files = isObject(json.files)
    ? Object.fromEntries(Object.entries(json.files).map(([part, file]) => [part, String(file)]))
    : undefined
  return {
    columns,
    cursor: { column: cursor, safe, pending },
    ...(files && { files }),
  }
}

function isObject(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
