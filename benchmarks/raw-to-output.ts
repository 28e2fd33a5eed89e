/**
 * From raw readings in Postgres to three checked tables in the app: Millrace against the laptop way (pandas) and
 * against its own bare parts (COPY, one DuckDB connection, COPY, no checks, no state).
 *
 * Options: --rows N (5,000,000), --laptop to run the pandas ways too (makes a venv on first use).
 */
import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { runProject } from '../src/app/run-project.js'
import { openSession } from '../src/app/session.js'
import { systemClock } from '../src/base/clock.js'
import { silentLog } from '../src/base/log.js'
import type { RunResult } from '../src/executor/run.js'
import { createTestProject } from '../test/support/millrace.js'
import { startTestPostgres } from '../test/support/postgres.js'
import { CLEAN, DAILY, HOURLY, LATEST, rawToOutputFiles } from './support/raw-to-output-project.js'
import { flag, option, print, seconds } from './support/report.js'

const rows = Number(option('rows', '5000000'))
const server = await startTestPostgres({ tcp: true, durable: true })
const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))

try {
  const url = await server.createDatabase()
  const app = new pg.Client({ connectionString: url })
  app.on('error', () => {})
  await app.connect()
  await writeReadings(app)
  const bare = await bareParts(app)
  const millrace = await withMillrace(url, app)
  const laptop = flag('laptop')
    ? { simple: laptopWay('simple', url), careful: laptopWay('careful', url) }
    : null
  await app.end()
  print('raw-to-output', {
    rows,
    millrace,
    bare,
    laptop,
    'first build / bare parts': millrace.firstBuild / bare.seconds,
    ...(laptop && {
      'laptop / first build': laptop.simple.seconds / millrace.firstBuild,
      'careful laptop / first build': laptop.careful.seconds / millrace.firstBuild,
      'laptop / refresh': laptop.simple.seconds / millrace.refreshMedian,
    }),
  })
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function writeReadings(app: pg.Client): Promise<void> {
  await app.query(`
    create schema hardware; create schema laptop; create schema bare;
    create table hardware.readings (
      id bigserial primary key, device_id int not null, read_at timestamptz not null,
      people_in int not null, people_out int not null, level float8
    )`)
  await app.query(
    `insert into hardware.readings (device_id, read_at, people_in, people_out, level)
     select n % 500, timestamptz '2026-01-01' + make_interval(secs => (n / 500) * 300.0), (n * 79) % 23, (n * 83) % 19,
            (n % 1000) / 10.0
     from generate_series(1, $1::int) n`,
    [rows],
  )
  await app.query('vacuum analyze hardware.readings')
  await app.query('checkpoint')
}

/** The same work with nothing around it: what Millrace's own parts cost by themselves. */
async function bareParts(app: pg.Client) {
  const duck = await DuckDBInstance.create(join(folder, 'bare.duckdb'))
  const connection = await duck.connect()
  const file = join(folder, 'bare.csv')
  const took = await seconds(async () => {
    const out = app.query(copyTo('copy hardware.readings to stdout (format csv)'))
    await pipeline(out, createWriteStream(file, { highWaterMark: 4 << 20 }))
    await connection.run(`create schema raw; create schema staging; create schema marts; set timezone = 'UTC';
      create table raw.readings as select * from read_csv('${file}', header = false, auto_detect = false, columns = {
        id: 'BIGINT', device_id: 'INTEGER', read_at: 'TIMESTAMPTZ', people_in: 'INTEGER', people_out: 'INTEGER', level: 'DOUBLE'})`)
    for (const [name, sql] of Object.entries({
      'staging.clean': CLEAN,
      'marts.hourly': HOURLY,
      'marts.daily': DAILY,
      'marts.latest': LATEST,
    })) {
      const whole = sql
        .replace('$start', "timestamptz '2000-01-01'")
        .replace('$end', "timestamptz '2100-01-01'")
      await connection.run(`create table ${name} as ${whole}`)
    }
    for (const name of ['hourly', 'daily', 'latest']) await copyBack(name)
  })
  connection.closeSync()
  duck.closeSync()
  return { seconds: took }

  async function copyBack(name: string): Promise<void> {
    const columns = (await connection.runAndReadAll(`describe marts.${name}`)).getRows()
    const types: Record<string, string> = { DOUBLE: 'float8', 'TIMESTAMP WITH TIME ZONE': 'timestamptz' }
    const list = columns.map(([column, type]) => `${column} ${types[String(type)] ?? type}`).join(', ')
    await connection.run(`copy marts.${name} to '${file}' (format csv, header false)`)
    await app.query(`create table bare.${name} (${list})`)
    await pipeline(createReadStream(file), app.query(copyFrom(`copy bare.${name} from stdin (format csv)`)))
  }
}

/** A first build into an empty warehouse, then refreshes after 5,000 new rows, in one process as a server would. */
async function withMillrace(url: string, app: pg.Client) {
  const project = createTestProject(rawToOutputFiles)
  const session = await openSession({
    folder: project.root,
    environment: 'prod',
    env: { ...process.env, APP_DATABASE_URL: url },
    clock: systemClock,
    log: () => silentLog,
    processName: 'benchmark',
  })
  const request = { select: null, full: false, start: null, end: null, trigger: 'benchmark', accept: [] }
  const run = async () => {
    const { result } = await runProject(session, request, () => {}, new AbortController().signal)
    if (result.status !== 'done')
      throw new Error(`the run ended ${result.status}: ${JSON.stringify(result.steps)}`)
    return result
  }
  try {
    await session.services.store()
    let stages: unknown
    let refreshStages: unknown
    const firstBuild = await seconds(async () => {
      stages = stageSeconds(await run())
    })
    const refreshes: number[] = []
    for (let batch = 0; batch < 5; batch++) {
      await app.query(
        `insert into hardware.readings (device_id, read_at, people_in, people_out, level)
         select n % 500, timestamptz '2026-01-01' + make_interval(secs => (($1::int + $2::int * 5000 + n) / 500) * 300.0), n % 23, n % 19, 50
         from generate_series(1, 5000) n`,
        [rows, batch],
      )
      refreshes.push(
        await seconds(async () => {
          refreshStages = stageSeconds(await run())
        }),
      )
    }
    return {
      firstBuild,
      stages,
      refreshStages,
      refreshes,
      refreshMedian: [...refreshes].sort((a, b) => a - b)[2]!,
    }
  } finally {
    await session.close()
    project.remove()
  }
}

/** Where the time went: per step its build, checks and release; per target its delivery. */
function stageSeconds({ steps, deliveries }: RunResult): Record<string, number> {
  const figures = steps.flatMap(({ asset, metrics }) =>
    metrics
      .filter(({ name }) => ['build_ms', 'check_ms', 'release_ms'].includes(name))
      .map(({ name, value }) => [`${asset} ${name.replace('_ms', '')}`, value / 1000] as const),
  )
  return Object.fromEntries([
    ...figures,
    ...deliveries.map(({ target, durationMs }) => [`deliver ${target}`, durationMs / 1000] as const),
  ])
}

function laptopWay(way: 'simple' | 'careful', url: string): { seconds: number } {
  const venv = resolve('benchmarks/.venv')
  if (!existsSync(venv)) {
    execFileSync('python3', ['-m', 'venv', venv])
    execFileSync(join(venv, 'bin/pip'), [
      'install',
      '-q',
      '-r',
      resolve('benchmarks/laptop/requirements.txt'),
    ])
  }
  return JSON.parse(
    execFileSync(join(venv, 'bin/python'), [resolve('benchmarks/laptop/laptop.py'), way, url], {
      encoding: 'utf8',
    }),
  )
}
