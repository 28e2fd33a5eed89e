import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex, Readable } from 'node:stream'

export type SubprocessOptions = Readonly<{
  command: string
  args: readonly string[]
  /** The whole environment of the process; nothing is inherited. */
  env: Readonly<Record<string, string>>
  cwd?: string
  /** Extra pipes beside stdout and stderr, both ways, from descriptor 3 on. */
  channels: number
}>

/** How a process ended; `error` if it could not even start. */
export type Exit = Readonly<{ code: number | null; signal: NodeJS.Signals | null; error?: Error }>

/**
 * A process at the head of a process group of its own: a Ctrl-C in the terminal does not reach it, and `kill`
 * takes along whatever it has started.
 */
export interface Subprocess {
  readonly pid: number | undefined
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exited: Promise<Exit>
  channel(index: number): Duplex
  /** SIGKILL to the whole group. `exited` follows. */
  kill(): void
  /** Whether the process keeps this one alive. */
  holdOpen(hold: boolean): void
}

const FIRST_CHANNEL = 3

export function startSubprocess(options: SubprocessOptions): Subprocess {
  const child = spawn(options.command, [...options.args], {
    env: { ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe', ...Array<'pipe'>(options.channels).fill('pipe')],
    detached: true,
    windowsHide: true,
  })
  const pipes = child.stdio.slice(1) as unknown as readonly (Duplex & { ref(): void; unref(): void })[]
  // A pipe whose other end has died says EPIPE or ECONNRESET; the exit tells the story.
  for (const pipe of pipes) pipe.on('error', () => {})
  return {
    pid: child.pid,
    // Not null: all of them were asked for as pipes.
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    exited: exitOf(child),
    channel: (index) => child.stdio[FIRST_CHANNEL + index] as Duplex,
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) killGroup(child.pid)
    },
    holdOpen: (hold) => {
      const change = hold ? 'ref' : 'unref'
      child[change]()
      for (const pipe of pipes) pipe[change]()
    },
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
    // Not 'close': a grandchild that keeps stdout open would hold that back for ever.
    child.once('exit', (code, signal) => {
      killGroup(child.pid)
      resolve({ code, signal })
    })
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // ESRCH: the group is gone already, which is what was wanted.
  }
}
