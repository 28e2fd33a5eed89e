/** What a look costs a server with 100 assets, in a quiet moment and after a run of all of them. */
import { openPostgresStore } from '../src/adapters/state/postgres/store.js'
import type { Session } from '../src/app/session.js'
import { createWatch, watchProject } from '../src/app/watch-project.js'
import { systemClock } from '../src/base/clock.js'
import { silentLog } from '../src/base/log.js'
import { step } from '../test/conformance/store.js'
import { asset, project as projectOf } from '../test/planner/project.js'
import { startTestPostgres } from '../test/support/postgres.js'
import { median, option, print, seconds } from './support/report.js'

const count = Number(option('assets', '100'))
const history = Number(option('history', '300'))
const rounds = Number(option('rounds', '20'))
const names = Array.from({ length: count }, (_one, index) => `marts.a${index}`)

const server = await startTestPostgres()
const options = { project: 'bench', environment: 'prod', processName: 'bench', log: silentLog }
const store = await openPostgresStore({ url: await server.createDatabase(), ...options })
const project = projectOf(
  names.map((name, index) => asset(name, index > 0 ? { inputs: [names[(index - 1) >> 1]!] } : {})),
)
// What a look uses of a session, and nothing else.
const session = {
  loaded: { project },
  services: { store: async () => store, clock: systemClock, log: silentLog, environment: 'prod' },
} as unknown as Session

const begun = systemClock.now() - (history + rounds) * 60_000
async function runAll(index: number) {
  const at = begun + index * 60_000
  const { run } = await store.beginRun({ trigger: 'bench', at })
  const metrics = [
    'duration_ms',
    'rows_out',
    'freshness_ms',
    'check:a',
    'check:b',
    'build_ms',
    'bytes_out',
  ].map((name) => ({ name, value: 1000 + Math.random() * 100 }))
  await store.recordSteps(
    run,
    names.map((name) => step(name, { startedAt: at, durationMs: 1000, metrics })),
  )
}

try {
  for (let index = 0; index < history; index++) await runAll(index)
  const remembered = createWatch()
  const look = () => seconds(() => watchProject(session, systemClock.now(), { remembered }))
  const first = await look()
  const quiet: number[] = []
  const afterRun: number[] = []
  for (let round = 0; round < rounds; round++) {
    quiet.push(await look())
    await runAll(history + round)
    afterRun.push(await look())
  }
  print('watch', {
    assets: count,
    'runs in the state': history,
    'ms, first look of a process': first * 1000,
    'ms, nothing new': median(quiet) * 1000,
    'ms, after a run of all': median(afterRun) * 1000,
  })
} finally {
  await store.close()
  await server.stop()
}
