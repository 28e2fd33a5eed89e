import { afterAll, beforeAll, expect, test } from 'vitest'
import { examineChannels } from '../../src/app/examine-channels.js'
import { projectStatus } from '../../src/app/project-status.js'
import { sendDue } from '../../src/app/send-due.js'
import { startMailServer } from '../adapters/notifiers/mail/server.js'
import { startWebhookServer } from '../adapters/notifiers/webhook/server.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { watchedProject } from './watched-project.js'

const signal = new AbortController().signal

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres({ tcp: true })
})
afterAll(() => server.stop())

test('a mail server that does not let Millrace in is told by doctor and status, and gets what waited once it does', async () => {
  const mails = await startMailServer({ password: 'right' })
  const hook = await startWebhookServer()
  const given = await watchedProject({
    stateUrl: await server.createDatabase(),
    alerts: `alerts:
  notify: [{ mail: ana@example.com }, { webhook: "${hook.url}/team" }]
  smtp: smtp://me:wrong@127.0.0.1:${mails.port}
`,
  })
  try {
    const findings = async (session = given.session) =>
      (await examineChannels(session)).map(({ topic, status }) => [topic, status])
    const webhook = `alerts to webhook ${new URL(hook.url).host}`
    expect(await findings()).toEqual([
      ['alerts to mail ana@example.com', 'problem'],
      [webhook, 'ok'],
    ])
    hook.answer(404)
    await given.readings(['1,,10'])
    await given.run()
    await given.look()
    expect(await sendDue(given.session, signal)).toEqual({ sent: 0, waiting: 1, givenUp: 1 })
    expect((await findings())[1]).toEqual([webhook, 'problem'])
    expect((await projectStatus(given.session)).untold).toMatchObject([
      {
        channel: 'mail:ana@example.com',
        waiting: 1,
        givenUp: 0,
        error: expect.stringContaining('let Millrace in'),
      },
      { waiting: 0, givenUp: 1, error: expect.stringContaining('404') },
    ])

    hook.answer(204)
    await given.write({
      'millrace.yaml': `name: washrooms
state: "${given.stateUrl}"
connections:
  drop: { type: files, path: ./incoming }
alerts:
  notify: [{ mail: ana@example.com }]
  smtp: smtp://me:right@127.0.0.1:${mails.port}
`,
    })
    const mended = await given.open()
    given.clock.forward(20_000)
    expect(await sendDue(mended, signal)).toEqual({ sent: 1, waiting: 0, givenUp: 0 })
    expect(mails.mails).toHaveLength(1)
    expect(await findings(mended)).toEqual([['alerts to mail ana@example.com', 'ok']])
    expect((await projectStatus(mended)).untold).toEqual([])
  } finally {
    await given.close()
    await hook.stop()
    await mails.stop()
  }
})
