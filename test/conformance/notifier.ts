import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AlertMessage, Notifier } from '../../src/adapters/notifiers/notifier.js'
import { alertOf } from './alerts.js'

const AT = Date.UTC(2026, 2, 2, 10, 15)

export const messageOf = (change: Partial<AlertMessage> = {}): AlertMessage => {
  const state = change.state ?? 'firing'
  return {
    id: `washrooms-prod-17-${state}`,
    project: 'washrooms',
    environment: 'prod',
    state,
    at: AT,
    alert: alertOf(17, {
      key: 'held:marts.status',
      asset: 'marts.status',
      title: 'marts.status is held: 31 of 4,812 rows have no washroom_id (check not_null:washroom_id)',
      effect: 'Readers still see release 811 (10:15).',
      next: 'Look: millrace check marts.status --rows',
      since: AT,
      state,
      events: [{ at: AT, state, by: state === 'acknowledged' ? 'Ana' : 'millrace', note: '' }],
    }),
    caused: [],
    link: null,
    ...change,
  }
}

/** A real channel that a test looks into, and can make unwilling. */
export type Channel = Readonly<{
  notifier: Notifier
  /** Ids of the messages that arrived, in order, as the channel can tell them. */
  received(): readonly string[]
  /** How it answers from now on. `down`: nobody listens. `slow`: it takes the message and does not answer. */
  answer(how: 'yes' | 'later' | 'never' | 'down' | 'slow'): Promise<void>
  close(): Promise<void>
}>

const forever = new AbortController().signal

/** Long enough for a machine that is busy with other tests. */
const PATIENCE_MS = 10_000
const IMPATIENCE_MS = 300

/** What every notifier does. `openChannel` is told how long the notifier waits for an answer. */
export function notifierConformance(
  name: string,
  openChannel: (timeoutMs: number) => Promise<Channel>,
): void {
  describe(`notifier: ${name}`, () => {
    let channel: Channel
    beforeEach(async () => {
      channel = await openChannel(PATIENCE_MS)
    })
    afterEach(async () => {
      await channel.notifier.close()
      await channel.close()
    })
    const send = (change: Partial<AlertMessage> = {}, signal = forever) =>
      channel.notifier.send(messageOf(change), signal)

    test('carries messages, and a repeated one under the same id', async () => {
      await send()
      await send()
      await send({ state: 'resolved' })
      expect(channel.received()).toEqual([
        'washrooms-prod-17-firing',
        'washrooms-prod-17-firing',
        'washrooms-prod-17-resolved',
      ])
    })

    test('says that a channel is unwilling now, and takes up where it was when it is willing again', async () => {
      await channel.answer('later')
      await expect(send()).rejects.toMatchObject({ code: 'NOTIFIER_UNREACHABLE', transient: true })
      await channel.answer('yes')
      await send()
      expect(channel.received().at(-1)).toBe('washrooms-prod-17-firing')
    })

    test('says that a channel refuses, for good', async () => {
      await channel.answer('never')
      await expect(send()).rejects.toMatchObject({ code: 'NOTIFIER_REFUSED', transient: false })
    })

    test('says that nobody listens', async () => {
      await channel.answer('down')
      await expect(send()).rejects.toMatchObject({ code: 'NOTIFIER_UNREACHABLE', transient: true })
    })

    test('does not wait for ever for an answer', async () => {
      await channel.notifier.close()
      await channel.close()
      channel = await openChannel(IMPATIENCE_MS)
      await channel.answer('slow')
      await expect(send()).rejects.toMatchObject({ code: 'NOTIFIER_UNREACHABLE', transient: true })
    })

    test('is cut off by the signal, with its reason', async () => {
      await channel.answer('slow')
      const reason = new Error('stop')
      const cut = new AbortController()
      const sending = send({}, cut.signal)
      cut.abort(reason)
      await expect(sending).rejects.toBe(reason)
      await expect(send({}, cut.signal)).rejects.toBe(reason)
    })
  })
}
