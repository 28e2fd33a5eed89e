import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../../../src/adapters/state/embedded/start.js'
import { openPostgresStore } from '../../../../src/adapters/state/postgres/store.js'
import { silentLog } from '../../../../src/base/log.js'
import { alertConformance } from '../../../conformance/alerts.js'

alertConformance('the embedded Postgres', async () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace alerts '))
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
})
