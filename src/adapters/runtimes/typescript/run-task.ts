import { messageOf, unreachable } from '../../../base/errors.js'
import { runtimeError } from '../errors.js'
import type { FromWorker, Task } from '../protocol.js'
import type { RuntimeHost, RuntimeRequest, RuntimeResult } from '../runtime.js'
import type { WorkerProcess } from '../worker-process.js'
import { deathError, failureError } from './failure.js'
import { fileOf } from './file-of.js'

/** How long a function may take to stop after `ctx.signal` said so, before its process is killed. */
const GRACE_MS = 300
/** A process that has not come up by then never will; the task's own time begins when it has. */
const START_MS = 30_000
/** 24 days: a longer timer of Node's would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

type Job = Readonly<{ request: RuntimeRequest; module: string }>

/** `result` returns or throws; `tainted` says why the process must not be used again, or is null. */
export type TaskEnd = Readonly<{ result: () => RuntimeResult; tainted: string | null }>

/**
 * Talks with a worker until its task is over: done, failed, out of time, aborted, or dead. Whenever the worker does
 * not come to an end by itself it is dead when this returns, so that nobody writes into the folder any more.
 */
export async function runTask(
  worker: WorkerProcess,
  { request, module }: Job,
  host: RuntimeHost,
  signal: AbortSignal,
): Promise<TaskEnd> {
  const inputErrors = new Map<number, unknown>()
  const last = new LastMessage()
  worker.listen({
    log: (level, message) => host.log(level, message),
    message: (message) => {
      switch (message.type) {
        case 'input':
          void answerInput(worker, host, message, request.inputs, inputErrors)
          break
        case 'log':
          host.log(message.level, message.message)
          break
        case 'metric':
          host.metric(message.name, message.value)
          break
        case 'progress':
          host.progress(message.rowsIn, message.rowsOut)
          break
        case 'exiting':
          last.exitCode = message.code
          break
        case 'done':
        case 'failed':
          last.settle(message)
          break
        case 'ready':
          break
        default:
          unreachable(message)
      }
    },
  })
  try {
    return await converse(worker, { request, module }, signal, last, inputErrors)
  } finally {
    await worker.stopListening()
  }
}

type End = Extract<FromWorker, { type: 'done' | 'failed' }>

class LastMessage {
  exitCode: number | null = null
  readonly told: Promise<End>
  settle: (message: End) => void = () => {}

  constructor() {
    this.told = new Promise((resolve) => {
      this.settle = resolve
    })
  }
}

async function converse(
  worker: WorkerProcess,
  { request, module }: Job,
  signal: AbortSignal,
  last: LastMessage,
  inputErrors: ReadonlyMap<number, unknown>,
): Promise<TaskEnd> {
  const stop = new Stop(signal)
  try {
    stop.within(START_MS)
    await Promise.race([worker.ready, stop.asked])
    if (stop.reason !== null) return await stopWorker(worker, stop.reason, request, signal, last)
    stop.within(request.timeoutMs)
    worker.start(taskOf(request, module))
    const end = await Promise.race([last.told, worker.exited, stop.asked])
    if (stop.reason !== null || end === null)
      return await stopWorker(worker, stop.reason ?? 'aborted', request, signal, last)
    if ('type' in end) return taskEnd(end, request, inputErrors)
    // The exit may overtake what the worker said before it.
    const told = await Promise.race([last.told, nextTurns()])
    if (told?.type === 'failed') return { ...taskEnd(told, request, inputErrors), tainted: null }
    const error = deathError(request, end, last.exitCode, worker.epitaph)
    return { result: throwing(error), tainted: null }
  } finally {
    stop.dispose()
  }
}

const throwing = (error: unknown) => () => {
  throw error
}

const nextTurns = async (): Promise<undefined> => {
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve))
}

function taskOf(request: RuntimeRequest, module: string): Task {
  const { asset, modulePath, projectRoot, inputs, columns, interval, timezone, vars, folder } = request
  return {
    ...{ asset, module, modulePath, file: fileOf(request), projectRoot },
    ...{ inputs, columns, interval, timezone, vars, folder },
  }
}

/** The wish to stop a worker: the caller's, or the clock's. */
class Stop {
  reason: 'aborted' | 'timeout' | null = null
  readonly asked: Promise<null>
  private timer: NodeJS.Timeout | undefined
  private ask: (reason: 'aborted' | 'timeout') => void = () => {}
  private readonly onAbort = () => this.ask('aborted')

  constructor(private readonly signal: AbortSignal) {
    this.asked = new Promise((resolve) => {
      this.ask = (reason) => {
        this.reason ??= reason
        resolve(null)
      }
    })
    signal.addEventListener('abort', this.onAbort, { once: true })
    if (signal.aborted) this.onAbort()
  }

  /** From now on, so much time. */
  within(timeoutMs: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask('timeout'), Math.min(timeoutMs, LONGEST_TIMER_MS))
  }

  dispose(): void {
    clearTimeout(this.timer)
    this.signal.removeEventListener('abort', this.onAbort)
  }
}

/** Lets the function see `ctx.signal`, waits a moment, then kills the process in any case. */
async function stopWorker(
  worker: WorkerProcess,
  reason: 'aborted' | 'timeout',
  request: RuntimeRequest,
  signal: AbortSignal,
  last: LastMessage,
): Promise<TaskEnd> {
  const seconds = request.timeoutMs / 1000
  worker.send({
    type: 'abort',
    reason: reason === 'timeout' ? `timeout of ${seconds} s` : 'the run was stopped',
  })
  let timer: NodeJS.Timeout | undefined
  const grace = new Promise((resolve) => {
    timer = setTimeout(resolve, GRACE_MS)
  })
  await Promise.race([last.told, worker.exited, grace])
  clearTimeout(timer)
  await worker.kill()
  const error =
    reason === 'timeout'
      ? runtimeError('RUNTIME_TIMED_OUT', { asset: request.asset, seconds })
      : signal.reason
  return { result: throwing(error), tainted: null }
}

function taskEnd(end: End, request: RuntimeRequest, inputErrors: ReadonlyMap<number, unknown>): TaskEnd {
  if (end.type === 'failed')
    return { result: throwing(failureError(end.failure, request, inputErrors)), tainted: end.tainted }
  const { files, rowsIn, rowsOut, peakMemoryBytes, tainted } = end
  return { result: () => ({ files, rowsIn, rowsOut, peakMemoryBytes }), tainted }
}

async function answerInput(
  worker: WorkerProcess,
  host: RuntimeHost,
  { call, name, options }: Extract<FromWorker, { type: 'input' }>,
  declared: readonly string[],
  errors: Map<number, unknown>,
): Promise<void> {
  try {
    if (!declared.includes(name)) throw new TypeError(`inputs: do not name ${name}`)
    worker.send({ type: 'input-files', call, files: await host.input(name, options) })
  } catch (error) {
    errors.set(call, error)
    worker.send({ type: 'input-failed', call, message: messageOf(error) })
  }
}
