import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Api } from '../app/api/api.js'
import { appError } from '../app/errors.js'
import type { LiveProject } from '../app/live/live.js'
import { mistakesOf } from '../app/project-diagnostics.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/log.js'
import { answerUnreadable, createApp } from './app.js'
import { announce, findServer, type ServerAddress, withdraw } from './discovery.js'
import { serverError } from './errors.js'
import { LIMITS, type Limits } from './limits.js'
import { listen } from './listen.js'
import { createHostTest, hostOf, isHostName, isLoopback } from './security/hosts.js'
import { ensureToken } from './security/token.js'
import { WrongTokens } from './security/wrong-tokens.js'
import { Slots } from './slots.js'
import { StartedRuns } from './started-runs.js'
import { cutIfUnread } from './unread.js'

export const USUAL_PORT = 4510

export type ServerOptions = Readonly<{
  live: Pick<LiveProject, 'session' | 'broken' | 'refresh'>
  /** Ends what goes on in the project, and the project; called when the server stops. */
  stopProject: (graceMs: number) => Promise<void>
  api: Api
  log: Logger
  clock: Clock
  /** Null: the usual one or the next free one. */
  port: number | null
  host: string
  /** Names besides loopback's that requests may be sent to. */
  allowHosts: readonly string[]
  /** The built console; null where it is not built. */
  consoleFolder: string | null
  limits?: Limits
}>

export interface RunningServer {
  readonly url: string
  readonly token: string
  /** Cuts every connection, as a lost network does. Clients come back by themselves. */
  dropConnections(): void
  /** Takes no new work, waits for runs up to `graceMs`, tells those who follow how they ended, closes everything. */
  stop(graceMs: number): Promise<void>
}

/** The console with its token, which is behind `#` and so never sent nor logged. */
export const consoleLink = ({ url, token }: Pick<RunningServer, 'url' | 'token'>): string =>
  `${url}/#token=${token}`

/** @throws HOST_NEEDS_NAME, HOST_NAME_INVALID */
export function requireUsableHost(host: string, allowHosts: readonly string[]): void {
  const wrong = allowHosts.find((name) => !isHostName(name))
  if (wrong !== undefined) throw serverError('HOST_NAME_INVALID', { text: wrong })
  if (!isLoopback(host) && allowHosts.length === 0) throw serverError('HOST_NEEDS_NAME', { host })
}

/** @throws SERVER_RUNNING if another server that answers serves this project */
export async function requireNoOther(home: string): Promise<void> {
  const other = await findServer(home)
  if (other) throw serverRunning(other)
}

const serverRunning = ({ url, pid }: ServerAddress) => serverError('SERVER_RUNNING', { url, pid })

/**
 * Serves a project over HTTP until it is stopped, and says so in `.millrace/server.json`.
 * @throws SERVER_RUNNING, PORT_TAKEN, ADDRESS_UNUSABLE, HOST_NEEDS_NAME, HOST_NAME_INVALID
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { live, log, clock, host, port } = options
  const { home } = live.session.loaded.project
  requireUsableHost(host, options.allowHosts)
  await requireNoOther(home)
  const token = await ensureToken(home)
  const limits = options.limits ?? LIMITS
  const identity = { pid: process.pid, startedAt: clock.now() }
  const refuseWork = new AbortController()
  const stopping = new AbortController()
  // Every stream and every question listens to one of them.
  setMaxListeners(0, refuseWork.signal, stopping.signal)
  let boundPort = 0
  const http = httpServer(limits)
  const app = createApp({
    api: options.api,
    runs: new StartedRuns(options.api, clock, (err) => log.error({ err }, 'a run broke')),
    streams: new Slots('event streams', limits.streams),
    limits,
    log,
    inTurn: queryTurns(limits),
    refusing: refuseWork.signal,
    stopping: stopping.signal,
    state: () => ({ ...identity, ...projectState(live) }),
    refresh: () => live.refresh(),
    token,
    guard: {
      token,
      isOurHost: createHostTest(() => boundPort, host, options.allowHosts),
      wrongTokens: new WrongTokens(clock, limits.wrongTokens),
      log,
    },
    consoleFolder: options.consoleFolder,
  })
  const answered = async (request: Request, { outgoing }: HttpBindings) => {
    const response = await app.fetch(request)
    cutIfUnread(outgoing, limits.unreadMs)
    return response
  }
  http.on(
    'request',
    // HTTP/2 is not spoken: what goes out belongs to a connection of its own.
    getRequestListener((request, bindings) => answered(request, bindings as HttpBindings), {
      overrideGlobalObjects: false,
      errorHandler: answerUnreadable,
    }),
  )
  boundPort = await listen(http, { host, port, usual: USUAL_PORT })
  const address: ServerAddress = { url: `http://${hostOf(reachable(host))}:${boundPort}`, ...identity }
  try {
    const other = await announce(home, address)
    if (other) throw serverRunning(other)
  } catch (error) {
    http.close()
    throw error
  }
  log.info({ url: address.url }, 'serving')
  return {
    url: address.url,
    token,
    dropConnections: () => http.closeAllConnections(),
    stop: async (graceMs) => {
      refuseWork.abort(appError('SERVER_STOPPING', {}))
      try {
        await options.stopProject(graceMs)
      } finally {
        await withdraw(home, address)
        stopping.abort()
        await closeHttp(http)
      }
      log.info('stopped serving')
    },
  }
}

/** What a reader of the project has to know of its files. */
function projectState({ session, broken }: Pick<LiveProject, 'session' | 'broken'>) {
  const { project, warnings } = session.loaded
  const { root } = project
  if (broken === null) return { root, state: 'good' as const, diagnostics: warnings }
  return { root, state: 'broken' as const, diagnostics: mistakesOf(broken) }
}

function httpServer(limits: Limits): Server {
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    // How often the two timeouts are looked at.
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs / 2),
    maxHeaderSize: 16_384,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    noDelay: true,
  })
  server.maxConnections = limits.connections
  return server
}

/** Whom a server on every address of the machine is reached at from here. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

/** The engine runs a few queries at a time; so many may wait for it. */
function queryTurns({ queries }: Limits) {
  const slots = new Slots('queries', queries)
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const giveBack = slots.take()
    try {
      return await work()
    } finally {
      giveBack()
    }
  }
}

/** Answers under way get a moment; connections that stay open after it are cut. */
const CLOSE_MS = 1_000

async function closeHttp(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS)
  await closed
  clearTimeout(cut)
}
