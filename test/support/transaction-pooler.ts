import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { hello } from './scripted-postgres.js'

/**
 * A pooler with one session for all of its clients, as PgBouncer has with `pool_mode = transaction` and a pool of one:
 * it greets by itself, and gives the session to the next client whenever the server says it is idle. Returns its port.
 */
export async function startTransactionPooler(
  socketPath: string,
  database: string,
): Promise<{ port: number; stop(): void }> {
  const backend = connect(socketPath)
  await once(backend, 'connect')
  backend.write(startup(`user\0postgres\0database\0${database}\0\0`))
  await new Promise<void>((resolve) => onMessage(backend, (bytes) => bytes[0] === READY && resolve()))
  backend.removeAllListeners('data')

  const waiting: { client: Socket; bytes: Buffer }[] = []
  let active: Socket | null = null
  const next = () => {
    const turn = active ? undefined : waiting.shift()
    if (!turn) return
    active = turn.client
    backend.write(turn.bytes)
  }
  onMessage(backend, (bytes) => {
    active?.write(bytes)
    if (bytes[0] !== READY || bytes[5] !== IDLE) return
    active = null
    next()
  })
  const clients = new Set<Socket>()
  const server = createServer((client) => {
    clients.add(client)
    client.on('error', () => {})
    client.once('data', () => {
      client.write(hello)
      client.on('data', (bytes: Buffer) => {
        // A goodbye is not the session's.
        if (bytes[0] === GOODBYE) client.end()
        else if (active === client) backend.write(bytes)
        else waiting.push({ client, bytes })
        next()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    stop: () => {
      server.close()
      backend.destroy()
      for (const client of clients) client.destroy()
    },
  }
}

const [READY, IDLE, GOODBYE] = ['Z', 'I', 'X'].map((letter) => letter.charCodeAt(0))

function startup(parameters: string): Buffer {
  const bytes = Buffer.alloc(8 + Buffer.byteLength(parameters))
  bytes.writeInt32BE(bytes.length, 0)
  bytes.writeInt32BE(196_608, 4)
  bytes.write(parameters, 8)
  return bytes
}

/** Calls back with each whole message of the server. */
function onMessage(socket: Socket, take: (message: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
      const end = 1 + rest.readInt32BE(1)
      take(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  })
}
