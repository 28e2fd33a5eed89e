import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { DuckDBInstance } from '@duckdb/node-api'
import type { Failure, Task } from '../../protocol.js'
import { type ContextMeans, createContext } from './context.js'
import { Fault, InputFault } from './faults.js'
import { RowWriter } from './row-writer.js'
import { describe, show, Traces } from './traces.js'

export type Written = Readonly<{ files: readonly string[]; rows: number }>

export type RunMeans = Omit<ContextMeans, 'task' | 'instance'> & Readonly<{ onWritten(rows: number): void }>

type Engines = Readonly<{ reading: DuckDBInstance; writing: DuckDBInstance }>

/** Loads the author's module, lets its function run, writes what it yields. Throws what the author's code threw. */
export async function runAsset(task: Task, { reading, writing }: Engines, means: RunMeans): Promise<Written> {
  const make = await loadFunction(task)
  const writer = await RowWriter.open(writing, task.columns, task.folder)
  try {
    const context = createContext({ ...means, task, instance: reading })
    await consume(make(context), writer, means)
    const files = await writer.finish()
    return { files, rows: writer.rows }
  } finally {
    writer.close()
  }
}

type AssetFunction = (context: ReturnType<typeof createContext>) => unknown

/** A module that could not be loaded; `cause` is what it threw. */
export class LoadFailed extends Error {}

async function loadFunction({ module, file }: Task): Promise<AssetFunction> {
  let exports: Readonly<Record<string, unknown>>
  try {
    // A cast: a module's namespace is an object, of whatever the author exports.
    exports = (await import(pathToFileURL(module).href)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw new LoadFailed(describe(cause), { cause })
  }
  const { default: made } = exports
  if (typeof made === 'function') return made as AssetFunction
  const found = made === undefined ? 'has no default export' : `has ${show(made)} as its default export`
  throw new LoadFailed(`${file} ${found}, not a function`)
}

const TURN_MS = 50
const ROWS_BETWEEN_LOOKS = 256

/** Pulls rows from whatever the function returned: a generator, an iterable, a promise of one. */
async function consume(returned: unknown, writer: RowWriter, means: RunMeans): Promise<void> {
  const iterable = await returned
  const sink = new Sink(writer, means)
  if (isIterable(iterable, Symbol.asyncIterator)) {
    for await (const item of iterable as AsyncIterable<unknown>) {
      // Only wait where there is something to wait for: an await for every row costs as much as the row.
      if (sink.take(item)) await sink.settle()
    }
  } else if (isIterable(iterable, Symbol.iterator)) {
    for (const item of iterable as Iterable<unknown>) if (sink.take(item)) await sink.settle()
  } else
    throw new TypeError(
      `The function must yield rows or return a list of them; it returned ${show(iterable)}.`,
    )
}

const isIterable = (value: unknown, key: symbol): boolean =>
  // A cast: any object can be asked for any name.
  typeof value === 'object' && value !== null && typeof (value as Record<symbol, unknown>)[key] === 'function'

class Sink {
  private looks = ROWS_BETWEEN_LOOKS
  private turnedAt = performance.now()
  private pending: readonly unknown[] = []
  private next = 0

  constructor(
    private readonly writer: RowWriter,
    private readonly means: RunMeans,
  ) {}

  /** Takes a row, or rows; true if `settle` must be awaited before more. */
  take(item: unknown): boolean {
    if (Array.isArray(item)) {
      this.pending = item
      this.next = 0
      return true
    }
    this.writer.add(item)
    return --this.looks <= 0 || this.writer.chunkFull || this.writer.full
  }

  async settle(): Promise<void> {
    const { writer } = this
    for (;;) {
      while (this.next < this.pending.length && !writer.chunkFull && !writer.full)
        writer.add(this.pending[this.next++])
      if (writer.chunkFull) await writer.store()
      if (writer.full) await writer.flush()
      this.means.signal.throwIfAborted()
      await this.turn()
      if (this.next >= this.pending.length) break
    }
    this.pending = []
    this.looks = ROWS_BETWEEN_LOOKS
  }

  /** A function that never waits would keep messages from being heard; let them in now and then. */
  private async turn(): Promise<void> {
    if (performance.now() - this.turnedAt < TURN_MS) return
    await setImmediate()
    this.turnedAt = performance.now()
    this.means.onWritten(this.writer.rows)
  }
}

/** What a failed run says to Millrace. */
export function failureOf(error: unknown, task: Task, aborted: boolean): Failure {
  if (aborted) return { kind: 'aborted' }
  // DuckDB's errors have no class and no code; their message says which they are.
  if (error instanceof Error && error.message.startsWith('Out of Memory Error'))
    return { kind: 'out-of-memory' }
  const traces = new Traces(task.projectRoot, task.module)
  if (error instanceof InputFault) return { ...error.failure, ...traces.place(error.asked) }
  if (error instanceof Fault) return error.failure
  const failed = error instanceof LoadFailed
  const cause = failed && error.cause !== undefined ? error.cause : error
  return {
    kind: failed ? 'not-loaded' : 'threw',
    detail: failed ? error.message : describe(error),
    ...traces.place(cause),
    trace: traces.lines(cause),
  }
}
