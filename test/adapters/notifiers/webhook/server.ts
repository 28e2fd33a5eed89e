import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'

export type Posted = Readonly<{ path: string; headers: IncomingHttpHeaders; body: string }>

/** A web server that takes what is posted to it. */
export async function startWebhookServer() {
  const posted: Posted[] = []
  let status = 204
  let headers: Record<string, string> = {}
  let isSlow = false
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    posted.push({ path: request.url ?? '', headers: request.headers, body })
    if (isSlow) return
    response.writeHead(status, headers).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const stop = async () => {
    server.closeAllConnections()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    posted,
    answer: (next: number, more: Record<string, string> = {}) => {
      status = next
      headers = more
    },
    slow: () => {
      isSlow = true
    },
    stop,
  }
}
