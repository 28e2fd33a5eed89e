import type { Api } from '../../app/api/api.js'
import { createLocalApi } from '../../app/api/local-api.js'
import { keepDelivering } from '../../app/live/keep-delivering.js'
import type { LiveProject } from '../../app/live/live.js'
import { openLiveProject } from '../../app/live/open-live-project.js'
import type { Logger } from '../../base/log.js'
import type { CommandContext } from '../command-context.js'
import { sessionOptions } from '../session-options.js'
import { lazyParts } from './lazy-parts.js'

/** The project kept open, and its API. */
export type Live = Readonly<{
  live: LiveProject
  api: Api
  log: Logger
  /** Gives up what it does by itself, then stops the project. */
  stop: LiveProject['stop']
}>

/** @throws PROJECT_NOT_FOUND, PROJECT_INVALID */
export async function openLive(context: CommandContext): Promise<Live> {
  const live = await openLiveProject(sessionOptions(context))
  const stop = new AbortController()
  const keeping = keepDelivering(live, stop.signal)
  const host = { live, use: live.use }
  return {
    live,
    api: createLocalApi(host, lazyParts(host)),
    log: live.session.services.log,
    stop: async (graceMs) => {
      stop.abort()
      await live.stop(graceMs)
      await keeping
    },
  }
}
