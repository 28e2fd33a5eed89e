import { openPostgresStore } from '../../../../src/adapters/state/postgres/store.js'
import { silentLog } from '../../../../src/base/log.js'
import { alertConformance } from '../../../conformance/alerts.js'
import { startTestPostgres } from '../../../support/postgres.js'

alertConformance('a Postgres by URL, with a password', async () => {
  const server = await startTestPostgres({ tcp: true })
  return {
    open: (project, environment = 'prod', processName = 'a test') =>
      openPostgresStore({ url: server.url, project, environment, processName, log: silentLog }),
    close: server.stop,
  }
})
