import type { Json } from '../../base/json.js'
import type { Column } from '../../domain/column.js'
import type { Interval } from '../../domain/interval.js'

/** Runs an author's code in processes of its own. Rows go and come as Parquet files. */
export interface Runtime {
  run(request: RuntimeRequest, host: RuntimeHost, signal: AbortSignal): Promise<RuntimeResult>
  close(): Promise<void>
}

export type RuntimeRequest = Readonly<{
  asset: string
  /** Absolute path of the module, and the project folder its errors are told relative to. */
  modulePath: string
  projectRoot: string
  inputs: readonly string[]
  /** Columns and engine types the rows must fit. */
  columns: readonly Column[]
  interval: Interval | null
  timezone: string
  vars: Readonly<Record<string, Json>>
  /** Folder for the rows that come back; the caller removes it. */
  folder: string
  timeoutMs: number
  memoryLimitBytes: number
}>

/** What the author asked of an input cannot be; the runtime adds whose line asked. */
export class InputRefused extends Error {
  constructor(
    readonly input: string,
    readonly detail: string,
    readonly hint: string,
  ) {
    super(`${input}: ${detail}`)
  }
}

export interface RuntimeHost {
  /**
   * Writes an input to Parquet and names the files.
   * @throws InputRefused where it cannot be given as the author asks.
   */
  input(name: string, options: InputOptions): Promise<readonly string[]>
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
  metric(name: string, value: number): void
  /** Rows read and written so far. */
  progress(rowsIn: number, rowsOut: number): void
}

export type InputOptions = Readonly<{
  columns?: readonly string[]
  orderBy?: readonly string[]
  /** Range of the input's event time, epoch ms. */
  interval?: Interval
}>

export type RuntimeResult = Readonly<{
  /** Parquet files with the rows, in order. */
  files: readonly string[]
  rowsIn: number
  rowsOut: number
  peakMemoryBytes: number
}>
