import type { AssetName } from '../../domain/asset.js'
import type { Column } from '../../domain/column.js'
import type { Parameters } from '../../sql/bind.js'
import type { QueryResult } from './query-result.js'

/** What is copied of one released asset. */
export type CopiedAsset = Readonly<{
  asset: AssetName
  /** Order of the copied rows: what identifies a row. Empty: by all columns. */
  key: readonly string[]
  /** Everybody may see rows of it where it has no tenant column. Where it has one, it is cut like the others. */
  shared: boolean
}>

export type TenantCopiesRequest = Readonly<{
  assets: readonly CopiedAsset[]
  /** The tenant column of the project. Null: nothing is cut, and the only copy is that of `null`. */
  tenantColumn: string | null
}>

/**
 * Released rows of a few assets, all of one release, handed out tenant by tenant. A tenant's rows are copied into a
 * database of its own, in an engine in memory that holds nobody else's and cannot open files, load extensions or be told
 * otherwise. Whatever is asked there, no other tenant's row exists. Rows without a tenant go to nobody. Nothing is written to a file of its
 * own; the rows of all tenants are read once, when the first copy is opened.
 */
export interface TenantCopies {
  /** Newest release of these rows' warehouse; 0 before the first. */
  readonly release: number
  /** Ids of all tenants that have rows in an asset that is cut, as text, sorted. */
  readonly tenants: readonly string[]
  readonly assets: readonly Readonly<{ asset: AssetName; columns: readonly Column[]; cut: boolean }>[]
  /** The id as the tenant column spells it: in an INTEGER column `007` is `7`. Null: it is none of `tenants`. */
  find(tenant: string): Promise<string | null>
  /** A copy with the columns and no rows. */
  openEmpty(): Promise<TenantCopy>
  /** `null`: all rows, where nothing is cut. Copies are independent of each other. */
  open(tenant: string | null, signal: AbortSignal): Promise<TenantCopy>
  close(): Promise<void>
}

/** One tenant's rows. */
export interface TenantCopy {
  /** Rows of all assets together. */
  readonly rows: number
  /**
   * Runs one SELECT over the assets and the results kept before. With `keepAs` all its rows are kept under that name.
   * @throws ENGINE_QUERY_FAILED, ENGINE_QUERY_REFUSED, ENGINE_OUT_OF_MEMORY
   */
  query(request: CopyQuery, signal: AbortSignal): Promise<QueryResult>
  close(): void
}

export type CopyQuery = Readonly<{
  sql: string
  parameters: Parameters
  keepAs: string | null
  maxRows: number
}>
