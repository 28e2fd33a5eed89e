import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { openFilesSource } from '../../../../src/adapters/sources/files/source.js'
import type { Extract } from '../../../../src/adapters/sources/source.js'
import { type Clock, systemClock } from '../../../../src/base/clock.js'
import type { Json } from '../../../../src/base/json.js'
import type { Asset, DeclaredColumn, FileFormat } from '../../../../src/domain/asset.js'

export type Loaded = Readonly<{
  extract: Extract
  /** Null where nothing was new. At most 20,000. */
  rows: readonly Readonly<Record<string, unknown>>[] | null
  types: Readonly<Record<string, string>>
  position: Json
  notes: readonly string[]
}>

export type LoadRequest = Readonly<{
  path?: string
  /** Part of the folder that the connection is for; left out: all of it. */
  below?: string
  format?: FileFormat
  options?: Readonly<Record<string, Json>>
  columns?: readonly DeclaredColumn[]
  position?: Json
  clock?: Clock
}>

/** Rows that `load` gives back; `query` sees the rest. */
const MAX_ROWS = 20_000

/** A folder of incoming files, and the way an engine would load them. */
export class IncomingFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'millrace-files-'))
  #connection: DuckDBConnection | null = null

  /** Writes files as if they had been there for an hour, unless they are `fresh`. */
  async write(
    files: Readonly<Record<string, string | Buffer>>,
    options: { fresh?: boolean } = {},
  ): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.path, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
      const hourAgo = new Date(Date.now() - 3_600_000)
      if (!options.fresh) await utimes(path, hourAgo, hourAgo)
    }
  }

  async load(request: LoadRequest = {}): Promise<Loaded> {
    const connection = { kind: 'files', name: 'drop', path: join(this.path, request.below ?? '') } as const
    const source = openFilesSource(sourceAsset(request), connection, request.clock ?? systemClock)
    const folder = await mkdtemp(join(tmpdir(), 'millrace-load-'))
    this.#folders.push(folder)
    const extract = await source.extract(
      { position: request.position ?? null, folder },
      new AbortController().signal,
    )
    const loaded = await this.#read(extract)
    return {
      extract,
      ...loaded,
      position: JSON.parse(JSON.stringify(extract.position())),
      notes: extract.notes,
    }
  }

  /** Looks at all rows of the last load, as table `loaded`. */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    return (await (await this.#connect()).runAndReadAll(sql)).getRowObjectsJson()
  }

  close(): void {
    this.#connection?.closeSync()
    for (const folder of [this.path, ...this.#folders]) rmSync(folder, { recursive: true, force: true })
  }

  readonly #folders: string[] = []

  async #connect(): Promise<DuckDBConnection> {
    if (this.#connection) return this.#connection
    this.#connection = await (await DuckDBInstance.create()).connect()
    await this.#connection.run("set timezone = 'UTC'")
    return this.#connection
  }

  async #read({ payload, columns }: Extract): Promise<Pick<Loaded, 'rows' | 'types'>> {
    if (!payload) return { rows: null, types: {} }
    if (payload.kind !== 'files') throw new TypeError('files expected')
    if (payload.paths.length === 0) return { rows: [], types: {} }
    const reader = { csv: 'read_csv', ndjson: 'read_json', parquet: 'read_parquet' }[payload.format]
    const options = [
      ...Object.entries(payload.options).map(([name, value]) => `${name} = ${literal(value)}`),
      ...(payload.format === 'ndjson' ? [`format = 'newline_delimited'`] : []),
      ...(columns && payload.format !== 'parquet'
        ? [`columns = {${columns.map(({ name, type }) => `${text(name)}: ${text(type)}`).join(', ')}}`]
        : []),
      `filename = ${text(payload.fileColumn ?? 'filename')}`,
    ]
    const list = columns
      ? [
          ...columns.map(({ name, type }) => `${quoted(name)}::${type} as ${quoted(name)}`),
          payload.fileColumn,
        ].join(', ')
      : '*'
    const paths = payload.paths.map(text).join(', ')
    const connection = await this.#connect()
    await connection.run(
      `create or replace table loaded as select ${list} from ${reader}([${paths}], ${options.join(', ')})`,
    )
    const loaded = Number((await this.query('select count(*) as rows from loaded'))[0]!.rows)
    if (loaded !== payload.sent()) throw new Error(`${payload.sent()} rows sent, ${loaded} loaded`)
    const answer = await connection.runAndReadAll(`from loaded limit ${MAX_ROWS}`)
    const rows = answer.getRowObjectsJson().map((row) => {
      const { _millrace_file: file, ...rest } = row
      if (typeof file !== 'string') throw new TypeError('no file column')
      return rest
    })
    const names = answer.columnNames()
    const types = Object.fromEntries(answer.columnTypes().map((type, at) => [names[at]!, String(type)]))
    delete types._millrace_file
    return { rows, types }
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

function literal(value: Json): string {
  if (typeof value === 'string')
    return /[\n\r]/.test(value) ? `e'${JSON.stringify(value).slice(1, -1)}'` : text(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return String(value)
}

function sourceAsset({ path = '*.csv', format = 'csv', options = {}, columns = [] }: LoadRequest): Asset {
  return {
    name: 'raw.drop',
    file: 'assets/raw/drop.yaml',
    line: 1,
    description: 'Files as they came',
    owner: 'data',
    tags: [],
    materialize: 'table',
    key: [],
    deletes: 'none',
    columns,
    checks: [],
    schedule: { kind: 'upstream' },
    budget: {},
    timeoutMs: 60_000,
    retries: 0,
    allowIncomplete: false,
    deliver: [],
    inputs: [],
    checkReads: [],
    body: { kind: 'source', source: { kind: 'files', connection: 'drop', path, format, options } },
  }
}
