import type { Api } from '../app/api/api.js'

/** Every address of the API starts so. */
export const API_ROOT = '/api/v1'

export type Verb = 'GET' | 'POST' | 'DELETE'
export type ApiPath = Readonly<{ verb: Verb; path: string }>

/** Where each method of `Api` is found below `API_ROOT`: the server's routes and its client read this one table. */
export const API_PATHS = {
  overview: { verb: 'GET', path: '/overview' },
  status: { verb: 'GET', path: '/status' },
  search: { verb: 'GET', path: '/search' },
  assets: { verb: 'GET', path: '/assets' },
  asset: { verb: 'GET', path: '/assets/{name}' },
  preview: { verb: 'GET', path: '/assets/{name}/preview' },
  metrics: { verb: 'GET', path: '/assets/{name}/metrics' },
  lineage: { verb: 'GET', path: '/lineage' },
  releases: { verb: 'GET', path: '/releases' },
  plan: { verb: 'POST', path: '/plan' },
  run: { verb: 'POST', path: '/run' },
  queue: { verb: 'GET', path: '/queue' },
  cancel: { verb: 'POST', path: '/runs/{run}/cancel' },
  runs: { verb: 'GET', path: '/runs' },
  runDetail: { verb: 'GET', path: '/runs/{run}' },
  log: { verb: 'GET', path: '/runs/{run}/log' },
  query: { verb: 'POST', path: '/query' },
  check: { verb: 'POST', path: '/check' },
  latestChecks: { verb: 'GET', path: '/checks/latest' },
  alerts: { verb: 'GET', path: '/alerts' },
  alert: { verb: 'GET', path: '/alerts/{id}' },
  acknowledge: { verb: 'POST', path: '/alerts/{id}/acknowledge' },
  silences: { verb: 'GET', path: '/silences' },
  silence: { verb: 'POST', path: '/silences' },
  unsilence: { verb: 'DELETE', path: '/silences/{id}' },
  reports: { verb: 'GET', path: '/reports' },
  report: { verb: 'GET', path: '/reports/{report}' },
  render: { verb: 'POST', path: '/reports/{report}/render' },
  reportHtml: { verb: 'GET', path: '/reports/{report}/html' },
  doctor: { verb: 'GET', path: '/doctor' },
  types: { verb: 'POST', path: '/types' },
  events: { verb: 'GET', path: '/events' },
} as const satisfies Readonly<Record<keyof Api, ApiPath>>

/** What only a server has: who it is, and the runs it was asked for. */
export const SERVER_PATHS = {
  /** The one address below `API_ROOT` without a token: it proves that the server knows it. */
  proof: { verb: 'GET', path: '/proof' },
  server: { verb: 'GET', path: '/server' },
  refresh: { verb: 'POST', path: '/server/refresh' },
  runEvents: { verb: 'GET', path: '/run/{ticket}/events' },
  cancelTicket: { verb: 'POST', path: '/run/{ticket}/cancel' },
  openapi: { verb: 'GET', path: '/openapi.json' },
} as const satisfies Readonly<Record<string, ApiPath>>

/** Fills `{names}` of a path in, encoded. */
export function pathTo(path: string, parts: Readonly<Record<string, string | number>> = {}): string {
  return (
    API_ROOT + path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name] ?? '')))
  )
}
