import { createLocalApi, sessionHost } from '../../../src/app/api/local-api.js'
import { openLiveProject } from '../../../src/app/live/open-live-project.js'
import { openSession } from '../../../src/app/session.js'
import { apiConformance } from '../../conformance/api.js'
import { noAlerts, noReports } from './no-parts.js'
import { openTestProject } from './test-project.js'

const parts = { alerts: noAlerts, reports: noReports }

apiConformance('a command’s own process', async (files) => {
  const { options, write, remove } = await openTestProject(files)
  const session = await openSession(options)
  return {
    api: createLocalApi(sessionHost(session), parts),
    write,
    close: async () => {
      await session.close()
      await remove()
    },
  }
})

apiConformance('a project that stays open', async (files) => {
  const { options, write, remove } = await openTestProject(files)
  const live = await openLiveProject(options)
  return {
    api: createLocalApi({ live, use: (work) => live.use(work) }, parts),
    write,
    close: async () => {
      await live.stop(0)
      await remove()
    },
  }
})
