import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createLocalApi, sessionHost } from '../../../src/app/api/local-api.js'
import { openSession } from '../../../src/app/session.js'
import { systemClock } from '../../../src/base/clock.js'
import { silentLog } from '../../../src/base/log.js'
import { apiConformance } from '../../conformance/api.js'
import { startTestPostgres } from '../../support/postgres.js'
import { noAlerts, noReports } from './no-parts.js'

apiConformance('a command’s own process', async (files) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace api-'))
  const server = await startTestPostgres()
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), text)
    }
  }
  write(files)
  const session = await openSession({
    folder: root,
    environment: 'prod',
    env: { STATE_URL: await server.createDatabase() },
    clock: systemClock,
    log: () => silentLog,
    processName: 'a test',
  })
  return {
    api: createLocalApi(sessionHost(session), { alerts: noAlerts, reports: noReports }),
    write,
    close: async () => {
      await session.close()
      await server.stop()
      rmSync(root, { recursive: true, force: true })
    },
  }
})
