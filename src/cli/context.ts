import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Api } from '../app/api/api.js'
import type { CommandContext, Wanted } from './command-context.js'
import { onInterrupt } from './interrupt.js'

export type { CommandContext, GlobalOptions } from './command-context.js'

/**
 * Lends a command the API: of the server that keeps the project open, or else of the project opened in this process.
 * What the command prints and how it ends is the same either way.
 */
export async function withApi<T>(
  context: CommandContext,
  work: (api: Api, signal: AbortSignal) => Promise<T>,
  wanted: Wanted = { filesAsTheyAre: false },
): Promise<T> {
  const interrupt = onInterrupt(context.terminal.note, 'Stopping; nothing of this run is released.')
  const run = (api: Api) => work(api, interrupt.signal)
  try {
    const server = await serverOf(context)
    if (server) return await (await import('./api/remote.js')).remotely(server, context, wanted, run)
    return await (await import('./api/in-process.js')).inProcess(context, run)
  } finally {
    interrupt.release()
  }
}

/** Nothing of the server's code is loaded where no server ever said where it is. */
async function serverOf({ options }: CommandContext) {
  const { findProject } = await import('../app/load.js')
  const home = join(findProject(options.project), '.millrace')
  if (!existsSync(join(home, 'server.json'))) return null
  return (await import('../server/discovery.js')).findServer(home)
}
