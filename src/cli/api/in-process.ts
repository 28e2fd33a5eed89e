import type { Api } from '../../app/api/api.js'
import { createLocalApi, sessionHost } from '../../app/api/local-api.js'
import { openSession } from '../../app/session.js'
import type { CommandContext } from '../command-context.js'
import { diagnosticLines } from '../output/diagnostics.js'
import { sessionOptions } from '../session-options.js'
import { lazyParts } from './lazy-parts.js'

/** Opens the project in this process, lends its API, and closes everything whatever happens. */
export async function inProcess<T>(context: CommandContext, work: (api: Api) => Promise<T>): Promise<T> {
  const { terminal } = context
  const session = await openSession(sessionOptions(context))
  try {
    for (const warning of session.loaded.warnings) {
      for (const line of diagnosticLines(warning, terminal)) terminal.note(line)
    }
    const host = sessionHost(session)
    return await work(createLocalApi(host, lazyParts(host)))
  } finally {
    await session.close()
  }
}
