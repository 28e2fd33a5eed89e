/**
 * What pages ask of the API, with a thousand assets and a hundred thousand runs in the state: 50th and 95th
 * percentile of each read, through the API in one process, and the size of its JSON. There is no other side to
 * compare with: the bound is 100 ms.
 */
import pg from 'pg'
import { alertMethods } from '../src/app/alerts.js'
import { createLocalApi, sessionHost } from '../src/app/api/local-api.js'
import { openSession } from '../src/app/session.js'
import { systemClock } from '../src/base/clock.js'
import { silentLog } from '../src/base/log.js'
import { noReports } from '../test/app/api/no-parts.js'
import { createTestProject } from '../test/support/millrace.js'
import { fillHistory } from './support/long-history.js'
import { option, print, seconds } from './support/report.js'

const layers = 10
const width = Number(option('assets', '1000')) / layers
const runs = Number(option('runs', '100000'))
const tries = Number(option('tries', '100'))

const header = (layer: number, at: number): string =>
  [
    `description: asset ${at} of layer ${layer}`,
    'owner: data',
    'columns:\n  n: { checks: [not_null] }',
    ...(layer === 0 ? [`schedule: '${at % 2 === 0 ? '*/5 * * * *' : '0 3 * * *'}'`] : []),
    ...(layer === layers - 1 && at % 5 === 0 ? [`deliver: { to: shelf, path: a${at}.parquet }`] : []),
  ].join('\n')

const statement = (layer: number, at: number): string =>
  layer === 0
    ? `select ${at} as id, range as n from range(10)`
    : `select a.id, a.n + b.n as n from l${layer - 1}.a${at} a join l${layer - 1}.a${(at + 1) % width} b using (n)`

const files: Record<string, string> = {
  'millrace.yaml':
    'name: reads\nstate: embedded\nwarehouse: { type: duckdb, path: .millrace/warehouse.duckdb }\nconnections:\n  shelf: { type: files, path: ./outgoing }\n',
}
const names: string[] = []
for (let layer = 0; layer < layers; layer++) {
  for (let at = 0; at < width; at++) {
    names.push(`l${layer}.a${at}`)
    files[`assets/l${layer}/a${at}.sql`] = `/* @asset\n${header(layer, at)}\n*/\n${statement(layer, at)}\n`
  }
}

const project = createTestProject(files)
const session = await openSession({
  folder: project.root,
  environment: 'prod',
  env: process.env,
  clock: systemClock,
  log: () => silentLog,
  processName: 'benchmark',
})
try {
  const store = await session.services.store()
  const client = new pg.Client((await session.services.embedded()).url('millrace'))
  await client.connect()
  const { rows } = await client.query(`select scope from millrace_state.scopes where project = 'reads'`)
  const filling = await seconds(() => fillHistory(client, rows[0].scope, names, runs))
  await client.end()
  const api = createLocalApi(sessionHost(session), { alerts: alertMethods(session), reports: noReports })
  const never = new AbortController().signal
  await api.run(
    { select: null, full: false, start: null, end: null, trigger: 'millrace run', accept: [] },
    () => {},
    never,
  )
  const any = (among: number) => Math.floor(Math.random() * among)
  const page = { limit: 50, before: null, status: null, asset: null }
  const ordinary = () => {
    const run = 1 + any(runs)
    return run % 1440 === 0 ? run - 1 : run
  }
  const reads: Record<string, () => Promise<unknown>> = {
    overview: () => api.overview(),
    assets: () => api.assets(),
    'asset, any': () => api.asset(names[3 + any(names.length - 3)]!),
    'asset, in every run': () => api.asset(names[any(3)]!),
    'runs, newest': () => api.runs(page),
    'runs, any page': () => api.runs({ ...page, before: any(runs) }),
    'runs, held': () => api.runs({ ...page, status: 'held', before: any(runs) }),
    'runs of an asset': () => api.runs({ ...page, asset: names[any(names.length)]! }),
    'runs of an asset that failed': () =>
      api.runs({ ...page, status: 'failed', asset: names[any(names.length)]! }),
    'run, a few steps': () => api.runDetail(ordinary()),
    'run, all assets': () => api.runDetail(1440 * (1 + any(Math.floor(runs / 1440)))),
    'metrics of an asset': () =>
      api.metrics({ asset: names[any(3)]!, metric: 'rows_out', since: null, limit: 500 }),
    'lineage, two hops': () => api.lineage({ focus: names[any(names.length)]!, depth: 2 }),
    search: () => api.search(`a${any(100)}`),
    status: () => api.status(),
  }
  const figures: Record<string, unknown> = {}
  for (const [read, work] of Object.entries(reads)) figures[read] = await percentiles(work)
  const { bytes } = await store.statistics()
  print('api-reads', { assets: names.length, runs, filling, stateMiB: bytes / 2 ** 20, ms: figures })
} finally {
  await session.close()
  project.remove()
}

async function percentiles(work: () => Promise<unknown>) {
  for (let warm = 0; warm < 5; warm++) await work()
  const times: number[] = []
  let bytes = 0
  for (let at = 0; at < tries; at++) {
    const began = performance.now()
    const answer = await work()
    times.push(performance.now() - began)
    bytes = Math.max(bytes, JSON.stringify(answer).length)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(tries - 1, Math.floor(tries * share))]!
  return { p50: at(0.5), p95: at(0.95), KiB: bytes / 1024 }
}
