import type { Json } from '../../base/json.js'
import type { Column } from '../../domain/column.js'
import type { Interval } from '../../domain/interval.js'
import type { LogLevel } from './log-limit.js'
import type { InputOptions } from './runtime.js'

/**
 * What Millrace and a worker process say to each other: one JSON object per line on descriptor 3, both ways.
 * stdout and stderr stay the author's. A worker says `ready` once, and again never; then, for each `run`, any
 * number of `input`, `log`, `metric` and `progress`, and one `done` or `failed`. `exiting` is its last word when
 * the author's code ends the process.
 *
 * The descriptor is in the author's reach, so each `run` brings a secret that heads every line the worker then
 * writes: nobody else can end a task, least of all the one that comes after it.
 */
export const PROTOCOL_FD = 3

/** The worker's watch writes here, from a thread of its own, why it is about to kill the process. */
export const WATCH_FD = 4

export type ToWorker =
  | Readonly<{ type: 'run'; task: Task; secret: string }>
  | Readonly<{ type: 'input-files'; call: number; files: readonly string[] }>
  | Readonly<{ type: 'input-failed'; call: number; message: string }>
  | Readonly<{ type: 'abort'; reason: string }>

export type Task = Readonly<{
  asset: string
  /** What to load: a file made for this run. */
  module: string
  /** Where the author's file is, absolute and relative to the project. */
  modulePath: string
  file: string
  projectRoot: string
  inputs: readonly string[]
  columns: readonly Column[]
  interval: Interval | null
  timezone: string
  vars: Readonly<Record<string, Json>>
  folder: string
}>

export type FromWorker =
  | Readonly<{ type: 'ready' }>
  | Readonly<{ type: 'input'; call: number; name: string; options: InputOptions }>
  | Readonly<{ type: 'log'; level: LogLevel; message: string }>
  | Readonly<{ type: 'metric'; name: string; value: number }>
  | Readonly<{ type: 'progress'; rowsIn: number; rowsOut: number }>
  | Readonly<{
      type: 'done'
      files: readonly string[]
      rowsIn: number
      rowsOut: number
      peakMemoryBytes: number
      /** Why this process must not run anything else; null if it may. */
      tainted: string | null
    }>
  | Readonly<{ type: 'failed'; failure: Failure; tainted: string | null }>
  | Readonly<{ type: 'exiting'; code: number }>

/** Where in the author's code; `file` is relative to the project. */
export type Place = Readonly<{ file: string | null; line: number | null }>

export type Failure =
  | (Place & Readonly<{ kind: 'threw' | 'not-loaded'; detail: string; trace: readonly string[] }>)
  | Readonly<{ kind: 'row'; row: number; column: string; detail: string }>
  | Readonly<{ kind: 'undeclared-input'; input: string }>
  /** The host could not write this input; it knows the error under the number of the call. */
  | (Place & Readonly<{ kind: 'input-failed'; call: number; detail: string }>)
  /** The function waits for something that can never happen. */
  | Readonly<{ kind: 'stalled' }>
  /** The engine inside the worker, which has a share of the memory of its own. */
  | Readonly<{ kind: 'out-of-memory' }>
  | Readonly<{ kind: 'aborted' }>
