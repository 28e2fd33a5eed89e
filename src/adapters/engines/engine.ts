import type { ColumnBatch } from '../../columns/column-batch.js'
import type { Payload } from '../../columns/payload.js'
import type { AssetName, KeyedDeletes } from '../../domain/asset.js'
import type { Column } from '../../domain/column.js'
import type { Interval } from '../../domain/interval.js'
import type { Binder, Parameters } from '../../sql/bind.js'
import type { SqlParser } from '../../sql/parse.js'
import type { QueryResult } from './query-result.js'
import type { TenantCopies, TenantCopiesRequest } from './tenant-copies.js'

/**
 * The warehouse: where rows are kept and SQL runs. One physical table per build, in a schema of Millrace's own
 * that readers have no business in; what readers see are views named like the assets. A release moves views and
 * rows in one transaction and leaves a record in the ledger, in that same transaction.
 *
 * Every method that takes a `signal` stops within 100 ms of its abort and rejects with the signal's reason.
 * Driver errors leave an engine as `engineError(...)` with a code, transient or not.
 */
export interface Engine {
  readonly capabilities: EngineCapabilities
  readonly parse: SqlParser

  readonly bind: Binder

  /** Opens the names of one run: each asset name means what this run sees under it. */
  openWorkspace(run: number): Promise<Workspace>

  /** True if an open workspace of another run reads this physical relation as it is. */
  isRead(relation: string, exceptRun: number): boolean
  /** Makes candidates visible, all or none, and writes the ledger row in the same transaction. */
  release(request: ReleaseRequest, signal: AbortSignal): Promise<ReleaseOutcome>
  /** Releases above `after` that the ledger has, newest first: what state is reconciled with after a crash. */
  ledger(after?: number): Promise<readonly LedgerEntry[]>
  /** The highest numbers in the ledger, each by itself; 0 where it is empty. */
  highest(): Promise<{ release: number; run: number }>
  /**
   * Drops physical tables that are not in `keep`: candidates of dead runs, superseded versions. What a reader's view shows
   * stays whatever `keep` says: where the state was lost, readers keep what they see until the next release.
   */
  sweep(keep: ReadonlySet<string>): Promise<number>
  /**
   * Gives back what earlier releases left unused, where that is so much that it pays; null where it does not. Rows,
   * names and ledger stay as they are, readers may go on reading, and whatever cuts it off leaves a good warehouse.
   */
  compact(signal: AbortSignal): Promise<Compaction | null>

  /**
   * Changes of a delivered asset since `after`, last one per key, ready to be carried.
   * @throws ENGINE_CHANGES_LOST if a change since `after` was not kept: the delivery must carry all rows once.
   */
  openChanges(request: ChangesRequest): Promise<Changes>
  /** Forgets changes up to and including `release`, once they are delivered. */
  forgetChanges(delivery: string, release: number): Promise<void>
  /** Streams a released asset's rows as columns. */
  readColumns(request: ReadRequest, signal: AbortSignal): AsyncIterable<ColumnBatch>
  /** Writes a released asset's rows as Parquet (zstd) to `path`; resolves to rows and bytes. */
  writeParquet(
    request: ReadRequest & { path: string },
    signal: AbortSignal,
  ): Promise<{ rows: number; bytes: number }>
  /** Loads columns into a scratch relation and compares it with a released asset by key (`check --delivered`). */
  compare(request: CompareRequest, signal: AbortSignal): Promise<Comparison>

  /**
   * Runs one read-only statement on released rows, within limits of time, memory and size. Refuses anything that
   * writes, attaches or reads files.
   */
  query(request: QueryRequest, signal: AbortSignal): Promise<QueryResult>
  /** Released rows, cut by tenant into instances of their own: see `TenantCopies`. @throws ENGINE_TENANT_UNCUT */
  openTenantCopies(request: TenantCopiesRequest, signal: AbortSignal): Promise<TenantCopies>
  /** Size of the warehouse on disk and what memory it may use, for `doctor` and `status`. */
  statistics(): Promise<EngineStatistics>
  close(): Promise<void>
}

export interface EngineCapabilities {
  /** Several relations change in one transaction. If false, readers may see release n of one asset beside n + 1 of another for a moment. */
  readonly atomicRelease: boolean
  /** Percentage of a running statement is known. If false, the estimate comes from history alone. */
  readonly progress: boolean
  /** One process owns the files. If true, a second process is refused by name of the first. */
  readonly singleOwner: boolean
}

/** What a name means inside a run. */
export type Rows =
  /** A physical relation as it is: `Candidate.relation`, or the released one. */
  | Readonly<{ kind: 'relation'; relation: string; columns: readonly Column[] }>
  /** A statement, for assets that are views; names in it resolve in the same workspace. */
  | Readonly<{ kind: 'statement'; sql: string; parameters: Parameters }>
  /** What the released rows will be once `change` is applied to them. */
  | Readonly<{ kind: 'changed'; change: RowChange; columns: readonly Column[] }>

export interface Workspace {
  /** Says what `asset` means from now on in this run. */
  define(asset: AssetName, rows: Rows): Promise<void>
  /** Builds a candidate table from a statement, once per range when there are `ranges`, in one transaction. */
  build(request: BuildRequest, watch: StatementWatch, signal: AbortSignal): Promise<Candidate>
  /**
   * Builds a candidate from a payload (source or worker). The count of rows sent is compared with the count
   * loaded inside the loading transaction; a difference is ENGINE_ROWS_LOST and loads nothing.
   */
  ingest(request: IngestRequest, watch: StatementWatch, signal: AbortSignal): Promise<Candidate>
  /** Leaves out the rows of a candidate that lie in none of the ranges it was built for, and says how many those were. */
  keepInRanges(request: InRangesRequest, signal: AbortSignal): Promise<InRanges>
  /** Merged ranges of event time of a candidate, widened to whole hours UTC; with `also`, those of the rows it replaces. */
  touchedRanges(request: { candidate: Candidate; timeColumn: string; change: RowChange }): Promise<Interval[]>
  /**
   * True if applying the change leaves other rows than there are, set aside ones too once the candidate's were. Only
   * asked of merges and appends.
   */
  alters(request: { asset: AssetName; change: RowChange; columns: readonly Column[] }): Promise<boolean>
  /** First to last event time of what `asset` means in this run, end exclusive (1 ms past the last); empty without rows. Infinite times are left out. */
  extent(request: { asset: AssetName; timeColumn: string }): Promise<Interval[]>
  /**
   * How a candidate that replaces `live` whole differs from it: `same` if no row does, and the hours of event
   * time in which rows do (empty without a time column).
   */
  changedRanges(request: {
    candidate: Candidate
    live: string
    timeColumn: string | null
  }): Promise<{ same: boolean; ranges: Interval[] }>
  /** Moves rows of a candidate into its quarantine table-to-be, each with the first rule that picked it. */
  quarantine(request: QuarantineRequest): Promise<{ rows: number }>
  /**
   * Released quarantine of an asset: the rows that `check` has set aside and `condition` picks, which may read names
   * of the run, and the hours of event time they lie in. None where the rows, set aside when the asset had other
   * columns, cannot be asked any more.
   */
  quarantined(request: QuarantinedRequest, signal: AbortSignal): Promise<{ rows: number; ranges: Interval[] }>
  /** Runs a check's statement in the names of the run, with extra names of its own. */
  scan(request: ScanRequest, signal: AbortSignal): Promise<QueryResult>
  /** Writes an input as Parquet files for a worker process; one file per about 1 M rows. */
  writeInput(request: InputRequest, signal: AbortSignal): Promise<readonly string[]>
  /** Drops the candidates of this run that are not in `keep`, and gives their space back. Returns how many. */
  discard(keep: ReadonlySet<string>): Promise<number>
  close(): Promise<void>
}

export type StatementWatch = Readonly<{
  /** 0 to 100, as the engine says; called a few times a second at most. */
  onProgress?: (percent: number) => void
}>

export type Candidate = Readonly<{
  relation: string
  columns: readonly Column[]
  rows: number
  /** Size of the rows in bytes as the engine stores them, an estimate. */
  bytes: number
  /** Highest memory the engine used while building, where it says so. */
  peakMemoryBytes: number | null
}>

export type BuildRequest = Readonly<{
  asset: AssetName
  /** Physical name of the candidate, from `physicalName`. */
  relation: string
  /** One statement, or one for each of the `ranges`. */
  sql: string | readonly string[]
  parameters: Parameters
  /** Statement runs once per range with `$start` and `$end`; absent: once without. */
  ranges?: readonly Interval[]
  /** Where event time is: of rows that lie in another of the `ranges`, only those made for that one are kept. */
  timeColumn?: string
}>

export type InRangesRequest = Readonly<{
  asset: AssetName
  candidate: Candidate
  timeColumn: string
  /** Compared as TIMESTAMP WITH TIME ZONE. */
  ranges: readonly Interval[]
  /** Rows that lie here are left out too, but nothing is lost with them: these ranges are built in their turn. */
  later: readonly Interval[]
  /** Rows whose time is NULL stay: a check of the asset says what becomes of them. */
  keepNull: boolean
}>

export type InRanges = Readonly<{
  candidate: Candidate
  /** Rows left out that lie in neither `ranges` nor `later`. */
  outside: number
  /** The earliest time of those, epoch ms. */
  earliest: number | null
  /** Rows left out because their time is NULL or infinite, so that they lie in no range at all. */
  timeless: number
}>

export type IngestRequest = Readonly<{
  asset: AssetName
  relation: string
  /** Columns and types the candidate gets, in order; text is cast. Absent: as the files say. */
  columns?: readonly Column[]
  payload: Payload
}>

export type QuarantineRequest = Readonly<{
  asset: AssetName
  candidate: Candidate
  /** The first matching reason is kept beside the row. `rowIds` is a statement over `this`, which here has a column `rowid`, and yields `rowid`s. */
  rules: readonly { check: string; reason: string; rowIds: string }[]
  /** Names besides the assets' and `this` that `rowIds` may read: `after`. */
  names?: Readonly<Record<string, Rows>>
  /** Values for `$name` in `rowIds`. */
  parameters?: Parameters
  run: number
}>

export type ScanRequest = Readonly<{
  /** Names besides the assets', for this statement alone: `this` the candidate, `after` the rows as they will be. */
  names: Readonly<Record<string, Rows>>
  sql: string
  parameters: Parameters
}>

export type InputRequest = Readonly<{
  asset: AssetName
  columns?: readonly string[]
  orderBy?: readonly string[]
  /** Range of event time over `timeColumn`. */
  range?: Readonly<{ column: string; interval: Interval }>
  folder: string
}>

export type QuarantinedRequest = Readonly<{
  asset: AssetName
  check: string
  /** SQL over the alias `aside`. */
  condition: string
  /** Null: no ranges are asked for. */
  timeColumn: string | null
}>

/** How a candidate's rows meet the released ones. */
export type RowChange =
  /** The candidate becomes the released relation; nothing is copied. */
  | Readonly<{ kind: 'replace'; candidate: string; live: string | null }>
  /**
   * Rows of `live` inside `ranges` give way to the candidate's. Ranges compare `column` as TIMESTAMP WITH TIME ZONE.
   * Candidate rows outside the ranges are left out, and so are those whose time is NULL or infinite: they lie in none.
   */
  | Readonly<{ kind: 'ranges'; candidate: string; live: string; column: string; ranges: readonly Interval[] }>
  /** By key, NULL equal to NULL; of a key that the candidate holds twice, the last row counts. */
  | Readonly<{
      kind: 'merge'
      candidate: string
      live: string
      key: readonly string[]
      deletes: KeyedDeletes
      /** With `deletes: missing`: only rows in these ranges may be missing, the others were not computed. */
      within?: { column: string; ranges: readonly Interval[] }
      /** Relation with the keys that are gone upstream. */
      gone?: string
    }>
  /** Rows are added. With a key, or with ranges built before, rows already there are not added twice; of a key twice in the candidate, the first row counts. */
  | Readonly<{
      kind: 'append'
      candidate: string
      live: string
      key: readonly string[]
      again?: { column: string; ranges: readonly Interval[] }
    }>
  /** Rows that came from `files` give way to the candidate's; `fileColumn` says where a row came from. */
  | Readonly<{ kind: 'files'; candidate: string; live: string; fileColumn: string; files: readonly string[] }>

/** One asset's part of a release. */
export type ReleaseChange = Readonly<{
  asset: AssetName
  columns: readonly Column[]
  /** Rows to change, or the statement of a view asset. */
  change: RowChange | { kind: 'view'; sql: string; parameters: Parameters }
  /**
   * Of a change in place: changes a copy of this name, which becomes the released relation, and leaves `live` to those
   * who read it. Absent where nobody else does.
   */
  copyTo?: string
  /** Keeps changes for these deliveries, by key. */
  deliveries: readonly { delivery: string; key: readonly string[] }[]
  /** Quarantined rows of this run, shown in `quarantine.<schema>__<name>` from this release on. */
  quarantined: boolean
}>

export type ReleaseRequest = Readonly<{
  release: number
  run: number
  environment: string
  /** Epoch ms. */
  at: number
  changes: readonly ReleaseChange[]
  /** Views of assets that left the project. */
  retire: readonly AssetName[]
}>

export type ReleaseOutcome = Readonly<{
  /** Per asset: the released relation afterwards and its number of rows (null for views). */
  relations: readonly { asset: AssetName; relation: string; rows: number | null }[]
}>

/** Bytes the warehouse took before and after, and how many tables were written anew for it. */
export type Compaction = Readonly<{ bytesBefore: number; bytesAfter: number; tables: number }>

export type LedgerEntry = Readonly<{
  release: number
  run: number
  environment: string
  at: number
  relations: readonly { asset: AssetName; relation: string; rows: number | null }[]
}>

export type ChangesRequest = Readonly<{
  delivery: string
  asset: AssetName
  key: readonly string[]
  columns: readonly Column[]
  /** `all`: every released row, for a first or repaired delivery. A number: changes of later releases. */
  after: number | 'all'
}>

/** Changes to carry. Both streams may be read again from the start. */
export interface Changes {
  readonly columns: readonly Column[]
  readonly upserted: number
  readonly deleted: number
  /** Rows to insert or update, all columns. */
  upserts(signal: AbortSignal): AsyncIterable<ColumnBatch>
  /** Keys of rows to delete, key columns only, in `key` order. */
  deletes(signal: AbortSignal): AsyncIterable<ColumnBatch>
}

export type ReadRequest = Readonly<{
  asset: AssetName
  columns: readonly Column[]
  orderBy?: readonly string[]
}>

export type CompareRequest = Readonly<{
  asset: AssetName
  columns: readonly Column[]
  key: readonly string[]
  other: AsyncIterable<ColumnBatch>
}>

/** Rows by key: on one side only, or different. `samples` name up to ten of them. */
export type Comparison = Readonly<{
  missing: number
  extra: number
  different: number
  samples: readonly Readonly<Record<string, unknown>>[]
}>

export type QueryRequest = Readonly<{
  sql: string
  parameters: Parameters
  maxRows: number
  /** The query is stopped after this time, waiting for its turn included; absent: a usual one. */
  timeMs?: number
}>

export type { QueryResult }

export type EngineStatistics = Readonly<{
  name: string
  version: string
  bytes: number
  memoryLimitBytes: number
  /** What queries may take: so many at once, and so much more memory while they run. */
  queries: Readonly<{ atOnce: number; memoryBytes: number }>
  threads: number
  spillFolder: string
}>
