import type { ColumnBatch } from '../../columns/column-batch.js'
import type { Column } from '../../domain/column.js'

/**
 * The outside that released rows are carried to: one sink per connection. A delivery of a release to one
 * connection happens whole or not at all, with a ledger row written in the same transaction.
 */
export interface Sink {
  /** What the target itself says was delivered: decides after a crash. Empty where nothing ever was. */
  ledger(signal: AbortSignal): Promise<readonly SinkLedgerEntry[]>
  deliver(request: DeliverRequest, signal: AbortSignal): Promise<readonly TableOutcome[]>
  /** Reads a delivered table back, to compare it with the release. */
  read(table: string, columns: readonly Column[], signal: AbortSignal): AsyncIterable<ColumnBatch>
  close(): Promise<void>
}

export type SinkLedgerEntry = Readonly<{ delivery: string; target: string; release: number }>

export type DeliverRequest = Readonly<{
  project: string
  environment: string
  release: number
  /** Epoch ms of the release. */
  at: number
  tables: readonly TableDelivery[]
}>

export type TableDelivery = Readonly<{
  delivery: string
  /** `schema.table` for Postgres, a path for files. */
  target: string
  asset: string
  columns: readonly Column[]
  key: readonly string[]
  /**
   * `all`: the streams hold every row, and what the target has beyond them goes; always carried out. `changes`:
   * by key; skipped where the ledger has exactly this release already (a crash came after the commit).
   */
  mode: 'all' | 'changes'
  /** Take over a table that has rows no ledger knows of. */
  adopt: boolean
  upserts: (signal: AbortSignal) => AsyncIterable<ColumnBatch>
  deletes: (signal: AbortSignal) => AsyncIterable<ColumnBatch>
  /** For file targets: writes the rows to a path. */
  writeParquet: (path: string, signal: AbortSignal) => Promise<{ rows: number; bytes: number }>
}>

export type TableOutcome = Readonly<{
  delivery: string
  inserted: number
  updated: number
  deleted: number
}>
