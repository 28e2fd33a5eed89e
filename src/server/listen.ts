import type { Server } from 'node:http'
import { serverError } from './errors.js'

/** Ports tried after the usual one. */
const MORE_PORTS = 20

/**
 * Listens on exactly `port`, or, if it is only the usual one, on it or the next free one.
 * @throws PORT_TAKEN, ADDRESS_UNUSABLE
 */
export async function listen(
  server: Server,
  { host, port, usual }: Readonly<{ host: string; port: number | null; usual: number }>,
): Promise<number> {
  const candidates = port === null ? Array.from({ length: MORE_PORTS + 1 }, (_, at) => usual + at) : [port]
  for (const candidate of [...candidates, ...(port === null ? [0] : [])]) {
    const failure = await tryPort(server, host, candidate)
    if (failure === null) return boundPort(server)
    if (failure.code !== 'EADDRINUSE' && failure.code !== 'EACCES')
      throw serverError('ADDRESS_UNUSABLE', { host, detail: failure.message }, { cause: failure })
  }
  throw serverError('PORT_TAKEN', { port: port ?? usual, host })
}

function tryPort(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const done = (error: NodeJS.ErrnoException | null) => {
      server.off('error', done)
      server.off('listening', ready)
      resolve(error)
    }
    const ready = () => done(null)
    server.once('error', done)
    server.once('listening', ready)
    server.listen(port, host)
  })
}

function boundPort(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port')
  return address.port
}
