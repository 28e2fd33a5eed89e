import { request } from 'node:http'
import { connect } from 'node:net'

export type RawAnswer = Readonly<{
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  text: string
}>

/** Sends exactly what is given: no normalised path, no Host of its own, no Origin rules. */
export function rawRequest(
  url: string,
  given: Readonly<{
    method?: string
    path: string
    headers?: Readonly<Record<string, string>>
    body?: string | Buffer
  }>,
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method: given.method ?? 'GET',
        path: given.path,
        headers: { host, ...given.headers },
        setHost: false,
        agent: false,
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => {
          text += piece
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        )
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(given.body)
  })
}

/** Writes `text` to a connection and leaves it open; resolves with what came when the server closed it. */
export function rawConnection(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (piece: string) => {
      answer += piece
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    )
  })
}
