import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunOutcome } from '../../src/app/api/api.js'
import type { LiveEvent } from '../../src/app/api/shapes.js'
import { EventHub } from '../../src/app/live/event-hub.js'
import { systemClock } from '../../src/base/clock.js'
import { createHttpApi } from '../../src/server/client.js'
import { readSse, type SseMessage } from '../../src/server/sse/read.js'
import { type Serving, serveProject } from './serving.js'

let serving: Serving
const hub = new EventHub(systemClock)
/** Runs wait here until a test lets them go on. */
let gate: { wait: Promise<void>; open: () => void }
const closeGate = () => {
  let open = () => {}
  const wait = new Promise<void>((resolve) => {
    open = resolve
  })
  gate = { wait, open: () => open() }
}

beforeAll(async () => {
  closeGate()
  gate.open()
  serving = await serveProject({
    limits: { heartbeatMs: 40, streams: 300 },
    change: (api) => ({
      events: (after, signal) => hub.events(after, signal),
      run: async (request, emit, signal) => {
        emit({ kind: 'step-log', asset: 'marts.visits', level: 'info', message: 'before' })
        await Promise.race([
          gate.wait,
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ])
        return api.run(request, emit, signal)
      },
    }),
  })
})
afterAll(() => serving?.close())

async function take(messages: AsyncIterable<SseMessage>, count: number): Promise<SseMessage[]> {
  const taken: SseMessage[] = []
  for await (const message of messages) {
    taken.push(message)
    if (taken.length === count) break
  }
  return taken
}

const open = async (path: string, headers: Record<string, string> = {}) => {
  const response = await serving.ask(path, { headers })
  expect(response.status).toBe(200)
  return readSse(response.body!)
}
const publish = (count: number) => {
  for (let at = 0; at < count; at++) hub.publish({ kind: 'queue', queue: [] })
}
const start = async () => {
  const response = await serving.post('/api/v1/run', { trigger: 'a test' })
  expect(response.status).toBe(202)
  return (await response.json()) as { ticket: string; events: string }
}

describe('the stream of events', () => {
  test('goes on after the last event that its reader saw', async () => {
    const first = await open('/api/v1/events')
    const seen = take(first, 2)
    publish(5)
    const last = (await seen).at(-1)!
    const rest = await take(await open('/api/v1/events', { 'last-event-id': last.id }), 3)
    expect(rest.map(({ id }) => Number(id.split('-')[1]))).toEqual([3, 4, 5])
  })

  test('says reset where what was missed is gone', async () => {
    const [message] = await take(await open('/api/v1/events', { 'last-event-id': 'another-server-7' }), 1)
    expect(JSON.parse(message!.data)).toMatchObject({ kind: 'reset' })
  })

  test('gives signs of life while nothing happens', async () => {
    const response = await serving.ask('/api/v1/events')
    const reader = response.body!.getReader()
    let text = ''
    while (text.split('\n:\n').length < 3) text += new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
    expect(text).toMatch(/^: millrace\n\n:\n\n/)
  })

  test('is followed by the client across a lost connection, each event once and in order', async () => {
    await expect.poll(() => hubFollowers()).toBe(0)
    const stop = new AbortController()
    const heard: LiveEvent[] = []
    const following = (async () => {
      for await (const event of createHttpApi(serving.server).events(null, stop.signal)) {
        heard.push(event)
        if (heard.length === 6) stop.abort()
      }
    })()
    await expect.poll(() => hubFollowers()).toBe(1)
    publish(3)
    await expect.poll(() => heard.length).toBe(3)
    serving.server.dropConnections()
    publish(3)
    await following
    const numbers = heard.map(({ id }) => Number(id.split('-')[1]))
    expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at))
  })

  test('is refused when too many are open, and again possible when they are closed', async () => {
    const streams = await Promise.all(Array.from({ length: 300 }, () => serving.ask('/api/v1/events')))
    const refused = await serving.ask('/api/v1/events')
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'SERVER_FULL'])
    expect(refused.headers.get('retry-after')).toBe('1')
    await Promise.all(streams.map(({ body }) => body!.cancel()))
    await expect
      .poll(async () => {
        const again = await serving.ask('/api/v1/events')
        await again.body!.cancel()
        return again.status
      })
      .toBe(200)
  })

  test('cannot be asked for with HEAD, which would leave it open', async () => {
    expect((await serving.ask('/api/v1/events', { method: 'HEAD' })).status).toBe(405)
  })
})

describe('a run', () => {
  test('goes on when who asked for it goes away, and can be followed again from the start', async () => {
    closeGate()
    const { events } = await start()
    const first = await take(await open(events), 1)
    gate.open()
    const all: SseMessage[] = []
    for await (const message of await open(events)) all.push(message)
    expect(all[0]).toEqual(first[0])
    expect(all.map(({ id }) => Number(id))).toEqual(all.map((_, at) => at + 1))
    expect(all.at(-1)?.event).toBe('outcome')
    expect((JSON.parse(all.at(-1)!.data) as RunOutcome).result.status).toBe('done')
    const rest: SseMessage[] = []
    for await (const message of await open(events, { 'last-event-id': all.at(-3)!.id })) rest.push(message)
    expect(rest).toEqual(all.slice(-2))
  })

  test('is followed by the client across a lost connection', async () => {
    closeGate()
    const kinds: string[] = []
    const running = createHttpApi(serving.server).run(
      { select: null, full: false, start: null, end: null, trigger: 'a test', accept: [] },
      (event) => kinds.push(event.kind),
      new AbortController().signal,
    )
    await expect.poll(() => kinds.length).toBe(1)
    serving.server.dropConnections()
    gate.open()
    expect((await running).result.status).toBe('done')
    expect(kinds.filter((kind) => kind === 'run-started')).toHaveLength(1)
    expect(kinds.at(-1)).toBe('run-finished')
  })

  test('ends when somebody cancels it by its ticket', async () => {
    closeGate()
    const { ticket, events } = await start()
    const following = open(events)
    const cancelled = await serving.post(`/api/v1/run/${ticket}/cancel`, { by: 'ana' })
    expect(cancelled.status).toBe(204)
    const messages: SseMessage[] = []
    for await (const message of await following) messages.push(message)
    expect(messages.at(-1)?.event).toBe('error')
    expect(JSON.parse(messages.at(-1)!.data)).toMatchObject({
      code: 'RUN_CANCELLED',
      detail: 'The run was cancelled by ana.',
    })
    gate.open()
  })

  test('that nobody started is not there', async () => {
    const none = '00000000-0000-4000-8000-000000000000'
    const answer = await serving.ask(`/api/v1/run/${none}/events`)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'TICKET_UNKNOWN'])
  })

  test('that nobody started takes no place of a stream, however often it is asked for', async () => {
    const none = '/api/v1/run/00000000-0000-4000-8000-000000000000/events'
    for (let count = 0; count < 301; count++) await (await serving.ask(none)).arrayBuffer()
    const stream = await serving.ask('/api/v1/events')
    expect(stream.status).toBe(200)
    await stream.body!.cancel()
  })

  test('that is refused at once is answered with its own status', async () => {
    const answer = await serving.post('/api/v1/run', { trigger: 'a test', select: 'marts.visit' })
    // The project is asked on another turn of the loop: this one is told in the stream.
    const { events } = (await answer.json()) as { events: string }
    const messages: SseMessage[] = []
    for await (const message of await open(events)) messages.push(message)
    expect(JSON.parse(messages.at(-1)!.data)).toMatchObject({
      code: 'SELECTION_UNKNOWN',
      hint: 'Did you mean marts.visits?',
      status: 404,
    })
  })
})

describe('two hundred clients', () => {
  test('are all answered while a run goes on and they follow it', async () => {
    closeGate()
    const { events } = await start()
    const followers = Array.from({ length: 100 }, async () => {
      let last = ''
      for await (const message of await open(events)) last = message.event
      return last
    })
    const readers = Array.from({ length: 100 }, async (_, at) => {
      const path = ['/overview', '/assets', '/runs?limit=5', '/queue', '/lineage'][at % 5]!
      const statuses = [await serving.ask(`/api/v1${path}`), await serving.ask(`/api/v1${path}`)]
      for (const response of statuses) await response.arrayBuffer()
      return statuses.map(({ status }) => status)
    })
    expect((await Promise.all(readers)).flat().every((status) => status === 200)).toBe(true)
    gate.open()
    expect(new Set(await Promise.all(followers))).toEqual(new Set(['outcome']))
  })
})

describe('a fault', () => {
  test('is told without its inside, and logged', async () => {
    const broken = await serveProject({
      change: () => ({
        overview: () => Promise.reject(new TypeError('secret of /home/ana/project')),
      }),
    })
    const answer = await broken.ask('/api/v1/overview')
    const text = await answer.text()
    expect([answer.status, (JSON.parse(text) as { code: string }).code]).toEqual([500, 'FAULT'])
    expect(text).not.toMatch(/secret|TypeError|at /)
    await broken.close()
  })
})

const hubFollowers = (): number => (hub as unknown as { followers: Set<unknown> }).followers.size
