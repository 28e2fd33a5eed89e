import type { Json } from '../base/json.js'
import type { AlertSettings } from './alert-route.js'
import type { Asset } from './asset.js'

export type ConnectionSpec =
  | Readonly<{ kind: 'postgres'; name: string; url: string }>
  | Readonly<{ kind: 'files'; name: string; path: string }>

export type WarehouseSpec = Readonly<{
  kind: 'duckdb'
  /** Absolute. */
  path: string
  /** DuckDB's spelling: `4GB`. Missing: half of the machine's memory. */
  memoryLimit?: string
  threads?: number
}>

export type StateSpec = Readonly<{ kind: 'embedded' } | { kind: 'postgres'; url: string }>

/** A project as loaded: plain values, nothing opened, no code run. */
export type Project = Readonly<{
  name: string
  /** Absolute folder of millrace.yaml. */
  root: string
  /** Absolute folder for everything Millrace keeps: `<root>/.millrace`. */
  home: string
  tenant?: string
  /** IANA name; `UTC` if none was said. */
  timezone: string
  state: StateSpec
  warehouse: WarehouseSpec
  connections: ReadonlyMap<string, ConnectionSpec>
  vars: Readonly<Record<string, Json>>
  alerts: AlertSettings
  /** In dependency order. */
  assets: readonly Asset[]
}>
