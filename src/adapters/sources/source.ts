import type { Json } from '../../base/json.js'
import type { Payload } from '../../columns/payload.js'
import type { Asset } from '../../domain/asset.js'
import type { Column } from '../../domain/column.js'
import type { ConnectionSpec } from '../../domain/project.js'

/** Rows from outside. One instance per source asset and run; `close` ends its connection. */
export interface Source {
  /** Columns as upstream has them now, in engine types. Null where that is not known before they are read. */
  describe(signal: AbortSignal): Promise<readonly Column[] | null>
  /**
   * Opens what is new since `position`. `keys` asks for the keys of all rows too, for finding deletes.
   * Payloads are consumed before `settle` is called; `settle(false)` gives everything up.
   */
  extract(request: ExtractRequest, signal: AbortSignal): Promise<Extract>
  close(): Promise<void>
}

export type ExtractRequest = Readonly<{
  /** What the last released load left; null: from the beginning. */
  position: Json
  /** Folder for temporary files, emptied by the caller. */
  folder: string
}>

export type Extract = Readonly<{
  columns: readonly Column[] | null
  /** null: nothing new. */
  payload: Payload | null
  /** How the rows meet those released before. */
  effect:
    | { kind: 'replace' }
    | { kind: 'merge'; keysPayload?: Payload }
    | { kind: 'append' }
    | { kind: 'files'; fileColumn: string; files: readonly string[] }
  /** Position to keep if these rows are released. Known after the payload was consumed. */
  position: () => Json
  /** Faults that were seen and survived (a file still being written, left for the next run). */
  notes: readonly string[]
  settle(consumed: boolean): Promise<void>
}>

export type OpenSource = (asset: Asset, connection: ConnectionSpec) => Source
