import { afterEach, describe, expect, test } from 'vitest'
import { mailOf, openMail } from '../../../../src/adapters/notifiers/mail/notifier.js'
import { alertOf } from '../../../conformance/alerts.js'
import { messageOf, notifierConformance } from '../../../conformance/notifier.js'
import { header, startMailServer } from './server.js'

const ADDRESSES = { from: 'Millrace <millrace@example.com>', to: ['ana@example.com', 'data@example.com'] }
const signal = new AbortController().signal

notifierConformance('mail', async (timeoutMs) => {
  const server = await startMailServer()
  return {
    notifier: openMail({ smtp: server.url, ...ADDRESSES, timeoutMs }),
    received: () =>
      server.mails.map((mail) => /<(.*)@millrace>/.exec(header(mail, 'Message-ID') ?? '')?.[1] ?? ''),
    answer: async (how) => {
      switch (how) {
        case 'yes':
          return server.refuse(null)
        case 'later':
          return server.refuse(451)
        case 'never':
          return server.refuse(550)
        case 'down':
          return server.stop()
        case 'slow':
          return server.slow()
      }
    },
    close: server.stop,
  }
})

describe('a mail', () => {
  const opened: { stop(): Promise<void> }[] = []
  afterEach(async () => {
    for (const server of opened.splice(0)) await server.stop()
  })

  test('has a subject that stands alone, text and HTML, and all of one alert are one thread', async () => {
    const server = await startMailServer()
    opened.push(server)
    const notifier = openMail({ smtp: server.url, ...ADDRESSES })
    const caused = [
      alertOf(18, { title: 'marts.daily was not built: marts.status, which it reads, was held' }),
    ]
    await notifier.send(messageOf({ caused, link: 'http://localhost:4700/alerts/17' }), signal)
    await notifier.send(messageOf({ state: 'acknowledged' }), signal)
    await notifier.send(messageOf({ state: 'resolved' }), signal)
    await notifier.close()
    expect(server.mails.map((mail) => header(mail, 'Subject'))).toEqual([
      'Held: marts.status — 31 of 4,812 rows have no washroom_id (check not_null:washroom_id)',
      'Acknowledged: marts.status — 31 of 4,812 rows have no washroom_id (check not_null:washroom_id)',
      'Resolved: marts.status — 31 of 4,812 rows have no washroom_id (check not_null:washroom_id)',
    ])
    expect(server.mails.map((mail) => header(mail, 'References'))).toEqual([
      undefined,
      '<washrooms-prod-17-firing@millrace>',
      '<washrooms-prod-17-firing@millrace>',
    ])
    expect(header(server.mails[0]!, 'To')).toBe('ana@example.com, data@example.com')
    expect(server.mails[0]).toContain('text/plain')
    expect(server.mails[0]).toContain('text/html')
    expect(header(server.mails[0]!, 'Auto-Submitted')).toBe('auto-generated')
  })

  test('says what happened, what it means, what to do, and what else it caused', () => {
    const caused = [
      alertOf(18, { title: 'marts.daily was not built: marts.status, which it reads, was held' }),
    ]
    expect(mailOf(messageOf({ caused }), ADDRESSES).text).toBe(
      [
        'marts.status is held: 31 of 4,812 rows have no washroom_id (check not_null:washroom_id).',
        'Readers still see release 811 (10:15).',
        'Look: millrace check marts.status --rows',
        'It also caused:\n– marts.daily was not built: marts.status, which it reads, was held',
        '-- \nAlert 17 of washrooms (prod) · millrace alerts show 17',
      ].join('\n\n'),
    )
  })

  test('carries no markup and no header out of the data', () => {
    const alert = alertOf(17, {
      asset: 'marts.a',
      title: 'marts.a failed: <script>alert(1)</script>\r\nBcc: all@example.com',
    })
    const { subject, html } = mailOf(messageOf({ alert }), ADDRESSES)
    expect(subject).not.toMatch(/[\r\n]/)
    expect(html).not.toContain('<script>')
  })

  test('with a wrong password waits until somebody mends it, and a probe says so without sending any', async () => {
    const server = await startMailServer({ password: 'right' })
    opened.push(server)
    const open = (password: string) =>
      openMail({ smtp: `smtp://me:${password}@127.0.0.1:${server.port}`, ...ADDRESSES })
    const refused = { code: 'NOTIFIER_LOGIN', transient: true }
    await expect(open('wrong').send(messageOf(), signal)).rejects.toMatchObject(refused)
    await expect(open('wrong').probe(signal)).rejects.toMatchObject(refused)
    await open('right').probe(signal)
    expect(server.mails).toEqual([])
    await open('right').send(messageOf(), signal)
    expect(server.mails).toHaveLength(1)
  })

  test('names neither the user nor the password in an error', async () => {
    const notifier = openMail({ smtp: 'smtp://me:hunter2@127.0.0.1:1', ...ADDRESSES, timeoutMs: 300 })
    const error = await notifier.send(messageOf(), signal).catch((reason: Error) => reason)
    expect(String(error)).not.toMatch(/hunter2|me:/)
  })
})
