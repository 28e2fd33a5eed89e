import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import type { LiveEvent } from '../../src/app/api/shapes.js'
import type { NewLiveEvent } from '../../src/app/live/live.js'
import { LiveRuns } from './live-run.js'
import { lineageNode } from './made-assets.js'
import { madeReportHtml } from './made-reports.js'
import { LAST_RUN, type Mood } from './made-runs.js'
import { madeWorld } from './made-world.js'

type Options = Readonly<{ folder: string; port: number; assets: number; mood: Mood; pace: number }>

const TOKEN = 'fixture'
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** The made-up server: the console's files and every endpoint it asks. */
export async function start({
  folder,
  port,
  assets,
  mood,
  pace,
}: Options): Promise<{ url: string; stop(): void }> {
  const world = madeWorld(assets, mood, Date.now())
  const events: LiveEvent[] = []
  const open = new Set<ServerResponse>()
  const write = (response: ServerResponse, event: LiveEvent) =>
    response.write(`id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`)
  const publish = (event: NewLiveEvent): LiveEvent => {
    const marked = { id: String(events.length + 1), at: Date.now(), ...event } as LiveEvent
    events.push(marked)
    for (const response of open) write(response, marked)
    return marked
  }
  const live = new LiveRuns(world.made, publish, pace)
  if (mood === 'troubled' || mood === 'good') {
    live.start()
    setInterval(() => live.start(), 45_000 * pace).unref()
  }

  const stream = (request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': here\n\n')
    const after = request.headers['last-event-id']
    if (after)
      for (const event of events.filter(({ id }) => Number(id) > Number(after))) write(response, event)
    open.add(response)
    const beat = setInterval(() => response.write(': beat\n\n'), 10_000)
    response.on('close', () => {
      clearInterval(beat)
      open.delete(response)
    })
  }

  const answer = (
    path: string,
    query: URLSearchParams,
    method: string,
    body: Record<string, unknown>,
  ): unknown => {
    const limit = Number(query.get('limit') ?? 50)
    const [noun, name, part] = path.split('/').slice(1).map(decodeURIComponent)
    switch (noun) {
      case 'overview':
        return { ...world.overview(), running: live.summaries().filter(({ status }) => status === 'running') }
      case 'queue':
        return world.overview().queue
      case 'search': {
        const text = query.get('text') ?? ''
        return world.made
          .filter((made) => made.name.includes(text))
          .slice(0, 20)
          .map((made) => ({
            kind: 'asset',
            label: made.name,
            detail: made.description,
            path: `/assets/${made.name}`,
          }))
      }
      case 'assets':
        if (name === undefined) return world.assets()
        if (part === 'preview') return preview()
        if (part === 'metrics') return metrics(name, limit)
        return world.asset(name)
      case 'lineage':
        return { focus: query.get('focus'), nodes: world.made.map((made) => lineageNode(world.made, made)) }
      case 'releases':
        return world.overview().releases
      case 'runs': {
        if (name === undefined) {
          if (world.made.length === 0) return []
          const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY)
          const all = [
            ...live.summaries(),
            ...Array.from({ length: LAST_RUN }, (_, back) => LAST_RUN - back).map((run) => ({ lazy: run })),
          ]
          const found = []
          for (const one of all) {
            const run = 'lazy' in one ? one.lazy : one.run
            if (run >= before) continue
            const summary = 'lazy' in one ? world.runs.summary(run) : one
            if (query.get('status') && summary.status !== query.get('status')) continue
            found.push(summary)
            if (found.length === limit) break
          }
          return found
        }
        const run = Number(name)
        const going = live.find(run)
        if (!going && !(run >= 1 && run <= LAST_RUN)) return null
        if (part === 'cancel') return live.current?.detail.run.run === run ? live.cancel() : undefined
        if (part === 'log') {
          const lines = going ? going.log : world.runs.log(run)
          const asset = query.get('asset')
          return lines
            .filter((line) => line.line > Number(query.get('after') ?? 0) && (!asset || line.asset === asset))
            .slice(0, limit)
        }
        return going?.detail ?? world.runs.detail(run)
      }
      case 'run':
        return { run: live.start(String(body.trigger)) }
      case 'alerts': {
        if (name === undefined) {
          const states = (query.get('states') ?? 'pending,firing,acknowledged').split(',')
          return world.alerts.filter(({ state }) => states.includes(state))
        }
        const index = world.alerts.findIndex(({ id }) => id === Number(name))
        const alert = world.alerts[index]
        if (!alert) return null
        if (part !== 'acknowledge')
          return { alert, caused: world.alerts.filter(({ cause }) => cause === alert.id) }
        const by = String(body.by)
        const acknowledged = {
          ...alert,
          state: 'acknowledged' as const,
          acknowledgedAt: Date.now(),
          acknowledgedBy: by,
          events: [
            ...alert.events,
            { at: Date.now(), state: 'acknowledged' as const, by, note: String(body.note) },
          ],
        }
        world.alerts[index] = acknowledged
        publish({ kind: 'alert', alert: acknowledged })
        return acknowledged
      }
      case 'silences': {
        if (method === 'GET') return world.silences
        if (method === 'DELETE') {
          world.silences.splice(
            0,
            world.silences.length,
            ...world.silences.filter(({ id }) => id !== Number(name)),
          )
          return undefined
        }
        const silence = { id: world.silences.length + 10, createdAt: Date.now(), ...body } as never
        world.silences.push(silence)
        return silence
      }
      case 'reports':
        if (name === undefined) return world.reports
        return world.reports.find(({ report }) => report === name) ?? null
      case 'checks':
        return world.made.length === 0
          ? []
          : world.runs.detail(LAST_RUN).steps.flatMap(({ checks }) => checks)
      case 'doctor':
        return []
      default:
        return null
    }
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://here')
    if (!url.pathname.startsWith('/api/v1/')) return file(folder, url.pathname, response)
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      return problem(
        response,
        401,
        'UNAUTHORIZED',
        'The token is missing or wrong.',
        'Open the address that `millrace serve` printed.',
      )
    }
    const path = url.pathname.slice('/api/v1'.length)
    if (path === '/events') return stream(request, response)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {}
    if (/^\/reports\/[^/]+\/html/.test(path)) {
      response.writeHead(200, { 'content-type': 'text/html' })
      return response.end(
        madeReportHtml(url.searchParams.get('tenant') ?? 'everybody', url.searchParams.get('period') ?? ''),
      )
    }
    const found = answer(path, url.searchParams, request.method!, body)
    if (found === null)
      return problem(
        response,
        404,
        'NOT_KNOWN',
        `Nothing is known at ${path}.`,
        'Look at the list it would stand in.',
      )
    response.writeHead(found === undefined ? 204 : 200, { 'content-type': 'application/json' })
    response.end(found === undefined ? undefined : JSON.stringify(found))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://127.0.0.1:${taken}/#token=${TOKEN}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function file(folder: string, path: string, response: ServerResponse): void {
  const wanted = join(folder, path)
  const found = extname(path) !== '' && existsSync(wanted) ? wanted : join(folder, 'index.html')
  response.writeHead(200, {
    'content-type': TYPES[extname(found)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  })
  response.end(readFileSync(found))
}

function problem(response: ServerResponse, status: number, code: string, detail: string, hint: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ type: 'about:blank', title: code, status, detail, code, hint }))
}

function preview() {
  return {
    columns: [
      { name: 'washroom_id', type: 'INTEGER' },
      { name: 'hour', type: 'TIMESTAMP' },
      { name: 'visits', type: 'BIGINT' },
      { name: 'people_out', type: 'BIGINT' },
    ],
    rows: Array.from({ length: 50 }, (_, index) => [
      100 + (index % 12),
      `2024-02-05T${String(8 + Math.floor(index / 12)).padStart(2, '0')}:00:00`,
      (index * 37) % 90,
      index % 7 === 0 ? null : (index * 31) % 90,
    ]),
    truncated: true,
  }
}

function metrics(name: string, limit: number) {
  return Array.from({ length: Math.min(limit || 200, 200) }, (_, index) => {
    const usual = 1_000 + name.length * 20 + Math.sin(index / 12) * 200
    const unusual = index === 181
    return {
      run: LAST_RUN - 199 + index,
      at: Date.now() - (199 - index) * 15 * 60_000,
      value: unusual ? usual * 3 : usual + ((index * 7919) % 120) - 60,
      expected: index < 30 ? null : usual,
      low: index < 30 ? null : usual - 140,
      high: index < 30 ? null : usual + 140,
      unusual,
    }
  }).filter((_, index) => index < 90 || index > 102)
}
