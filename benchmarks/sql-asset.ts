/**
 * One SQL asset, built by Millrace with its checks, release and state commits, against the same statement in bare
 * DuckDB; and the overhead of a step, from fifty tiny assets.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { runProject } from '../src/app/run-project.js'
import { openSession, type Session } from '../src/app/session.js'
import { systemClock } from '../src/base/clock.js'
import { silentLog } from '../src/base/log.js'
import { createTestProject } from '../test/support/millrace.js'
import { median, option, print, seconds } from './support/report.js'

const rows = Number(option('rows', '5000000'))
const rounds = Number(option('rounds', '5'))
const TINY = 50
const NUMBERS = `select range as id, range % 1000 as device, hash(range) % 100 as v, timestamptz '2026-01-01' + range * interval 1 second as t from range(${rows})`
const HEAVY = `select id, device, t, v, avg(v) over (partition by device order by t rows between 10 preceding and current row) as smooth from raw.numbers`

const files: Record<string, string> = {
  'millrace.yaml':
    'name: bench\nstate: embedded\nwarehouse: { type: duckdb, path: .millrace/warehouse.duckdb }\n',
  'assets/raw/numbers.sql': `/* @asset\nmaterialize: table\n*/\n${NUMBERS}\n`,
  'assets/marts/heavy.sql': `/* @asset\nmaterialize: table\n*/\n${HEAVY}\n`,
}
for (let at = 0; at < TINY; at++)
  files[`assets/tiny/t${at}.sql`] = `/* @asset\nmaterialize: table\n*/\nselect ${at} as n\n`

const project = createTestProject(files)
const session = await openSession({
  folder: project.root,
  environment: 'prod',
  env: process.env,
  clock: systemClock,
  log: () => silentLog,
  processName: 'benchmark',
})
const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
const duck = await DuckDBInstance.create(join(folder, 'bare.duckdb'))
const connection = await duck.connect()

try {
  await run(session, null)
  await connection.run(
    `create schema raw; create schema marts; create schema tiny; create table raw.numbers as ${NUMBERS}`,
  )
  const heavy = { millrace: [] as number[], bare: [] as number[] }
  const tiny = { millrace: [] as number[], bare: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    heavy.bare.push(await seconds(() => connection.run(`create or replace table marts.heavy as ${HEAVY}`)))
    heavy.millrace.push(await seconds(() => run(session, 'marts.heavy')))
    tiny.bare.push(
      await seconds(async () => {
        for (let at = 0; at < TINY; at++)
          await connection.run(`create or replace table tiny.t${at} as select ${at} as n`)
      }),
    )
    tiny.millrace.push(await seconds(() => run(session, 'tiny.*')))
  }
  const figures = { millrace: median(heavy.millrace), bare: median(heavy.bare) }
  print('sql-asset', {
    rows,
    heavy: figures,
    'millrace / bare': figures.millrace / figures.bare,
    tiny: { steps: TINY, millrace: median(tiny.millrace), bare: median(tiny.bare) },
    'overhead per step, ms': ((median(tiny.millrace) - median(tiny.bare)) / TINY) * 1000,
  })
} finally {
  connection.closeSync()
  duck.closeSync()
  await session.close()
  project.remove()
  rmSync(folder, { recursive: true, force: true })
}

async function run(open: Session, select: string | null): Promise<void> {
  const request = { select, full: select !== null, start: null, end: null, trigger: 'benchmark', accept: [] }
  const { result } = await runProject(open, request, () => {}, new AbortController().signal)
  if (result.status !== 'done')
    throw new Error(`the run ended ${result.status}: ${JSON.stringify(result.steps)}`)
}
