import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { ingestColumns } from '../../../../src/adapters/engines/duckdb/columns/ingest-columns.js'
import { openPostgresSource } from '../../../../src/adapters/sources/postgres/open-postgres-source.js'
import type { Extract } from '../../../../src/adapters/sources/source.js'
import type { Json } from '../../../../src/base/json.js'
import type { Payload } from '../../../../src/columns/payload.js'
import type { Asset, SourceSpec } from '../../../../src/domain/asset.js'
import type { Column } from '../../../../src/domain/column.js'
import { quoteName } from '../../../../src/sql/quote.js'

export const never = new AbortController().signal

type PostgresSpec = SourceSpec & { kind: 'postgres' }

export function sourceAsset(
  source: Partial<PostgresSpec> & { table: string },
  asset: Partial<Asset> = {},
): Asset {
  return {
    name: 'raw.things',
    file: 'assets/raw/things.yaml',
    line: 1,
    description: '',
    owner: '',
    tags: [],
    materialize: 'keyed',
    key: ['id'],
    deletes: 'none',
    columns: [],
    checks: [],
    schedule: { kind: 'upstream' },
    budget: {},
    timeoutMs: 60_000,
    retries: 0,
    allowIncomplete: false,
    deliver: [],
    inputs: [],
    checkReads: [],
    ...asset,
    body: {
      kind: 'source',
      source: { kind: 'postgres', connection: 'app', load: 'full', deletes: false, ...source },
    },
  }
}

export async function openClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Stands for the warehouse and the executor: ingests what a source extracts and merges it by `id`. */
export class Loader {
  position: Json = null
  private constructor(
    private readonly asset: Asset,
    private readonly url: string,
    readonly duck: DuckDBConnection,
  ) {}

  static async open(asset: Asset, url: string): Promise<Loader> {
    const instance = await DuckDBInstance.create(':memory:')
    return new Loader(asset, url, await instance.connect())
  }

  /** Loads once; resolves to the rows read, or null where nothing was new. */
  async load(): Promise<{ rows: number | null; notes: readonly string[] }> {
    const source = openPostgresSource(this.asset, { kind: 'postgres', name: 'app', url: this.url })
    try {
      const extract = await source.extract({ position: this.position, folder: '/nowhere' }, never)
      const rows = await this.consume(extract)
      await extract.settle(true)
      if (extract.payload) this.position = JSON.parse(JSON.stringify(extract.position())) as Json
      return { rows, notes: extract.notes }
    } finally {
      await source.close()
    }
  }

  private async consume({ payload, columns, effect }: Extract): Promise<number | null> {
    if (!payload || !columns) return null
    const rows = await this.ingest('candidate', columns, payload)
    if (effect.kind === 'replace' || !(await this.exists('live')))
      await this.duck.run('create or replace table live as from candidate')
    else
      await this.duck.run(
        'delete from live where id in (select id from candidate); insert into live by name from candidate',
      )
    if (effect.kind === 'merge' && effect.keysPayload) {
      const keys = columns.filter(({ name }) => this.asset.key.includes(name))
      await this.ingest('keys', keys, effect.keysPayload)
      await this.duck.run('delete from live where id not in (select id from keys)')
    }
    return rows
  }

  private async ingest(table: string, columns: readonly Column[], payload: Payload): Promise<number> {
    if (payload.kind !== 'columns') throw new TypeError('columns expected')
    const declared = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ')
    await this.duck.run(`create or replace table ${table} (${declared})`)
    const rows = await ingestColumns(this.duck, table, columns, payload.batches, never)
    if (rows !== payload.sent()) throw new Error(`${payload.sent()} sent, ${rows} loaded`)
    return rows
  }

  private async exists(table: string): Promise<boolean> {
    return (await this.query(`select 1 from duckdb_tables() where table_name = '${table}'`)).length > 0
  }

  async query(sql: string): Promise<Json[][]> {
    // Rows of plain JSON values.
    return (await this.duck.runAndReadAll(sql)).getRowsJson() as Json[][]
  }
}
