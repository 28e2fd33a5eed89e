import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Api } from '../../src/app/api/api.js'
import { createLocalApi, sessionHost } from '../../src/app/api/local-api.js'
import { openSession, type Session } from '../../src/app/session.js'
import { systemClock } from '../../src/base/clock.js'
import { type Logger, silentLog } from '../../src/base/log.js'
import { LIMITS, type Limits } from '../../src/server/limits.js'
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/serve.js'
import { noAlerts, noReports } from '../app/api/no-parts.js'
import { apiProjectFiles } from '../conformance/api/project.js'
import { startTestPostgres } from '../support/postgres.js'
import { removeProject } from '../support/remove-project.js'

/** A project that is served on a free port of loopback. */
export type Serving = Readonly<{
  server: RunningServer
  api: Api
  session: Session
  root: string
  home: string
  write(files: Readonly<Record<string, string>>): void
  /** Asks with the token, unless headers say otherwise. */
  ask(path: string, init?: RequestInit): Promise<Response>
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}>

export type ServingOptions = Readonly<{
  files?: Readonly<Record<string, string>>
  limits?: Partial<Limits>
  /** Stands before parts of the real API. */
  change?: (api: Api) => Partial<Api>
  options?: Partial<ServerOptions>
  log?: Logger
}>

export async function serveProject(given: ServingOptions = {}): Promise<Serving> {
  const root = mkdtempSync(join(tmpdir(), 'millrace server-'))
  const state = await startTestPostgres()
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), text)
    }
  }
  write(given.files ?? apiProjectFiles)
  const session = await openSession({
    folder: root,
    environment: 'prod',
    env: { STATE_URL: await state.createDatabase() },
    clock: systemClock,
    log: () => given.log ?? silentLog,
    processName: 'a test',
  })
  const real = createLocalApi(sessionHost(session), { alerts: noAlerts, reports: noReports })
  const api = { ...real, ...given.change?.(real) }
  const home = join(root, '.millrace')
  const server = await startServer({
    live: { session, broken: null, refresh: async () => undefined },
    stopProject: async () => undefined,
    api,
    log: given.log ?? silentLog,
    clock: systemClock,
    port: 0,
    host: '127.0.0.1',
    allowHosts: [],
    consoleFolder: null,
    limits: { ...LIMITS, ...given.limits },
    ...given.options,
  })
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(server.url + path, {
      ...init,
      headers: { authorization: `Bearer ${server.token}`, ...(init.headers as Record<string, string>) },
    })
  return {
    server,
    api,
    session,
    root,
    home,
    write,
    ask,
    post: (path, body, init = {}) =>
      ask(path, {
        ...init,
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string>) },
      }),
    close: async () => {
      await server.stop(0)
      await session.close()
      await state.stop()
      removeProject(root)
    },
  }
}
