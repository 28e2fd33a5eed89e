import type { Api } from '../../app/api/api.js'
import { appError } from '../../app/errors.js'
import { readServer, refreshServer } from '../../server/client/server-state.js'
import { createHttpApi } from '../../server/client.js'
import type { FoundServer } from '../../server/discovery.js'
import type { CommandContext, Wanted } from '../command-context.js'
import { diagnosticLines } from '../output/diagnostics.js'
import { saveReport } from './save-report.js'

/** The one environment that servers serve. */
const PRODUCTION = 'prod'

/** Lends the server's API, and says what opening the project would have said. @throws PROJECT_INVALID */
export async function remotely<T>(
  server: FoundServer,
  { terminal, options }: CommandContext,
  { filesAsTheyAre }: Wanted,
  work: (api: Api) => Promise<T>,
): Promise<T> {
  if (options.env !== PRODUCTION) throw appError('ENVIRONMENT_UNKNOWN', { environment: options.env })
  const { state, diagnostics } = await (filesAsTheyAre ? refreshServer(server) : readServer(server))
  if (state === 'broken' && filesAsTheyAre) throw appError('PROJECT_INVALID', { diagnostics })
  for (const diagnostic of diagnostics)
    for (const line of diagnosticLines(diagnostic, terminal)) terminal.note(line)
  if (state === 'broken')
    terminal.note('The server goes on with the project as it was before these mistakes.\n')
  return work(createHttpApi({ ...server, saveReport }))
}
