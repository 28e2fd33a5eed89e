import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import type { Binder, BindRequest, BindResult } from '../../../../sql/bind.js'
import { quoteName } from '../../../../sql/quote.js'
import { connectionSetup } from '../connection/connections.js'
import { describe } from '../statements/describe.js'
import { driverFailure, failureOffset } from '../statements/failure.js'
import { assetParts, columnDefinitions, qualified } from '../statements/names.js'
import { mentionedNames, statementText } from '../statements/statement-text.js'

let bindings = 0

/**
 * Binds statements against empty tables in a catalog of their own. A bound statement leaves an empty table behind
 * rather than a view: over a long chain of views each bind would bind all before it again.
 */
export function createBinder(instance: DuckDBInstance, timezone: string): Binder {
  return async (request) => {
    const connection = await instance.connect()
    const catalog = `millrace_bind_${++bindings}`
    try {
      await connection.run(
        `${connectionSetup(timezone)}; pragma disable_optimizer; attach ':memory:' as ${catalog}; use ${catalog}`,
      )
      return await bindAll(connection, catalog, request)
    } finally {
      await connection.run(`use memory; detach database if exists ${catalog}`).catch(() => undefined)
      connection.closeSync()
    }
  }
}

async function bindAll(
  connection: DuckDBConnection,
  catalog: string,
  { known, statements }: BindRequest,
): Promise<BindResult[]> {
  const tables = new ScratchTables(connection, catalog)
  for (const { asset, columns } of known) tables.add(asset, columns)
  const failed = new Set<string>()
  const results: BindResult[] = []
  for (const { asset, sql, parameters } of statements) {
    const mentions = mentionedNames(sql)
    const broken = [...mentions].find((name) => failed.has(name) && name !== asset.toLowerCase())
    const result = broken
      ? notBound(asset, `It reads ${broken}, which cannot be bound.`)
      : await bindOne(connection, tables, { asset, sql, parameters }, mentions)
    results.push(result)
    if (result.ok) tables.add(asset, result.columns)
    else failed.add(asset.toLowerCase())
  }
  return results
}

const notBound = (asset: string, message: string, offset: number | null = null): BindResult => ({
  asset,
  ok: false,
  message,
  offset,
})

async function bindOne(
  connection: DuckDBConnection,
  tables: ScratchTables,
  { asset, sql, parameters }: BindRequest['statements'][number],
  mentions: ReadonlySet<string>,
): Promise<BindResult> {
  const statement = statementText(sql, parameters)
  const attempt = async (): Promise<BindResult> => ({
    asset,
    ok: true,
    columns: await describe(connection, statement.text),
  })
  try {
    await tables.create(mentions)
    // Nearest names can only be told among tables that are there.
    return await attempt().catch(async (error: unknown) => {
      if (driverFailure(error).type !== 'Catalog' || !(await tables.createAll())) throw error
      return attempt()
    })
  } catch (error) {
    const failure = driverFailure(error)
    return notBound(asset, failure.message, failureOffset(failure, statement, ''))
  }
}

/** Tables that statements may read, created when the first one mentions them. */
class ScratchTables {
  private readonly waiting = new Map<string, { asset: string; columns: readonly Column[] }>()

  private readonly schemas = new Set<string>()

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly catalog: string,
  ) {}

  add(asset: string, columns: readonly Column[]): void {
    this.waiting.set(asset.toLowerCase(), { asset, columns })
  }

  /** Makes all that wait as soon as one of them is needed: many tables at once cost little more than one. */
  async create(mentions: ReadonlySet<string>): Promise<void> {
    if ([...mentions].some((name) => this.waiting.has(name))) await this.createAll()
  }

  /** False if all were there. */
  async createAll(): Promise<boolean> {
    if (this.waiting.size === 0) return false
    const tables = [...this.waiting.values()]
    this.waiting.clear()
    try {
      await this.run(tables.flatMap((table) => this.statements(table)))
    } catch {
      // One table with a type the engine does not know must not take the others with it.
      this.schemas.clear()
      for (const table of tables) {
        await this.run(this.statements(table)).catch(() => this.schemas.clear())
      }
    }
    return true
  }

  private async run(statements: readonly string[]): Promise<void> {
    if (statements.length === 1) return void (await this.connection.run(statements[0] ?? ''))
    try {
      await this.connection.run(`begin; ${statements.join('; ')}; commit`)
    } catch (error) {
      await this.connection.run('rollback').catch(() => undefined)
      throw error
    }
  }

  private statements({ asset, columns }: { asset: string; columns: readonly Column[] }): string[] {
    const { schema, table } = assetParts(asset)
    const create = `create or replace table ${qualified(this.catalog, schema, table)} (${columnDefinitions(columns)})`
    if (this.schemas.has(schema)) return [create]
    this.schemas.add(schema)
    return [`create schema if not exists ${this.catalog}.${quoteName(schema)}`, create]
  }
}
