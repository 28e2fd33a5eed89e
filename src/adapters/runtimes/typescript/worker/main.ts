import { setImmediate } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { systemClock } from '../../../../base/clock.js'
import { LogLimit } from '../../log-limit.js'
import type { Failure, FromWorker, Task, ToWorker } from '../../protocol.js'
import type { InputOptions } from '../../runtime.js'
import { Channel } from './channel.js'
import { captureConsole } from './console-capture.js'
import { InputFault } from './faults.js'
import { type Baseline, leftovers, takeBaseline } from './leftovers.js'
import { failureOf, runAsset } from './run-asset.js'
import { startWatch } from './watch.js'

/**
 * The process that runs authors' code, one task at a time. States: idle (the channel keeps it alive), running (only
 * the author's own work does, so that a function waiting for nothing is noticed), and over.
 */
const [memoryLimit, rssLimit, umask] = process.argv.slice(2).map(Number) as [number, number, number]

// What an author's code writes is the author's, though Millrace keeps its own files to itself.
process.umask(umask)

type Current = {
  readonly task: Task
  readonly abort: AbortController
  readonly calls: Map<number, { resolve(files: readonly string[]): void; reject(detail: string): void }>
  readonly metrics: Map<string, number>
  rowsIn: number
  rowsOut: number
  /** Set once: the first thing that went wrong is what is told. */
  ended: boolean
}

let current: Current | null = null
let calls = 0

const peak = startWatch(rssLimit)
const limit = { log: newLimit() }
const flushConsole = captureConsole((level, line, missing) => limit.log.push(level, line, missing))
/**
 * One engine to read with and one to write with: a table that was dropped keeps its memory for as long as any
 * transaction is open that is older, and reading an input is one such transaction from the first row to the last.
 */
const [reading, writing] = await Promise.all([openEngine(), openEngine()])
const channel = new Channel(hear)

process.on('unhandledRejection', (error) => fail(error, 'a promise that nobody awaited was rejected'))
process.on('uncaughtException', (error) => fail(error, 'outside of the function'))
process.on('exit', (code) => {
  if (current) say({ type: 'exiting', code })
})
process.on('beforeExit', () => {
  if (current) finish(current, { type: 'failed', failure: { kind: 'stalled' }, tainted: 'it stalled' })
})

say({ type: 'ready' })

function openEngine(): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${Math.round(memoryLimit / 1_048_576)}MiB`,
    // Nothing to clean up after a kill; the rows in memory are few.
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
}

function newLimit(): LogLimit {
  return new LogLimit(systemClock, (level, message) => say({ type: 'log', level, message }))
}

function say(message: FromWorker): void {
  channel.send(message)
}

function hear(message: ToWorker): void {
  switch (message.type) {
    case 'run':
      channel.speakFor(message.secret)
      void run(message.task)
      break
    case 'input-files':
      current?.calls.get(message.call)?.resolve(message.files)
      break
    case 'input-failed':
      current?.calls.get(message.call)?.reject(message.message)
      break
    case 'abort':
      current?.abort.abort(new Error(message.reason))
  }
}

async function run(task: Task): Promise<void> {
  process.chdir(task.projectRoot)
  peak.reset()
  limit.log = newLimit()
  const run: Current = {
    task,
    abort: new AbortController(),
    calls: new Map(),
    metrics: new Map(),
    rowsIn: 0,
    rowsOut: 0,
    ended: false,
  }
  const baseline = takeBaseline()
  current = run
  channel.release()
  const outcome = await attempt(run)
  // Promises rejected by now belong to this run; Node tells of them after the microtasks, before the next turn.
  await setImmediate()
  await setImmediate()
  if (!run.ended) await conclude(run, outcome, baseline)
}

type Outcome = Readonly<{ files: readonly string[] } | { failure: Failure }>

async function attempt(run: Current): Promise<Outcome> {
  try {
    const written = await runAsset(
      run.task,
      { reading, writing },
      {
        signal: run.abort.signal,
        requestInput: (name, options, asked) => requestInput(run, { name, options, asked }),
        log: (level, message) => limit.log.push(level, message),
        metric: (name, value) => run.metrics.set(name, value),
        onRows: (rows) => {
          run.rowsIn += rows
        },
        onWritten: (rows) => {
          run.rowsOut = rows
          say({ type: 'progress', rowsIn: run.rowsIn, rowsOut: rows })
        },
      },
    )
    run.rowsOut = written.rows
    return { files: written.files }
  } catch (error) {
    return { failure: failureOf(error, run.task, run.abort.signal.aborted) }
  }
}

type Wish = Readonly<{ name: string; options: InputOptions; asked: Error }>

async function requestInput(run: Current, { name, options, asked }: Wish): Promise<readonly string[]> {
  const call = calls++
  channel.hold()
  try {
    return await new Promise((resolve, reject) => {
      run.calls.set(call, { resolve, reject: (detail) => reject(new InputFault(call, detail, asked)) })
      say({ type: 'input', call, name, options })
    })
  } finally {
    run.calls.delete(call)
    channel.release()
  }
}

async function conclude(run: Current, outcome: Outcome, baseline: Baseline): Promise<void> {
  const tainted = await leftovers(baseline)
  if (run.ended) return
  if ('failure' in outcome) return finish(run, { type: 'failed', failure: outcome.failure, tainted })
  for (const [name, value] of run.metrics) say({ type: 'metric', name, value })
  finish(run, {
    type: 'done',
    files: outcome.files,
    rowsIn: run.rowsIn,
    rowsOut: run.rowsOut,
    peakMemoryBytes: peak.bytes(),
    tainted,
  })
}

/** Something went wrong that no `await` of the run can see. The process is not used again. */
function fail(error: unknown, where: string): void {
  if (!current) return
  const failure = failureOf(error, current.task, current.abort.signal.aborted)
  const told = 'detail' in failure ? { ...failure, detail: `${failure.detail} (${where})` } : failure
  finish(current, { type: 'failed', failure: told, tainted: where })
}

function finish(run: Current, message: FromWorker): void {
  if (run.ended) return
  run.ended = true
  current = null
  flushConsole()
  limit.log.flush()
  channel.hold()
  say(message)
}
