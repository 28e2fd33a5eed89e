import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RawAnswer, rawConnection, rawRequest } from './raw-request.js'
import { type Serving, serveProject } from './serving.js'

/** What is tried, and what it is answered. `docs/security.md` holds this very table. */
type Attempt = Readonly<{
  what: string
  send: (serving: Serving) => Promise<RawAnswer>
  status: number
  code: string
}>

const WRONG = `Bearer ${'x'.repeat(43)}`
const auth = ({ server }: Serving) => ({ authorization: `Bearer ${server.token}` })
const json = { 'content-type': 'application/json' }

const get = (path: string, headers: (serving: Serving) => Record<string, string> = auth) => {
  return (serving: Serving) => rawRequest(serving.server.url, { path, headers: headers(serving) })
}
const post = (path: string, body: string | Buffer, headers: Record<string, string> = json) => {
  return (serving: Serving) =>
    rawRequest(serving.server.url, {
      method: 'POST',
      path,
      body,
      headers: { ...auth(serving), ...headers },
    })
}
const withAuth = (headers: Record<string, string>) => (serving: Serving) => ({ ...auth(serving), ...headers })
const portOf = ({ server }: Serving) => new URL(server.url).port

const attempts: readonly Attempt[] = [
  { what: 'no token', send: get('/api/v1/overview', () => ({})), status: 401, code: 'TOKEN_MISSING' },
  {
    what: 'a wrong token',
    send: get('/api/v1/overview', () => ({ authorization: WRONG })),
    status: 401,
    code: 'TOKEN_WRONG',
  },
  {
    what: 'the right token cut by one character',
    send: get('/api/v1/overview', (serving) => ({
      authorization: `Bearer ${serving.server.token.slice(0, -1)}`,
    })),
    status: 401,
    code: 'TOKEN_WRONG',
  },
  {
    what: 'the token in the address instead of the header',
    send: (serving) =>
      rawRequest(serving.server.url, { path: `/api/v1/overview?token=${serving.server.token}` }),
    status: 401,
    code: 'TOKEN_MISSING',
  },
  {
    what: 'the token as a password of Basic',
    send: get('/api/v1/overview', (serving) => ({
      authorization: `Basic ${Buffer.from(`millrace:${serving.server.token}`).toString('base64')}`,
    })),
    status: 401,
    code: 'TOKEN_MISSING',
  },
  {
    what: 'the description of the API without a token',
    send: get('/api/v1/openapi.json', () => ({})),
    status: 401,
    code: 'TOKEN_MISSING',
  },
  {
    what: 'an address that is not there, without a token',
    send: get('/api/v1/secrets', () => ({})),
    status: 401,
    code: 'TOKEN_MISSING',
  },
  {
    what: 'DNS rebinding: a Host of another name',
    send: get('/api/v1/overview', (serving) =>
      withAuth({ host: `evil.example:${portOf(serving)}` })(serving),
    ),
    status: 421,
    code: 'HOST_REFUSED',
  },
  {
    what: 'DNS rebinding: a Host that only begins like ours',
    send: get('/api/v1/overview', (serving) =>
      withAuth({ host: `127.0.0.1.evil.example:${portOf(serving)}` })(serving),
    ),
    status: 421,
    code: 'HOST_REFUSED',
  },
  {
    what: 'a Host of ours with another port',
    send: get('/api/v1/overview', withAuth({ host: '127.0.0.1:1' })),
    status: 421,
    code: 'HOST_REFUSED',
  },
  {
    what: 'DNS rebinding to the console’s page',
    send: get('/', () => ({ host: 'evil.example' })),
    status: 421,
    code: 'HOST_REFUSED',
  },
  {
    what: 'a Host with a user before it',
    send: get('/api/v1/overview', (serving) =>
      withAuth({ host: `evil.example@127.0.0.1:${portOf(serving)}` })(serving),
    ),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a Host of ours with a dot behind it',
    send: get('/api/v1/overview', (serving) => withAuth({ host: `localhost.:${portOf(serving)}` })(serving)),
    status: 421,
    code: 'HOST_REFUSED',
  },
  {
    what: 'this machine’s address written as IPv4 in IPv6',
    send: get('/api/v1/overview', (serving) =>
      withAuth({ host: `[::ffff:127.0.0.1]:${portOf(serving)}` })(serving),
    ),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'an address of another host, with a Host of ours',
    send: get('http://evil.example/api/v1/overview'),
    status: 421,
    code: 'HOST_REFUSED',
  },
  {
    what: 'a request of another site’s page (Origin)',
    send: get('/api/v1/overview', withAuth({ origin: 'https://evil.example' })),
    status: 403,
    code: 'ORIGIN_REFUSED',
  },
  {
    what: 'a request of a sandboxed page (Origin: null)',
    send: get('/api/v1/overview', withAuth({ origin: 'null' })),
    status: 403,
    code: 'ORIGIN_REFUSED',
  },
  {
    what: 'a request of another port of this machine (Origin)',
    send: get('/api/v1/overview', withAuth({ origin: 'http://127.0.0.1:1' })),
    status: 403,
    code: 'ORIGIN_REFUSED',
  },
  {
    what: 'a request of another site’s page (Sec-Fetch-Site)',
    send: get('/api/v1/overview', withAuth({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })),
    status: 403,
    code: 'ORIGIN_REFUSED',
  },
  {
    what: 'another site’s page that loads the console’s files',
    send: get('/index.html', () => ({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })),
    status: 403,
    code: 'ORIGIN_REFUSED',
  },
  {
    what: 'a preflight of another site (OPTIONS)',
    send: (serving) =>
      rawRequest(serving.server.url, {
        method: 'OPTIONS',
        path: '/api/v1/run',
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      }),
    status: 403,
    code: 'ORIGIN_REFUSED',
  },
  {
    what: 'a form’s body instead of JSON',
    send: post('/api/v1/run', 'trigger=x', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    code: 'CONTENT_TYPE_WRONG',
  },
  {
    what: 'JSON that says it is text, as forms can',
    send: post('/api/v1/run', '{"trigger":"x"}', { 'content-type': 'text/plain' }),
    status: 415,
    code: 'CONTENT_TYPE_WRONG',
  },
  { what: 'a body of no type', send: post('/api/v1/run', '{}', {}), status: 415, code: 'CONTENT_TYPE_WRONG' },
  {
    what: 'a body of another charset than UTF-8',
    send: post('/api/v1/query', '{"sql":"select 1"}', { 'content-type': 'application/json; charset=utf-16' }),
    status: 415,
    code: 'CONTENT_TYPE_WRONG',
  },
  {
    what: 'a body packed with gzip',
    send: post('/api/v1/query', gzipSync('{"sql":"select 1"}'), { ...json, 'content-encoding': 'gzip' }),
    status: 415,
    code: 'CONTENT_ENCODING_WRONG',
  },
  {
    what: 'a body that is no JSON',
    send: post('/api/v1/run', '{"trigger": '),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a body that is no UTF-8',
    send: post('/api/v1/query', Buffer.from([0x22, 0xff, 0xfe, 0x22])),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a body nested 400,000 deep',
    send: post('/api/v1/query', `{"sql":${'['.repeat(400_000)}${']'.repeat(400_000)}}`),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a body that gives a field twice',
    send: post('/api/v1/query', '{"sql":"select 1","sql":"select 2"}'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a NUL within a body’s text',
    send: post('/api/v1/query', '{"sql":"select 1 \\u0000 as hidden"}'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'half a character within a body’s text',
    send: post('/api/v1/query', `{"sql":"select '\\ud800'"}`),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a NUL within a parameter',
    send: get('/api/v1/alerts?asset=%00'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a field that does not exist',
    send: post('/api/v1/plan', '{"sekect":"marts.visits"}'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a field named __proto__',
    send: post('/api/v1/plan', '{"__proto__":{"full":true}}'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a field of another type',
    send: post('/api/v1/query', '{"sql":["select 1"]}'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a parameter of another type',
    send: get('/api/v1/runs?limit=ten'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a parameter given twice',
    send: get('/api/v1/runs?limit=1&limit=2'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a parameter that does not exist',
    send: get('/api/v1/runs?limt=1'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'more rows than a page may have',
    send: get('/api/v1/runs?limit=1000000'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'fewer rows than none',
    send: get('/api/v1/runs?limit=-1'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a number of 16 digits',
    send: get('/api/v1/runs?before=1000000000000000'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a number larger than that of any run',
    send: get('/api/v1/runs/2147483648'),
    status: 404,
    code: 'RUN_UNKNOWN',
  },
  {
    what: 'a name of 8,000 characters',
    send: get(`/api/v1/assets/${'x'.repeat(8_000)}`),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a report rendered into a folder of the caller’s choice',
    send: post('/api/v1/reports/weekly/render', '{"out":"/etc"}'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  {
    what: 'a body of 2 MB',
    send: post('/api/v1/query', JSON.stringify({ sql: 'x'.repeat(2_000_000) })),
    status: 413,
    code: 'BODY_TOO_LARGE',
  },
  {
    what: 'a body of 2 MB in chunks, without its length',
    send: post('/api/v1/query', JSON.stringify({ sql: 'x'.repeat(2_000_000) }), {
      ...json,
      'transfer-encoding': 'chunked',
    }),
    status: 413,
    code: 'BODY_TOO_LARGE',
  },
  { what: 'an unknown address', send: get('/api/v1/secrets'), status: 404, code: 'ROUTE_UNKNOWN' },
  { what: 'another version', send: get('/api/v2/overview'), status: 404, code: 'ROUTE_UNKNOWN' },
  {
    what: 'an address with a slash behind it',
    send: get('/api/v1/overview/'),
    status: 404,
    code: 'ROUTE_UNKNOWN',
  },
  {
    what: 'an address with two slashes',
    send: get('/api/v1//overview'),
    status: 404,
    code: 'ROUTE_UNKNOWN',
  },
  {
    what: 'another method, with a form’s body',
    send: post('/api/v1/overview', 'x=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 405,
    code: 'METHOD_WRONG',
  },
  {
    what: 'another method',
    send: (serving) =>
      rawRequest(serving.server.url, { method: 'DELETE', path: '/api/v1/assets', headers: auth(serving) }),
    status: 405,
    code: 'METHOD_WRONG',
  },
  {
    what: 'a method to write files (PUT)',
    send: (serving) =>
      rawRequest(serving.server.url, {
        method: 'PUT',
        path: '/index.html',
        headers: auth(serving),
        body: 'x',
      }),
    status: 405,
    code: 'METHOD_WRONG',
  },
  { what: 'path traversal: /../', send: get('/../../etc/passwd'), status: 404, code: 'ROUTE_UNKNOWN' },
  { what: 'path traversal: %2e%2e/', send: get('/%2e%2e/secret.txt'), status: 404, code: 'ROUTE_UNKNOWN' },
  {
    what: 'path traversal: ..%2f',
    send: get('/static/..%2f..%2fsecret.txt'),
    status: 404,
    code: 'ROUTE_UNKNOWN',
  },
  {
    what: 'path traversal: encoded twice',
    send: get('/static/..%252f..%252fsecret.txt'),
    status: 404,
    code: 'ROUTE_UNKNOWN',
  },
  {
    what: 'path traversal: backslashes',
    send: get('/static/..%5c..%5csecret.txt'),
    status: 404,
    code: 'ROUTE_UNKNOWN',
  },
  {
    what: 'path traversal: backslashes as they are',
    send: get('/static/..\\..\\secret.txt'),
    status: 400,
    code: 'REQUEST_INVALID',
  },
  { what: 'path traversal: a NUL', send: get('/index.html%00.png'), status: 404, code: 'ROUTE_UNKNOWN' },
  {
    what: 'path traversal: broken encoding',
    send: get('/%c0%ae%c0%ae/secret.txt'),
    status: 404,
    code: 'ROUTE_UNKNOWN',
  },
  { what: 'a hidden file of the console’s folder', send: get('/.env'), status: 404, code: 'ROUTE_UNKNOWN' },
  { what: 'a link out of the console’s folder', send: get('/link.txt'), status: 404, code: 'ROUTE_UNKNOWN' },
  { what: 'a folder of the console', send: get('/static'), status: 404, code: 'ROUTE_UNKNOWN' },
  {
    what: 'path traversal in a name of the API',
    send: get('/api/v1/assets/..%2f..%2fetc%2fpasswd'),
    status: 404,
    code: 'ASSET_UNKNOWN',
  },
  {
    what: 'a query that writes',
    send: post('/api/v1/query', '{"sql":"drop view marts.visits"}'),
    status: 403,
    code: 'ENGINE_QUERY_REFUSED',
  },
  {
    what: 'a query that reads a file',
    send: post('/api/v1/query', `{"sql":"from read_text('/etc/passwd')"}`),
    status: 403,
    code: 'ENGINE_QUERY_REFUSED',
  },
  {
    what: 'a query that reads the environment',
    send: post('/api/v1/query', `{"sql":"select getenv('HOME')"}`),
    status: 403,
    code: 'ENGINE_QUERY_REFUSED',
  },
  {
    what: 'a query that asks for a million rows',
    send: post('/api/v1/query', `{"sql":"select 1","maxRows":1000000}`),
    status: 400,
    code: 'QUERY_LIMIT_INVALID',
  },
]

let serving: Serving
let folder: string
const logged: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace console-'))
  mkdirSync(join(folder, 'console', 'static'), { recursive: true })
  writeFileSync(join(folder, 'console', 'index.html'), '<!doctype html><title>console</title>')
  writeFileSync(join(folder, 'console', '.env'), 'SECRET')
  writeFileSync(join(folder, 'console', 'static', 'index-AbCd1234.js'), 'console')
  writeFileSync(join(folder, 'secret.txt'), 'SECRET')
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'console', 'link.txt'))
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
  serving = await serveProject({
    log,
    options: { consoleFolder: join(folder, 'console') },
    limits: { headersMs: 300, requestMs: 600, wrongTokens: 8 },
  })
})
afterAll(async () => {
  await serving?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('what is tried against the server', () => {
  for (const { what, send, status, code } of attempts)
    test(`${what} is answered ${status} ${code}`, async () => {
      const answer = await send(serving)
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code])
      expect(answer.headers['content-type']).toBe('application/problem+json')
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      expect(answer.text).not.toMatch(/SECRET|root:|node_modules|\.js:\d/)
    })

  test('is what docs/security.md says', () => {
    const path = resolve(import.meta.dirname, '../../docs/security.md')
    const rows = attempts.map(({ what, status, code }) => `| ${what} | ${status} \`${code}\` |`)
    const table = ['| tried | answered |', '|---|---|', ...rows].join('\n')
    const [before, rest = ''] = readFileSync(path, 'utf8').split('<!-- attempts -->\n')
    const [found, after] = rest.split('\n<!-- end of attempts -->')
    if (process.env.UPDATE_GOLDEN)
      writeFileSync(path, `${before}<!-- attempts -->\n${table}\n<!-- end of attempts -->${after}`)
    else expect(found).toBe(table)
  })
})

describe('a client that means well', () => {
  test('passes with the token, from this machine’s names and from the console’s own page', async () => {
    const port = portOf(serving)
    for (const headers of [
      {},
      { host: `localhost:${port}` },
      { host: `[::1]:${port}` },
      { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' },
    ]) {
      const path = '/api/v1/server'
      const answer = await rawRequest(serving.server.url, { path, headers: withAuth(headers)(serving) })
      expect(answer.status, JSON.stringify(headers)).toBe(200)
    }
  })

  test('gets the console’s page for every address of it, with a policy that runs no foreign script', async () => {
    for (const path of ['/', '/assets/marts.visits', '/runs/7']) {
      const answer = await rawRequest(serving.server.url, {
        path,
        headers: { accept: 'text/html', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      })
      expect([path, answer.status, answer.text]).toEqual([path, 200, '<!doctype html><title>console</title>'])
      expect(answer.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self';/)
      expect(answer.headers['x-frame-options']).toBe('DENY')
      expect(answer.headers['cache-control']).toBe('no-cache')
    }
    const script = await rawRequest(serving.server.url, { path: '/static/index-AbCd1234.js' })
    expect(script.headers['content-type']).toMatch(/^text\/javascript/)
    expect(script.headers['cache-control']).toMatch(/immutable/)
  })

  test('is never kept out by the wrong tokens of others', async () => {
    const wrong = () => get('/api/v1/server', () => ({ authorization: WRONG }))(serving)
    const answers = await Promise.all(Array.from({ length: 30 }, wrong))
    expect(new Set(answers.map(({ status }) => status))).toContain(429)
    expect((await get('/api/v1/server')(serving)).status).toBe(200)
  })
})

describe('slow clients', () => {
  test('that never end their headers are cut off', async () => {
    const answer = await rawConnection(serving.server.url, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
    expect(answer).toMatch(/^HTTP\/1.1 408 /)
  })

  test('that never end their body are cut off', async () => {
    const head = `POST /api/v1/query HTTP/1.1\r\nHost: ${new URL(serving.server.url).host}\r\nAuthorization: Bearer ${serving.server.token}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"sql"`
    expect(await rawConnection(serving.server.url, head)).toMatch(/^HTTP\/1.1 408 |^$/)
  })

  test('with more headers than anybody needs are refused', async () => {
    const answer = await rawConnection(
      serving.server.url,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
  })
})

describe('connections', () => {
  const heads = (...more: readonly string[]) =>
    [
      `Host: ${new URL(serving.server.url).host}`,
      `Authorization: Bearer ${serving.server.token}`,
      ...more,
      '',
      '',
    ].join('\r\n')
  const query = '{"sql":"select 42"}'
  const answered = (text: string) => text.match(/HTTP\/1\.1 \d+/g)?.map((line) => Number(line.slice(9)))
  const say = (text: string) => rawConnection(serving.server.url, text)
  const last = () => `GET /api/v1/queue HTTP/1.1\r\n${heads('Connection: close')}`

  test('that send fifty requests at once get fifty answers, in order', async () => {
    const asked = Array.from(
      { length: 50 },
      (_, at) => `GET /api/v1/assets/none_${at} HTTP/1.1\r\n${heads()}`,
    )
    const text = await say(asked.join('') + last())
    expect([...text.matchAll(/There is no asset none_(\d+)\./g)].map(([, at]) => Number(at))).toEqual(
      Array.from({ length: 50 }, (_, at) => at),
    )
  })

  test('go on after a request that was refused', async () => {
    const refused = [
      `GET /api/v1/nothing HTTP/1.1\r\n${heads()}`,
      `GET /api/v1/queue HTTP/1.1\r\nHost: 127.0.0.1:${portOf(serving)}\r\n\r\n`,
      `GET /api/v1/queue HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
      `POST /api/v1/query HTTP/1.1\r\n${heads('Content-Length: 300000')}${'x'.repeat(300_000)}`,
    ]
    expect(answered(await say(refused.join('') + last()))).toEqual([404, 401, 421, 415, 200])
  })

  test('that name two hosts, or none, are refused', async () => {
    const twice = `GET /api/v1/queue HTTP/1.1\r\n${heads('Host: evil.example', 'Connection: close')}`
    expect(answered(await say(twice))).toEqual([421])
    expect(answered(await say('GET / HTTP/1.1\r\nConnection: close\r\n\r\n'))).toEqual([400])
    expect(answered(await say('GET / HTTP/1.0\r\n\r\n'))).toEqual([400])
  })

  test('are not upgraded: the request is answered as it is', async () => {
    for (const upgrade of ['websocket', 'h2c']) {
      const asked = heads('Connection: Upgrade, close', `Upgrade: ${upgrade}`)
      expect(answered(await say(`GET /api/v1/queue HTTP/1.1\r\n${asked}`)), upgrade).toEqual([200])
    }
    expect(await say(`CONNECT evil.example:443 HTTP/1.1\r\n${heads()}`)).toBe('')
  })

  test('may wait for 100 Continue, and send a body in pieces with trailers', async () => {
    const post = (more: readonly string[], body: string) =>
      say(
        `POST /api/v1/query HTTP/1.1\r\n${heads('Content-Type: application/json', ...more, 'Connection: close')}${body}`,
      )
    const waits = await post(['Expect: 100-continue', `Content-Length: ${query.length}`], query)
    expect(answered(waits)).toEqual([100, 200])
    const pieces = `${query.length.toString(16)}\r\n${query}\r\n0\r\nX-Sum: 1\r\n\r\n`
    expect(answered(await post(['Transfer-Encoding: chunked', 'Trailer: X-Sum'], pieces))).toEqual([200])
  })

  test('that stand idle by the thousand keep nobody out', async () => {
    const { hostname, port } = new URL(serving.server.url)
    const idle = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const socket = connect(Number(port), hostname).on('error', () => undefined)
        await once(socket, 'connect')
        return socket
      }),
    )
    expect((await get('/api/v1/server')(serving)).status).toBe(200)
    for (const socket of idle) socket.destroy()
  })
})

test('HEAD is answered with what an address takes, and opens no stream', async () => {
  for (const [path, allowed] of [
    ['/api/v1/overview', 'GET'],
    ['/api/v1/events', 'GET'],
    ['/api/v1/run', 'POST'],
    ['/api/v1/silences/1', 'DELETE'],
  ] as const) {
    const answer = await rawRequest(serving.server.url, { method: 'HEAD', path, headers: auth(serving) })
    expect([path, answer.status, answer.headers.allow]).toEqual([path, 405, allowed])
  }
})

test('the log tells who was refused, and never a token', () => {
  expect(logged.join('')).toMatch(/a request was refused/)
  expect(logged.join('')).not.toContain(serving.server.token)
  expect(logged.join('')).not.toContain(WRONG)
})

test('two requests in one (smuggling) are not both taken', async () => {
  const { host } = new URL(serving.server.url)
  const answer = await rawConnection(
    serving.server.url,
    `POST /api/v1/query HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
})
