import type { Json } from '../base/json.js'
import type { AssetName } from '../domain/asset.js'
import type { Column } from '../domain/column.js'

/** Values for `$name`. `start`, `end` and `previous_start` are epoch ms and become TIMESTAMP WITH TIME ZONE. */
export type Parameters = Readonly<Record<string, Json>>

/**
 * Output columns of statements without running them. `known` are relations that exist (sources, released
 * assets); `statements` come in dependency order and see the ones before them. Works on empty tables in a
 * scratch catalog, so it needs no rows and no lock. Implemented by an engine.
 */
export type Binder = (request: BindRequest) => Promise<BindResult[]>

export type BindRequest = Readonly<{
  known: readonly { asset: AssetName; columns: readonly Column[] }[]
  statements: readonly { asset: AssetName; sql: string; parameters: Parameters }[]
}>

/** Columns of a statement, or why it cannot be bound, with the engine's own nearest names in the message. */
export type BindResult = Readonly<
  | { asset: AssetName; ok: true; columns: readonly Column[] }
  | { asset: AssetName; ok: false; message: string; offset: number | null }
>
