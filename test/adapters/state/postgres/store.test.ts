import { openPostgresStore } from '../../../../src/adapters/state/postgres/store.js'
import { silentLog } from '../../../../src/base/log.js'
import { historyConformance } from '../../../conformance/history.js'
import { type StoreFixture, storeConformance } from '../../../conformance/store.js'
import { tickConformance } from '../../../conformance/ticks.js'
import { startTestPostgres } from '../../../support/postgres.js'

const openFixture = async (): Promise<StoreFixture> => {
  const server = await startTestPostgres({ tcp: true })
  return {
    open: (project, environment = 'prod', processName = 'a test') =>
      openPostgresStore({ url: server.url, project, environment, processName, log: silentLog }),
    close: server.stop,
  }
}

storeConformance('a Postgres by URL, with a password', openFixture)
historyConformance('a Postgres by URL, with a password', openFixture)
tickConformance('a Postgres by URL, with a password', openFixture)
