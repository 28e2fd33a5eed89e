import { expect, test } from 'vitest'
import type { LiveEvent } from '../../../src/app/api/shapes.js'
import { EventHub } from '../../../src/app/live/event-hub.js'
import { systemClock } from '../../../src/base/clock.js'

const queue = { kind: 'queue', queue: [] } as const

async function take(events: AsyncIterable<LiveEvent>, count: number): Promise<LiveEvent[]> {
  const taken: LiveEvent[] = []
  for await (const event of events) {
    taken.push(event)
    if (taken.length === count) break
  }
  return taken
}

test('a follower who comes back gets what it missed, in order and once', async () => {
  const hub = new EventHub(systemClock)
  const stop = new AbortController()
  const first = take(hub.events(null, stop.signal), 2)
  await Promise.resolve()
  for (let count = 0; count < 5; count++) hub.publish(queue)
  const [, second] = await first
  const rest = await take(hub.events(second!.id, stop.signal), 3)
  expect(rest.map(({ id }) => Number(id.split('-')[1]))).toEqual([3, 4, 5])
})

test('what is no longer kept, or was told by another server, is answered with reset', async () => {
  const hub = new EventHub(systemClock)
  const stop = new AbortController()
  for (let count = 0; count < 6_000; count++) hub.publish(queue)
  for (const id of ['abc-1', 'nonsense', '', '-'])
    expect((await take(hub.events(id, stop.signal), 1))[0]?.kind, id).toBe('reset')
  const [reset] = await take(hub.events('x-1', stop.signal), 1)
  const early = `${reset!.id.split('-')[0]}-1`
  expect((await take(hub.events(early, stop.signal), 1))[0]?.kind).toBe('reset')
  // From the id of a reset on nothing is missed.
  const after = take(hub.events(reset!.id, stop.signal), 1)
  await Promise.resolve()
  hub.publish(queue)
  expect((await after)[0]?.kind).toBe('queue')
})

test('an id that was cut or changed is nobody’s, and none is told again from the start because of it', async () => {
  const hub = new EventHub(systemClock)
  const stop = new AbortController()
  for (let count = 0; count < 9; count++) hub.publish(queue)
  const [{ id }] = (await take(hub.events('x', stop.signal), 1)) as [LiveEvent]
  const mark = id.split('-')[0]
  for (const cut of [
    `${mark}-`,
    `${mark}--1`,
    `${mark}-05`,
    `${mark}-0x1`,
    `${mark}- 5`,
    `${mark}-5-7`,
    `${mark}-1e0`,
  ])
    expect((await take(hub.events(cut, stop.signal), 1))[0]?.kind, cut).toBe('reset')
  expect((await take(hub.events(`${mark}-0`, stop.signal), 9)).map((event) => event.kind)).toEqual(
    Array.from({ length: 9 }, () => 'queue'),
  )
})

test('a follower who does not read costs bounded memory and is told to read anew', async () => {
  const hub = new EventHub(systemClock)
  const stop = new AbortController()
  const slow = hub.events(null, stop.signal)[Symbol.asyncIterator]()
  const first = slow.next()
  hub.publish(queue)
  expect((await first).value?.kind).toBe('queue')
  for (let count = 0; count < 10_000; count++) hub.publish(queue)
  expect((await slow.next()).value?.kind).toBe('reset')
  stop.abort()
})

test('following ends with its signal', async () => {
  const hub = new EventHub(systemClock)
  const stop = new AbortController()
  const all = take(hub.events(null, stop.signal), 99)
  await Promise.resolve()
  hub.publish(queue)
  setImmediate(() => stop.abort())
  expect(await all).toHaveLength(1)
})
