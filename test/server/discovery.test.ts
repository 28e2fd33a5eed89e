import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { announce, findServer } from '../../src/server/discovery.js'
import { ensureToken, proofOf } from '../../src/server/security/token.js'

describe('what a killed server left behind', () => {
  let home: string
  let token: string
  const servers: Server[] = []
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'millrace-discovery-'))
    token = await ensureToken(home)
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close()
    await rm(home, { recursive: true })
  })

  /** A server that proves it knows the token. */
  async function answering(): Promise<string> {
    const server = createServer((request, response) => {
      const nonce = new URL(request.url ?? '/', 'http://here').searchParams.get('nonce') ?? ''
      response.end(JSON.stringify({ proof: proofOf(token, nonce) }))
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const leave = (url: string) =>
    writeFile(join(home, 'server.json'), JSON.stringify({ url, pid: 1, startedAt: 1 }))
  const left = async () => JSON.parse(await readFile(join(home, 'server.json'), 'utf8'))

  test('does not keep a new one from the same port: what answers there is the new one', async () => {
    const url = await answering()
    await leave(url)
    expect(await announce(home, { url, pid: 2, startedAt: 2 })).toBeNull()
    expect(await left()).toEqual({ url, pid: 2, startedAt: 2 })
  })

  test('does not keep a new one from another port', async () => {
    await leave('http://127.0.0.1:9')
    const url = await answering()
    expect(await announce(home, { url, pid: 2, startedAt: 2 })).toBeNull()
    expect(await findServer(home)).toEqual({ url, pid: 2, startedAt: 2, token })
  })

  test('is moved away even where it is no file', async () => {
    await mkdir(join(home, 'server.json'))
    const url = await answering()
    expect(await announce(home, { url, pid: 2, startedAt: 2 })).toBeNull()
    expect(await left()).toEqual({ url, pid: 2, startedAt: 2 })
  })

  test('is told apart from one that still answers elsewhere', async () => {
    const other = await answering()
    await leave(other)
    expect(await announce(home, { url: await answering(), pid: 2, startedAt: 2 })).toMatchObject({
      url: other,
    })
    expect(await left()).toMatchObject({ pid: 1 })
  })
})

test('a token that is no file is told by its path', async () => {
  const home = await mkdtemp(join(tmpdir(), 'millrace-token-'))
  await mkdir(join(home, 'token'))
  await expect(ensureToken(home)).rejects.toMatchObject({ code: 'TOKEN_UNUSABLE' })
  await rm(home, { recursive: true })
})
