import { join } from 'node:path'
import type { SessionOptions } from '../app/session.js'
import { systemClock } from '../base/clock.js'
import { createLog } from '../base/log.js'
import type { CommandContext } from './command-context.js'

/** How this process opens the project that a command names. */
export const sessionOptions = ({ options, env, words }: CommandContext): SessionOptions => ({
  folder: options.project,
  environment: options.env,
  env,
  clock: systemClock,
  log: (home) => createLog({ level: env.MILLRACE_LOG ?? 'info', file: join(home, 'millrace.log') }),
  processName: `${words} (pid ${process.pid})`,
})
