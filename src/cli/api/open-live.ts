import type { Api } from '../../app/api/api.js'
import { createLocalApi, sessionHost } from '../../app/api/local-api.js'
import type { LiveProject } from '../../app/live/live.js'
import { openSession } from '../../app/session.js'
import type { Logger } from '../../base/log.js'
import type { CommandContext } from '../context.js'
import { sessionOptions } from '../session-options.js'
import { lazyParts } from './lazy-parts.js'

/** The project kept open, and its API. */
export type Live = Readonly<{
  live: Pick<LiveProject, 'session' | 'broken' | 'stop'>
  api: Api
  log: Logger
}>

/** @throws PROJECT_NOT_FOUND, PROJECT_INVALID */
export async function openLive(context: CommandContext): Promise<Live> {
  const session = await openSession(sessionOptions(context))
  const host = sessionHost(session)
  return {
    live: { session, broken: null, stop: () => session.close() },
    api: createLocalApi(host, lazyParts(host)),
    log: session.services.log,
  }
}
