import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../../../src/adapters/state/embedded/start.js'
import { openPostgresStore } from '../../../../src/adapters/state/postgres/store.js'
import { silentLog } from '../../../../src/base/log.js'
import { historyConformance } from '../../../conformance/history.js'
import { type StoreFixture, storeConformance } from '../../../conformance/store.js'
import { tickConformance } from '../../../conformance/ticks.js'

const openFixture = async (): Promise<StoreFixture> => {
  const root = mkdtempSync(join(tmpdir(), 'millrace store '))
  const server = await startEmbedded({ home: join(root, '.millrace'), log: silentLog })
  await server.createDatabase('millrace')
  return {
    open: (project, environment = 'prod', processName = 'a test') =>
      openPostgresStore({ url: server.url('millrace'), project, environment, processName, log: silentLog }),
    close: async () => {
      await server.stop()
      rmSync(server.folder, { recursive: true, force: true })
      rmSync(root, { recursive: true, force: true })
    },
  }
}

storeConformance('the embedded Postgres', openFixture)
historyConformance('the embedded Postgres', openFixture)
tickConformance('the embedded Postgres', openFixture)
