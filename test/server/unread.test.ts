import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { cutIfUnread } from '../../src/server/unread.js'

const UNREAD_MS = 100
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const open: { close(): void }[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

async function connected(listener: RequestListener): Promise<{ client: Socket; served: Socket }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined)
  open.push({ close: () => client.destroy() }, server)
  return { client, served: (await accepted)[0] as Socket }
}

test('a connection of whose answer nothing is taken is cut off', async () => {
  const { client, served } = await connected((_, outgoing) => {
    cutIfUnread(outgoing, UNREAD_MS)
    outgoing.end(Buffer.alloc(50_000_000))
  })
  client.pause().write(GET)
  await once(served, 'close')
  expect(served.bytesWritten).toBeGreaterThan(0)
})

test('a connection whose answer was taken may wait longer for the next one', async () => {
  let asked = 0
  const { client } = await connected(async (_, outgoing) => {
    if (++asked === 2) await after(UNREAD_MS * 3)
    cutIfUnread(outgoing, UNREAD_MS)
    outgoing.end(`answer ${asked}`)
  })
  client.setEncoding('utf8').write(GET + GET)
  let text = ''
  for await (const piece of client) {
    text += String(piece)
    if (text.includes('answer 2')) break
  }
  expect(text).toContain('answer 1')
})
