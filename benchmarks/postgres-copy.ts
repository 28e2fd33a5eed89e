/**
 * Rows from Postgres into DuckDB and back, against binary COPY alone: out to nothing, and in from bytes in memory.
 * DuckDB is a file, and its commit is part of the time. Memory is the peak of a process that only loads.
 *
 * Options: --rows N (2,000,000), --rounds N (3), --memory "1000000,5000000" (sizes to compare; 20000000 for the
 * long one), --shape NAME (numbers, text, numeric, json) for one shape alone.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { ingestColumns } from '../src/adapters/engines/duckdb/columns/ingest-columns.js'
import { readColumns } from '../src/adapters/engines/duckdb/columns/read-columns.js'
import { openPostgresSource } from '../src/adapters/sources/postgres/open-postgres-source.js'
import { encodeCopy } from '../src/columns/postgres-binary/encode.js'
import { postgresTypeOf } from '../src/columns/postgres-binary/types.js'
import type { Asset } from '../src/domain/asset.js'
import type { Column } from '../src/domain/column.js'
import { quoteName } from '../src/sql/quote.js'
import { startTestPostgres } from '../test/support/postgres.js'
import { median, option, print, seconds } from './support/report.js'

const rows = Number(option('rows', '2000000'))
const rounds = Number(option('rounds', '3'))
const only = option('shape', '')
const sizes = option('memory', '1000000,5000000').split(',').filter(Boolean).map(Number)
const never = new AbortController().signal

const SHAPES: Readonly<Record<string, string>> = {
  numbers: `i as id, (i % 1000)::int as device_id, timestamptz '2024-01-01' + i * interval '1 second' as read_at,
    i / 7.0::float8 as level, (i % 100)::float8 as volts`,
  text: `i as id, 'device ' || i % 1000 as device, md5(i::text) || md5((i + 1)::text) as note`,
  numeric: `i as id, (i % 100000 / 100.0)::numeric(12,2) as price, (i * 1000.0001)::numeric(30,4) as total`,
  json: `i as id, jsonb_build_object('device', i % 1000, 'level', i % 100, 'tags', array['a', 'b']) as reading`,
}

async function compareAll(): Promise<void> {
  const server = await startTestPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const url = await server.createDatabase()
    const figures: Record<string, unknown> = {}
    for (const [shape, columns] of Object.entries(SHAPES)) {
      if (only && shape !== only) continue
      figures[shape] = await compare(url, folder, columns)
    }
    print('postgres-copy', { rows, ...figures, 'peak memory, MB': await memoryBySize(url, folder) })
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(client: pg.Client, columns: string, count: number): Promise<void> {
  await client.query('drop table if exists things, arrived')
  await client.query(`create table things as select ${columns} from generate_series(1::bigint, ${count}) i`)
  await client.query('vacuum analyze things')
}

async function compare(url: string, folder: string, columns: string) {
  const client = await connect(url)
  await fill(client, columns, rows)
  const path = join(folder, 'warehouse.duckdb')
  const duck = await DuckDBInstance.create(path)
  const connection = await duck.connect()
  const bytes = await collect(client)
  const times = { outBare: [] as number[], out: [] as number[], inBare: [] as number[], in: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    times.outBare.push(await seconds(() => drain(client)))
    times.out.push(await seconds(() => load(url, connection)))
    times.inBare.push(await timeCopyIn(client, () => Readable.from(bytes)))
    const types = await describeTable(connection)
    times.in.push(
      await timeCopyIn(client, () =>
        Readable.from(
          encodeCopy(
            readColumns(connection, 'select * from things', types, never),
            types.map(({ type }) => postgresTypeOf(type).name),
          ),
        ),
      ),
    )
  }
  await checkRoundTrip(client)
  connection.closeSync()
  duck.closeSync()
  rmSync(path, { force: true })
  await client.end()
  const [outBare, out, inBare, into] = [times.outBare, times.out, times.inBare, times.in].map(median)
  return {
    'Postgres to DuckDB, s': out,
    'binary COPY to nothing, s': outBare,
    'share of binary COPY out': outBare! / out!,
    'DuckDB to Postgres, s': into,
    'binary COPY in, s': inBare,
    'share of binary COPY in': inBare! / into!,
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // When the benchmark fails, the server goes first; the failure is what should be told.
  client.on('error', () => {})
  await client.connect()
  return client
}

async function drain(client: pg.Client): Promise<void> {
  const stream = client.query(copyTo('copy things to stdout (format binary)'))
  await pipeline(stream, new Writable({ write: (_chunk, _encoding, done) => done() }))
}

async function collect(client: pg.Client): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  for await (const chunk of client.query(copyTo('copy things to stdout (format binary)')))
    chunks.push(chunk as Buffer)
  return chunks
}

const asset: Asset = {
  name: 'raw.things',
  file: 'things.yaml',
  line: 1,
  description: '',
  owner: '',
  tags: [],
  materialize: 'table',
  key: [],
  deletes: 'none',
  columns: [],
  checks: [],
  checkReads: [],
  schedule: { kind: 'upstream' },
  budget: {},
  timeoutMs: 600_000,
  retries: 0,
  allowIncomplete: false,
  deliver: [],
  inputs: [],
  body: {
    kind: 'source',
    source: { kind: 'postgres', connection: 'app', table: 'things', load: 'full', deletes: false },
  },
}

async function load(url: string, connection: DuckDBConnection): Promise<void> {
  const source = openPostgresSource(asset, { kind: 'postgres', name: 'app', url })
  const { payload, columns, settle } = await source.extract({ position: null, folder: '' }, never)
  if (payload?.kind !== 'columns' || !columns) throw new Error('columns expected')
  const declared = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ')
  await connection.run('begin')
  await connection.run(`create or replace table things (${declared})`)
  await ingestColumns(connection, 'things', columns, payload.batches, never)
  await connection.run('commit')
  await settle(true)
  await source.close()
}

async function describeTable(connection: DuckDBConnection): Promise<Column[]> {
  const described = await connection.runAndReadAll('select column_name, column_type from (describe things)')
  return described.getRowsJson().map(([name, type]) => ({ name: String(name), type: String(type) }))
}

async function timeCopyIn(client: pg.Client, stream: () => Readable): Promise<number> {
  await client.query('drop table if exists arrived')
  await client.query('create table arrived (like things)')
  return seconds(() => pipeline(stream(), client.query(copyFrom('copy arrived from stdin (format binary)'))))
}

async function checkRoundTrip(client: pg.Client): Promise<void> {
  const { rows: found } = await client.query<{ count: string }>(
    'select count(*) as count from (table things except all table arrived) d',
  )
  if (found[0]?.count !== '0') throw new Error(`${found[0]?.count} rows came back different`)
}

interface Peaks {
  /** Peak of the whole process, MB. */
  all: number
  /** Peak of what is not the engine's own account of its pages, which `memory_limit` bounds, MB. */
  'outside the engine': number
}

async function memoryBySize(url: string, folder: string): Promise<Record<string, Peaks>> {
  const client = await connect(url)
  const peaks: Record<string, Peaks> = {}
  for (const size of sizes) {
    await fill(client, SHAPES.numbers!, size)
    const task = JSON.stringify({ url, folder: mkdtempSync(join(folder, 'peak-')) })
    const printed = execFileSync(process.execPath, [process.argv[1]!, '--load-only', task], {
      encoding: 'utf8',
    })
    peaks[size] = JSON.parse(printed) as Peaks
  }
  await client.end()
  return peaks
}

async function printPeak({ url, folder }: { url: string; folder: string }): Promise<void> {
  const duck = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'), { memory_limit: '256MB' })
  const connection = await duck.connect()
  const outside = await peakOutsideEngine(await duck.connect(), () => load(url, connection))
  connection.closeSync()
  duck.closeSync()
  const all = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(JSON.stringify({ all, 'outside the engine': Math.round(outside / 1e6) } satisfies Peaks))
}

/** Looks at the process 20 times a second while `work` goes on; bytes. */
async function peakOutsideEngine(monitor: DuckDBConnection, work: () => Promise<void>): Promise<number> {
  let peak = 0
  let over = false
  const looking = (async () => {
    while (!over) {
      const result = await monitor.runAndReadAll(
        'select sum(memory_usage_bytes)::double from duckdb_memory()',
      )
      peak = Math.max(peak, process.memoryUsage.rss() - Number(result.getRowsJson()[0]?.[0] ?? 0))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  await work()
  over = true
  await looking
  monitor.closeSync()
  return peak
}

const loadOnly = option('load-only', '')
if (loadOnly) await printPeak(JSON.parse(loadOnly) as { url: string; folder: string })
else await compareAll()
