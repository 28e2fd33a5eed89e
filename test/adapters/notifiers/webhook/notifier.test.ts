import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openWebhook } from '../../../../src/adapters/notifiers/webhook/notifier.js'
import { systemClock } from '../../../../src/base/clock.js'
import { messageOf, notifierConformance } from '../../../conformance/notifier.js'
import { startWebhookServer } from './server.js'

notifierConformance('a webhook', async (timeoutMs) => {
  const server = await startWebhookServer()
  const notifier = openWebhook({
    url: `${server.url}/hook`,
    secret: null,
    clock: systemClock,
    timeoutMs,
  })
  return {
    notifier,
    received: () => server.posted.map(({ headers }) => String(headers['idempotency-key'])),
    answer: async (how) => {
      switch (how) {
        case 'yes':
          return server.answer(204)
        case 'later':
          return server.answer(503)
        case 'never':
          return server.answer(404)
        case 'down':
          return server.stop()
        case 'slow':
          return server.slow()
      }
    },
    close: server.stop,
  }
})

describe('a webhook', () => {
  let server: Awaited<ReturnType<typeof startWebhookServer>>
  beforeEach(async () => {
    server = await startWebhookServer()
  })
  afterEach(() => server.stop())
  const signal = new AbortController().signal
  const open = (secret: string | null = null) =>
    openWebhook({ url: `${server.url}/hook?room=7`, secret, clock: systemClock })

  test('is posted the whole message as JSON, with a text for those who show a line', async () => {
    const message = messageOf({ link: 'http://localhost:4700/alerts/17' })
    await open().send(message, signal)
    const [{ path, headers, body }] = server.posted as [(typeof server.posted)[number]]
    expect(path).toBe('/hook?room=7')
    expect(headers['content-type']).toBe('application/json')
    expect(headers['millrace-signature']).toBeUndefined()
    const { text, ...rest } = JSON.parse(body)
    expect(rest).toEqual(message)
    expect(text).toBe(
      'Held: marts.status — 31 of 4,812 rows have no washroom_id (check not_null:washroom_id)\nmarts.status is held: 31 of 4,812 rows have no washroom_id (check not_null:washroom_id).\nReaders still see release 811 (10:15).\nLook: millrace check marts.status --rows',
    )
  })

  test('gets a signature that only the secret can make', async () => {
    await open('s3cret').send(messageOf(), signal)
    const [{ headers, body }] = server.posted as [(typeof server.posted)[number]]
    const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['millrace-signature']))!
    expect(hex).toBe(createHmac('sha256', 's3cret').update(`${seconds}.${body}`).digest('hex'))
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60)
  })

  test('that answers with a redirect refuses: nothing goes elsewhere', async () => {
    const other = await startWebhookServer()
    for (const status of [301, 302, 307, 308]) {
      server.answer(status, { location: `${other.url}/elsewhere` })
      await expect(open().send(messageOf(), signal)).rejects.toMatchObject({ code: 'NOTIFIER_REFUSED' })
    }
    expect(other.posted).toEqual([])
    await other.stop()
  })

  test('is tried again after 408, 429 and 5xx, and given up after other answers', async () => {
    for (const [status, code] of [
      [200, null],
      [202, null],
      [400, 'NOTIFIER_REFUSED'],
      [401, 'NOTIFIER_REFUSED'],
      [410, 'NOTIFIER_REFUSED'],
      [408, 'NOTIFIER_UNREACHABLE'],
      [429, 'NOTIFIER_UNREACHABLE'],
      [500, 'NOTIFIER_UNREACHABLE'],
      [502, 'NOTIFIER_UNREACHABLE'],
    ] as const) {
      server.answer(status)
      const outcome = await open()
        .send(messageOf(), signal)
        .then(
          () => null,
          (error: { code: string }) => error.code,
        )
      expect([status, outcome]).toEqual([status, code])
    }
  })

  test('never has its path or query in an error: they are often a secret', async () => {
    server.answer(404)
    const error = await open()
      .send(messageOf(), signal)
      .catch((reason: Error) => reason)
    expect(String(error)).not.toContain('room')
    await server.stop()
    const down = await open()
      .send(messageOf(), signal)
      .catch((reason: Error) => reason)
    expect(String(down)).not.toContain('room')
  })
})
