import { once } from 'node:events'
import { createServer, type ListenOptions } from 'node:net'

/** Messages of the wire protocol, as a server sends them. */
export const hello = Buffer.concat([message('R', int(0)), message('Z', Buffer.from('I'))])
export const fatal = (code: string, text: string): Buffer =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`))

/**
 * Listens like a Postgres and answers each connection's first message with `answer`, then hangs up; `null` never
 * answers. For the moments at which a real server cannot be caught reliably.
 */
export async function startScriptedPostgres(listen: ListenOptions, answer: Buffer | null) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => answer && socket.end(answer))
  })
  server.listen(listen)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : null,
    stop: () => server.close(),
  }
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int(body.length + 4), body])
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
