import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type {
  Candidate,
  QuarantineRequest,
  QueryResult,
  Rows,
  ScanRequest,
} from '../../src/adapters/engines/engine.js'
import { engineError } from '../../src/adapters/engines/errors.js'
import { messageOf } from '../../src/base/errors.js'
import type { Json } from '../../src/base/json.js'
import { quoteName } from '../../src/sql/quote.js'

/** The two methods of a workspace that checks call, over tables of one DuckDB, for tests of the SQL itself. */
export class DuckDbWorkspace {
  readonly statements: string[] = []
  private constructor(readonly connection: DuckDBConnection) {}

  static async open(timezone = 'UTC'): Promise<DuckDbWorkspace> {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(`set timezone = '${timezone}'`)
    return new DuckDbWorkspace(connection)
  }

  async candidate(relation: string): Promise<Candidate> {
    const described = await this.connection.runAndReadAll(`describe ${quoteName(relation)}`)
    const columns = described.getRowObjectsJson().map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }))
    const rows = await this.count(relation)
    return { relation, columns, rows, bytes: 0, peakMemoryBytes: null }
  }

  async count(relation: string): Promise<number> {
    const reader = await this.connection.runAndReadAll(`select count(*) from ${quoteName(relation)}`)
    return Number(reader.getRowsJson()[0]?.[0])
  }

  async scan({ names, sql }: ScanRequest, signal: AbortSignal): Promise<QueryResult> {
    signal.throwIfAborted()
    this.statements.push(sql)
    for (const [name, rows] of Object.entries(names))
      await this.connection.run(`create or replace temp view ${quoteName(name)} as ${body(rows)}`)
    return this.run(sql)
  }

  async quarantine({ candidate, rules, run }: QuarantineRequest): Promise<{ rows: number }> {
    const relation = quoteName(candidate.relation)
    const columns = candidate.columns.map((column) => quoteName(column.name)).join(', ')
    const aside = quoteName(`${candidate.relation}_aside`)
    await this.run(
      `create table if not exists ${aside} as select *, 0 as run, '' as "check", '' as reason from ${relation} limit 0`,
    )
    await this.connection.run('drop view if exists temp.this')
    let moved = 0
    for (const { check, reason, rowIds } of rules) {
      const ids = `(with this as (select rowid, * from ${relation}) ${rowIds})`
      const inserted = await this.run(
        `insert into ${aside} select ${columns}, ${run}, '${check}', '${reason.replaceAll("'", "''")}' from ${relation} where rowid in ${ids}`,
      )
      moved += Number(inserted.rows[0]?.[0])
      await this.run(`delete from ${relation} where rowid in ${ids}`)
    }
    return { rows: moved }
  }

  private async run(sql: string): Promise<QueryResult> {
    try {
      const reader = await this.connection.runAndReadAll(sql)
      const types = reader.columnTypes()
      const columns = reader.columnNames().map((name, at) => ({ name, type: String(types[at]) }))
      // Values as JSON, which the cast narrows to.
      return { columns, rows: reader.getRowsJson() as Json[][], truncated: false }
    } catch (error) {
      throw engineError('ENGINE_STATEMENT_FAILED', { asset: 'a check', detail: messageOf(error) })
    }
  }
}

function body(rows: Rows): string {
  if (rows.kind === 'relation') return `select * from ${quoteName(rows.relation)}`
  if (rows.kind === 'statement') return rows.sql
  throw new TypeError('a change needs the engine')
}
