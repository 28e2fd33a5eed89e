import type { Json } from '../base/json.js'
import type { Check } from './check.js'
import type { Column } from './column.js'
import type { Grain } from './interval.js'
import type { Schedule } from './schedule.js'

/** `schema.name`, from the file's path: `assets/staging/readings.sql` is `staging.readings`. */
export type AssetName = string

export const MATERIALIZATIONS = ['table', 'view', 'incremental', 'keyed', 'append'] as const
/**
 * How an asset's rows are kept. `table`: replaced whole. `view`: a statement, no rows. `incremental`: the
 * touched ranges of event time are replaced. `keyed`: merged by key. `append`: added, never changed.
 */
export type Materialization = (typeof MATERIALIZATIONS)[number]

/** Event time: the column, the step the asset is built in, and how far back each build reaches again. */
export type TimeSpec = Readonly<{ column: string; grain: Grain; lookbackMs: number }>

/** A column as the header declares it; `type` is missing where the engine is to find out. */
export type DeclaredColumn = Readonly<{ name: string; type?: string; description?: string }>

export const LOADS = ['full', 'incremental', 'keyed'] as const
export type Load = (typeof LOADS)[number]

export const FILE_FORMATS = ['csv', 'parquet', 'ndjson'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

/** Where a source's rows come from. `connection` names an entry of `connections:` in millrace.yaml. */
export type SourceSpec =
  | Readonly<{
      kind: 'postgres'
      connection: string
      table: string
      load: Load
      cursor?: string
      /** Rows that vanished upstream are found by comparing keys at each load. */
      deletes: boolean
    }>
  | Readonly<{
      kind: 'files'
      connection: string
      /** Glob below the connection's folder. */
      path: string
      format: FileFormat
      /**
       * Reader's options under the names of the header: header, delimiter, quote, escape, null (text or list of
       * texts), date_format, timestamp_format, encoding, skip, comment, decimal_separator, null_padding, union_by_name.
       */
      options: Readonly<Record<string, Json>>
    }>

/** A delivery as declared. `table` for Postgres, `path` for Parquet. `adopt`: take over a table with foreign rows. */
export type DeliverySpec =
  | Readonly<{ kind: 'postgres'; connection: string; table: string; adopt: boolean }>
  | Readonly<{ kind: 'parquet'; connection: string; path: string }>

/** Stable identity of a delivery inside a project: `marts.traffic_hourly>app:insights.traffic_hourly`. */
export function deliveryId(asset: AssetName, delivery: DeliverySpec): string {
  const target = delivery.kind === 'postgres' ? delivery.table : delivery.path
  return `${asset}>${delivery.connection}:${target}`
}

export type Body =
  | Readonly<{
      kind: 'sql'
      /**
       * The file's text with the header blanked out by spaces, so that positions are the file's and a header may
       * hold what would end a comment (`schedule: '*\/15 * * * *'`).
       */
      text: string
      /** Parse tree without positions, comments and formatting: what the fingerprint sees. */
      canonical: string
      /** Names used as `$name`: `start`, `end` and vars. */
      parameters: readonly string[]
    }>
  | Readonly<{
      kind: 'typescript'
      /** Absolute path of the module. */
      path: string
      /** Digest of the file and of the project's files it imports, comments and formatting left out. */
      code: string
    }>
  | Readonly<{ kind: 'source'; source: SourceSpec }>

/** Rows a keyed asset removes: none, those its query no longer yields, or those a boolean column marks. */
export type KeyedDeletes = 'none' | 'missing' | Readonly<{ when: string }>

/** Line and column, from 1, of parts of a header by path: `key.0`, `time.column`, `columns.visits.type`. */
export type Places = Readonly<Record<string, Readonly<{ line: number; column: number }>>>

export type Asset = Readonly<{
  name: AssetName
  /** Relative to the project folder, forward slashes. */
  file: string
  /** Line of the header's first key, to point at. */
  line: number
  description: string
  owner: string
  tags: readonly string[]
  materialize: Materialization
  key: readonly string[]
  time?: TimeSpec
  deletes: KeyedDeletes
  columns: readonly DeclaredColumn[]
  checks: readonly Check[]
  /** When it is built by itself. Not part of what its rows are. */
  schedule: Schedule
  budget: Readonly<{ durationMs?: number }>
  /** A step longer than this is stopped and failed. */
  timeoutMs: number
  /** Tries after the first, for transient errors only. */
  retries: number
  /** Incomplete intervals (those that end after now) are built too. */
  allowIncomplete: boolean
  deliver: readonly DeliverySpec[]
  /** Assets this one reads, sorted. From the parser for SQL, from `inputs:` for TypeScript. */
  inputs: readonly AssetName[]
  /** Assets its checks look at besides: judged after them, but not built from them. */
  checkReads: readonly AssetName[]
  body: Body
  /** For pointing at the header; never part of what the asset is. */
  places?: Places
}>

/** The columns whose types are declared, for assets whose rows no parser can predict. */
export function declaredTypes(asset: Asset): Column[] {
  return asset.columns.flatMap(({ name, type }) => (type === undefined ? [] : [{ name, type }]))
}
