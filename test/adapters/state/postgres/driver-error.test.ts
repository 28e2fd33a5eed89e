import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { translate } from '../../../../src/adapters/state/postgres/driver-error.js'
import { fatal, hello, startScriptedPostgres } from '../../../support/scripted-postgres.js'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** What `pg` throws at a client of a server that answers so. */
async function failure(answer: Buffer | null, more: pg.ClientConfig = {}): Promise<unknown> {
  const server = await startScriptedPostgres({ host: '127.0.0.1', port: 0 }, answer)
  stops.push(server.stop)
  const client = new pg.Client({
    host: '127.0.0.1',
    port: server.port ?? 0,
    user: 'u',
    database: 'd',
    ...more,
  })
  client.on('error', () => {})
  const error = await client
    .connect()
    .then(() => client.query('select'))
    .catch((error: unknown) => error)
  await client.end().catch(() => {})
  return error
}

test.each([
  ['never answers', null, { connectionTimeoutMillis: 30 }],
  ['speaks no SSL', Buffer.from('N'), { ssl: true }],
  ['is ending', fatal('57P03', 'the database system is shutting down'), {}],
  ['ends between the hello and the first statement', Buffer.concat([hello, fatal('57P01', 'ending')]), {}],
])('a server that %s is out of reach, and it is worth another try', async (_what, answer, more) => {
  const error = translate(await failure(answer, more), 'u@host/d')
  expect(error).toMatchObject({ code: 'STATE_UNREACHABLE', transient: true })
})

test('a server without room on its disk may have some again', async () => {
  const refusal = await failure(fatal('53100', 'could not extend file'))
  expect(translate(refusal, 'u@host/d')).toMatchObject({ code: 'STATE_FULL', transient: true })
})

test('a statement that the server refuses is not tried again', async () => {
  const refusal = await failure(fatal('22023', 'invalid value'))
  expect(translate(refusal, 'u@host/d')).toMatchObject({ code: 'STATE_STATEMENT_FAILED', transient: false })
})
