import type { Api } from '../../app/api/api.js'
import { createLocalApi } from '../../app/api/local-api.js'
import { keepDelivering } from '../../app/live/keep-delivering.js'
import { keepLiveSchedule } from '../../app/live/keep-schedule.js'
import { keepWatch } from '../../app/live/keep-watch.js'
import type { LiveProject } from '../../app/live/live.js'
import { openLiveProject } from '../../app/live/open-live-project.js'
import { latestRecords } from '../../app/report/latest-records.js'
import { reportSchedule } from '../../app/report-schedule.js'
import type { Logger } from '../../base/log.js'
import type { CommandContext } from '../command-context.js'
import { sessionOptions } from '../session-options.js'
import { lazyParts } from './lazy-parts.js'

/** The project kept open, and its API. */
export type Live = Readonly<{
  live: LiveProject
  api: Api
  log: Logger
  /** Says where the console is, for links in messages. */
  servedAt(url: string): void
  /** Gives up what it does by itself, then stops the project. */
  stop: LiveProject['stop']
}>

/** @throws PROJECT_NOT_FOUND, PROJECT_INVALID */
export async function openLive(context: CommandContext, runsAtOnce?: number): Promise<Live> {
  const options = sessionOptions(context)
  const live = await openLiveProject(runsAtOnce === undefined ? options : { ...options, runsAtOnce })
  const host = { live, use: live.use }
  const stop = new AbortController()
  let served: string | null = null
  const keeping = [
    keepDelivering(live, stop.signal),
    keepLiveSchedule(live, [reportSchedule(host)], stop.signal),
    keepWatch(
      live,
      {
        linkTo: (alert) => (served === null ? null : `${served}/alerts/${alert}`),
        hasScheduler: true,
        reports: latestRecords,
      },
      stop.signal,
    ),
  ]
  return {
    live,
    api: createLocalApi(host, lazyParts(host)),
    log: live.session.services.log,
    servedAt: (url) => {
      served = url
    },
    stop: async (graceMs) => {
      stop.abort()
      await live.stop(graceMs)
      await Promise.all(keeping)
    },
  }
}
