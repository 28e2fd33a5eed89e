import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../adapters/state/fixtures/process.mjs', import.meta.url))
export const DIST = fileURLToPath(new URL('../../dist', import.meta.url))

export type StateProcess = Readonly<{
  child: ChildProcess
  /** The next line it prints, parsed. */
  next(): Promise<Record<string, unknown>>
  /** Everything printed until it ended. */
  rest(): Promise<unknown[]>
  /** Lets it end in order. */
  stop(): Promise<void>
  kill(): Promise<void>
}>

/** Runs a task of `fixtures/process.mjs` on the compiled code in `dist`. */
export function startStateProcess(task: string, options: object, dist = DIST): StateProcess {
  const child = spawn(process.execPath, [SCRIPT, dist, task, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const next = async () => {
    const line = await lines.next()
    // Written by our own script.
    return JSON.parse(line.done ? '{"error":"it ended"}' : line.value) as Record<string, unknown>
  }
  return {
    child,
    next,
    rest: async () => {
      const all: unknown[] = []
      for (let line = await lines.next(); !line.done; line = await lines.next())
        all.push(JSON.parse(line.value))
      return all
    },
    stop: async () => {
      child.stdin?.end()
      await exited
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
