import { join } from 'node:path'
import { openSession, type Session } from '../app/session.js'
import { systemClock } from '../base/clock.js'
import { createLog } from '../base/log.js'
import { onInterrupt } from './interrupt.js'
import { diagnosticLines } from './output/diagnostics.js'
import type { Terminal } from './output/terminal.js'

/** Options every command takes. */
export type GlobalOptions = Readonly<{ project: string; env: string; json: boolean }>

export type CommandContext = Readonly<{
  terminal: Terminal
  options: GlobalOptions
  /** The environment variables, read once in main. */
  env: Readonly<Record<string, string | undefined>>
  /** The words that started the command, for the record of runs. */
  words: string
}>

/** Opens the project, lets a command work on it, and closes everything whatever happens. */
export async function withSession<T>(
  context: CommandContext,
  work: (session: Session, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { options, env, terminal } = context
  const interrupt = onInterrupt(terminal.note)
  const session = await openSession({
    folder: options.project,
    environment: options.env,
    env,
    clock: systemClock,
    log: (home) => createLog({ level: env.MILLRACE_LOG ?? 'info', file: join(home, 'millrace.log') }),
    processName: `${context.words} (pid ${process.pid})`,
  })
  try {
    for (const warning of session.loaded.warnings) {
      for (const line of diagnosticLines(warning, terminal)) terminal.note(line)
    }
    return await work(session, interrupt.signal)
  } finally {
    await session.close()
    interrupt.release()
  }
}
