import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { SessionOptions } from '../../../src/app/session.js'
import { systemClock } from '../../../src/base/clock.js'
import { silentLog } from '../../../src/base/log.js'
import { startTestPostgres } from '../../support/postgres.js'
import { removeProject } from '../../support/remove-project.js'

/** A project in a folder of its own, its state in a throw-away Postgres that the files name as `${STATE_URL}`. */
export async function openTestProject(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'millrace api-'))
  const server = await startTestPostgres()
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), text)
    }
  }
  write(files)
  const options: SessionOptions = {
    folder: root,
    environment: 'prod',
    env: { STATE_URL: await server.createDatabase() },
    clock: systemClock,
    log: () => silentLog,
    processName: 'a test',
  }
  return {
    options,
    write,
    remove: async () => {
      await server.stop()
      removeProject(root)
    },
  }
}
