import { format } from 'node:util'
import type { DuckDBInstance } from '@duckdb/node-api'
import { isStepMetric } from '../../../../domain/run.js'
import type { LogLevel } from '../../log-limit.js'
import type { Task } from '../../protocol.js'
import type { InputOptions } from '../../runtime.js'
import { parseTimestamp } from './calendar.js'
import { Fault } from './faults.js'
import { batchesOf, type InputSource, rowsOf } from './input.js'
import { show } from './traces.js'

/** What the author's function is given the means for. */
export type ContextMeans = Readonly<{
  task: Task
  instance: DuckDBInstance
  signal: AbortSignal
  /** `asked` has the author's line in its stack. */
  requestInput(name: string, options: InputOptions, asked: Error): Promise<readonly string[]>
  log(level: LogLevel, message: string): void
  metric(name: string, value: number): void
  onRows(rows: number): void
}>

const MAX_METRICS = 1_000
const OPTIONS = new Set(['columns', 'orderBy', 'interval', 'bigints'])

/** The `ctx` of an asset's function; its types are in src/index.ts. */
export function createContext(means: ContextMeans) {
  const { task } = means
  const interval = task.interval && {
    start: new Date(task.interval.start),
    end: new Date(task.interval.end),
  }
  const metrics = new Set<string>()
  const logAt =
    (level: LogLevel) =>
    (...parts: unknown[]) =>
      means.log(level, format(...parts))
  return Object.freeze({
    asset: task.asset,
    interval: interval && Object.freeze(interval),
    timezone: task.timezone,
    vars: Object.freeze({ ...task.vars }),
    signal: means.signal,
    log: Object.freeze({
      debug: logAt('debug'),
      info: logAt('info'),
      warn: logAt('warn'),
      error: logAt('error'),
    }),
    metric: (name: unknown, value: unknown) => {
      const valid =
        typeof name === 'string' && name !== '' && typeof value === 'number' && Number.isFinite(value)
      if (!valid)
        throw new TypeError(
          `ctx.metric wants a name and a finite number, not ${show(name)} and ${show(value)}.`,
        )
      if (isStepMetric(name))
        throw new TypeError(
          `ctx.metric cannot set ${name}, which Millrace measures; give yours another name.`,
        )
      if (metrics.add(name).size > MAX_METRICS)
        throw new RangeError(`ctx.metric keeps at most ${MAX_METRICS} names; rows are the place for more.`)
      means.metric(name, value)
    },
    input: (name: unknown, options: unknown = {}) => rowsOf(inputSource(name, options, means)),
    batches: (name: unknown, options: unknown = {}) => batchesOf(inputSource(name, options, means)),
  })
}

/** Judges at the call, not at the first row: the stack still has the author's line. */
function inputSource(name: unknown, given: unknown, means: ContextMeans): InputSource {
  if (typeof name !== 'string' || !means.task.inputs.includes(name))
    throw new Fault(
      { kind: 'undeclared-input', input: typeof name === 'string' ? name : show(name) },
      `inputs: do not name ${show(name)}`,
    )
  const { bigints, ...options } = inputOptions(given)
  const asked = new Error(`reading ${name}`)
  return {
    instance: means.instance,
    files: () => means.requestInput(name, options, asked),
    bigints,
    onRows: means.onRows,
    signal: means.signal,
  }
}

function inputOptions(given: unknown): InputOptions & { bigints: boolean } {
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`Options are an object, not ${show(given)}.`)
  const unknown = Object.keys(given).find((name) => !OPTIONS.has(name))
  if (unknown !== undefined)
    throw new TypeError(`There is no option ${unknown}; there are ${[...OPTIONS].join(', ')}.`)
  // A cast: any object can be asked for any name; each value is judged below.
  const { columns, orderBy, interval, bigints } = given as Readonly<Record<string, unknown>>
  return {
    ...(columns !== undefined && { columns: names('columns', columns) }),
    ...(orderBy !== undefined && { orderBy: names('orderBy', orderBy) }),
    ...(interval !== undefined && interval !== null && { interval: range(interval) }),
    bigints: bigints === true,
  }
}

function names(option: string, value: unknown): string[] {
  const list: unknown = typeof value === 'string' ? [value] : value
  if (Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === 'string')) return list
  throw new TypeError(`${option} is a list of column names, not ${show(value)}.`)
}

function range(value: unknown): { start: number; end: number } {
  // A cast: what is no object has neither property.
  const { start, end } = Object(value) as { start: unknown; end: unknown }
  const [from, to] = [instantOf(start), instantOf(end)]
  if (from === null || to === null)
    throw new TypeError(
      `interval has a start and an end, each a Date or an ISO 8601 time, not ${show(value)}.`,
    )
  if (from > to) throw new RangeError(`interval starts after its end: ${show(value)}.`)
  return { start: from, end: to }
}

function instantOf(value: unknown): number | null {
  if (typeof value === 'string') {
    const micros = parseTimestamp(value, true)
    return micros === null ? null : Number(micros) / 1_000
  }
  const ms = value instanceof Date ? value.getTime() : Number.NaN
  return Number.isNaN(ms) ? null : ms
}
