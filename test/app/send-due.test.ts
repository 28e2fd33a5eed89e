import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendDue } from '../../src/app/send-due.js'
import { openSession } from '../../src/app/session.js'
import { silentLog } from '../../src/base/log.js'
import { startMailServer } from '../adapters/notifiers/mail/server.js'
import { startWebhookServer } from '../adapters/notifiers/webhook/server.js'
import { createTestProject } from '../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { FILES, movableClock, watchedProject } from './watched-project.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres({ tcp: true })
})
afterAll(() => server.stop())

test('a mail server that takes its time holds up no webhook, and what it did not take waits with its reason', async () => {
  const mails = await startMailServer()
  const hook = await startWebhookServer()
  mails.slow()
  const given = await watchedProject({
    stateUrl: await server.createDatabase(),
    alerts: `alerts:
  notify: [{ mail: ana@example.com }, { webhook: "${hook.url}/team" }]
  smtp: ${mails.url}
`,
  })
  try {
    await given.readings(['1,,10'])
    await given.run()
    await given.look()
    expect(await sendDue(given.session, new AbortController().signal, 500)).toEqual({
      sent: 1,
      waiting: 1,
      givenUp: 0,
    })
    const { alerts } = await given.session.services.store()
    expect(await alerts.messages({ alert: null, limit: 9 })).toMatchObject([
      { status: 'waiting', error: 'mail:ana@example.com did not answer in time' },
      { status: 'sent' },
    ])
  } finally {
    await given.close()
    await hook.stop()
    await mails.stop()
  }
})

test('a message whose process was killed while it was sent is sent again, under the same id, and once', async () => {
  const ids: string[] = []
  let answers = false
  const sink = createServer((request, response) => {
    ids.push(String(request.headers['idempotency-key']))
    if (answers) response.end()
    else sink.emit('held')
  })
  sink.listen(0, '127.0.0.1')
  await once(sink, 'listening')
  const address = sink.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const project = createTestProject({
    'millrace.yaml': `name: washrooms
state: "${await server.createDatabase()}"
connections:
  drop: { type: files, path: ./incoming }
alerts: { notify: [{ webhook: "http://127.0.0.1:${address.port}" }] }
`,
    ...FILES,
    'incoming/readings.csv': 'id,washroom_id,visits\n1,,10\n',
  })
  try {
    const { child, finished } = project.start('run')
    await once(sink, 'held')
    child.kill('SIGKILL')
    await finished
    answers = true

    const clock = movableClock()
    const session = await openSession({
      folder: project.root,
      environment: 'prod',
      env: {},
      clock,
      log: () => silentLog,
      processName: 'a test',
    })
    const send = () => sendDue(session, new AbortController().signal)
    // It may still be alive, for all that others know.
    expect(await send()).toEqual({ sent: 0, waiting: 0, givenUp: 0 })
    clock.forward(4 * 60_000)
    expect(await send()).toEqual({ sent: 1, waiting: 0, givenUp: 0 })
    expect(await send()).toEqual({ sent: 0, waiting: 0, givenUp: 0 })
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    await session.close()
  } finally {
    sink.closeAllConnections()
    sink.close()
    project.remove()
  }
})
