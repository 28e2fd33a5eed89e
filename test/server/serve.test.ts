import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Api } from '../../src/app/api/api.js'
import type { LiveProject } from '../../src/app/live/live.js'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { createHttpApi } from '../../src/server/client.js'
import { findServer } from '../../src/server/discovery.js'
import { consoleLink, type RunningServer, type ServerOptions, startServer } from '../../src/server/serve.js'
import { rawRequest } from './raw-request.js'

// No project is needed to be found, refused and stopped: what is asked of one here is its folder.
let home: string
let running: RunningServer[]
let order: string[]

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'millrace home-'))
  running = []
  order = []
})
afterEach(async () => {
  for (const server of running) await server.stop(0)
  rmSync(home, { recursive: true, force: true })
})

const projectAt = (folder: string) =>
  ({
    loaded: { project: { home: folder, root: folder, name: 'x' }, warnings: [] },
  }) as unknown as LiveProject['session']

async function start(change: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    live: { session: projectAt(home), broken: null, refresh: async () => undefined },
    stopProject: async (graceMs) => void order.push(`project stopped within ${graceMs}`),
    api: {} as Api,
    log: silentLog,
    clock: systemClock,
    port: 0,
    host: '127.0.0.1',
    allowHosts: [],
    consoleFolder: null,
    ...change,
  })
  running.push(server)
  return server
}

/** Something else that listens on a port. */
async function occupy(answer: string): Promise<{ port: number; asked: string[]; close: () => void }> {
  const asked: string[] = []
  const server = createServer(({ url, headers }, response) => {
    asked.push(`${url} ${headers.authorization ?? ''}`)
    response.end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, asked, close: () => server.close() }
}

describe('the token', () => {
  test('is made once, kept for its owner only, and stays through a restart', async () => {
    const first = await start()
    expect(first.token).toMatch(/^[\w-]{43}$/)
    expect(readFileSync(join(home, 'token'), 'utf8').trim()).toBe(first.token)
    expect(statSync(join(home, 'token')).mode & 0o777).toBe(0o600)
    await first.stop(0)
    expect((await start()).token).toBe(first.token)
  })

  test('is made anew where its file is empty or cut', async () => {
    writeFileSync(join(home, 'token'), 'abc', { mode: 0o644 })
    const { token } = await start()
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(statSync(join(home, 'token')).mode & 0o777).toBe(0o600)
  })

  test('stands behind # in the console’s address, where it is never sent', async () => {
    const server = await start()
    expect(consoleLink(server)).toBe(`${server.url}/#token=${server.token}`)
  })
})

describe('being found', () => {
  test('a server says where it is until it stops', async () => {
    const server = await start()
    expect(await findServer(home)).toMatchObject({ url: server.url, pid: process.pid, token: server.token })
    expect(statSync(join(home, 'server.json')).mode & 0o777).toBe(0o600)
    await server.stop(0)
    expect(existsSync(join(home, 'server.json'))).toBe(false)
    expect(await findServer(home)).toBe(null)
  })

  test('a second server is told who serves already', async () => {
    const first = await start()
    await expect(start()).rejects.toMatchObject({
      code: 'SERVER_RUNNING',
      message: `This project is already served at ${first.url} by process ${process.pid}.`,
    })
    expect(await findServer(home)).toMatchObject({ url: first.url })
  })

  test('of two that start at once one serves', async () => {
    const both = await Promise.allSettled([start(), start()])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const [one] = running
    expect(await findServer(home)).toMatchObject({ url: one!.url })
  })

  test('what a dead server left is taken over', async () => {
    const stale = { url: 'http://127.0.0.1:1', pid: 999_999, startedAt: 1 }
    writeFileSync(join(home, 'server.json'), JSON.stringify(stale))
    expect(await findServer(home)).toBe(null)
    const server = await start()
    expect(await findServer(home)).toMatchObject({ url: server.url })
  })

  test('a file cut in the middle is no server', async () => {
    writeFileSync(join(home, 'server.json'), '{"url":"http://127')
    expect(await findServer(home)).toBe(null)
    await start()
  })

  test('whatever took a dead server’s port is never sent the token', async () => {
    const { token, stop } = await start()
    await stop(0)
    const other = await occupy('{"proof":"00"}')
    const url = `http://127.0.0.1:${other.port}`
    writeFileSync(join(home, 'server.json'), JSON.stringify({ url, pid: process.pid, startedAt: 1 }))
    expect(await findServer(home)).toBe(null)
    expect(other.asked).toHaveLength(1)
    expect(other.asked.join()).not.toContain(token)
    other.close()
  })

  test('stopping leaves another server’s announcement alone', async () => {
    const server = await start()
    const other = JSON.stringify({ url: 'http://127.0.0.1:2', pid: 1, startedAt: 2 })
    writeFileSync(join(home, 'server.json'), other)
    await server.stop(0)
    expect(readFileSync(join(home, 'server.json'), 'utf8')).toBe(other)
  })
})

describe('where it listens', () => {
  test('a port that is asked for and taken is said, and nothing is left', async () => {
    const other = await occupy('x')
    await expect(start({ port: other.port })).rejects.toMatchObject({ code: 'PORT_TAKEN' })
    expect(existsSync(join(home, 'server.json'))).toBe(false)
    other.close()
  })

  test('without one the usual port is taken, or the next free one', async () => {
    const { url } = await start({ port: null })
    expect(Number(new URL(url).port)).toBeGreaterThanOrEqual(4510)
  })

  test('an address that is not this machine’s is said', async () => {
    await expect(start({ host: '192.0.2.7', allowHosts: ['x.example'] })).rejects.toMatchObject({
      code: 'ADDRESS_UNUSABLE',
    })
  })

  test('other machines are let in under a name that was allowed, and only then', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'HOST_NEEDS_NAME' })
    await expect(start({ host: '::', allowHosts: ['http://x'] })).rejects.toMatchObject({
      code: 'HOST_NAME_INVALID',
    })
    const server = await start({ host: '0.0.0.0', allowHosts: ['data.example.com', 'lab:8443'] })
    const { port } = new URL(server.url)
    const statusOf = async (host: string, more: Record<string, string> = {}) =>
      (
        await rawRequest(server.url, {
          path: '/api/v1/server',
          headers: { host, authorization: `Bearer ${server.token}`, ...more },
        })
      ).status
    expect(await statusOf('data.example.com')).toBe(200)
    expect(await statusOf(`data.example.com:${port}`)).toBe(200)
    expect(await statusOf('DATA.example.com', { origin: 'https://data.example.com' })).toBe(200)
    expect(await statusOf('lab:8443')).toBe(200)
    expect(await statusOf('lab')).toBe(421)
    expect(await statusOf('data.example.com:1')).toBe(421)
    expect(await statusOf('other.example.com')).toBe(421)
  })
})

describe('stopping', () => {
  test('takes no new runs, ends streams, and closes the project in between', async () => {
    let started = () => {}
    const following = new Promise<void>((resolve) => {
      started = resolve
    })
    const api = {
      events: async function* (_after: string | null, signal: AbortSignal) {
        started()
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        order.push('stream ended')
      },
    } as unknown as Api
    let refused: unknown = null
    const server = await start({
      api,
      stopProject: async () => {
        const response = await fetch(`${server.url}/api/v1/run`, {
          method: 'POST',
          headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
          body: '{"trigger":"x"}',
        })
        refused = [response.status, ((await response.json()) as { code: string }).code]
        order.push('project stopped')
      },
    })
    const headers = { authorization: `Bearer ${server.token}` }
    const stream = fetch(`${server.url}/api/v1/events`, { headers }).then((response) => response.text())
    await following
    await server.stop(0)
    running = []
    expect(await stream).toMatch(/^: millrace/)
    expect(refused).toEqual([503, 'SERVER_STOPPING'])
    expect(order).toEqual(['project stopped', 'stream ended'])
  })

  test('cuts off work that is not a run, and says why', async () => {
    let began = () => {}
    const begun = new Promise<void>((resolve) => {
      began = resolve
    })
    const api = {
      check: (_request: unknown, signal: AbortSignal) => {
        began()
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    } as unknown as Api
    const server = await start({ api })
    const none = new AbortController().signal
    const checking = createHttpApi(server).check({ select: null, delivered: false, repair: false }, none)
    const told = expect(checking).rejects.toMatchObject({ code: 'SERVER_STOPPING' })
    await begun
    await server.stop(0)
    running = []
    await told
  })
})

describe('a client', () => {
  test('is told when the server is gone', async () => {
    const server = await start()
    await server.stop(0)
    running = []
    await expect(createHttpApi(server).overview()).rejects.toMatchObject({ code: 'SERVER_LOST' })
  })

  test('that gives up cuts its query off on the server', async () => {
    let cut = () => {}
    const wasCut = new Promise<void>((resolve) => {
      cut = resolve
    })
    let began = () => {}
    const begun = new Promise<void>((resolve) => {
      began = resolve
    })
    const api = {
      query: (_request: unknown, signal: AbortSignal) => {
        began()
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            cut()
            reject(signal.reason)
          }),
        )
      },
    } as unknown as Api
    const server = await start({ api })
    const stop = new AbortController()
    const asked = createHttpApi(server).query({ sql: 'select 1', maxRows: 1 }, stop.signal)
    await begun
    const reason = new Error('no longer wanted')
    stop.abort(reason)
    await expect(asked).rejects.toBe(reason)
    await wasCut
  })
})
