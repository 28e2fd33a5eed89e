// Where the app's database is: at the user's address, or in the Postgres that Millrace starts for its state.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startEmbedded } from '../../../dist/adapters/state/embedded/start.js'
import { silentLog } from '../../../dist/base/log.js'

export const project = fileURLToPath(new URL('..', import.meta.url))

/** Lends the app's database to `work`; an embedded server that was started for it ends when nobody else uses it. */
export async function withAppDatabase(env, work) {
  if (env.APP_DATABASE_URL) return work(env.APP_DATABASE_URL)
  const server = await startEmbedded({ home: join(project, '.millrace'), log: silentLog })
  try {
    await server.createDatabase('app')
    return await work(server.url('app'))
  } finally {
    await server.stop()
  }
}

export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
