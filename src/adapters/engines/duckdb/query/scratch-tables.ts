import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import { quoteName } from '../../../../sql/quote.js'
import { assetParts, columnDefinitions, qualified } from '../statements/names.js'

/** Tables that statements may read, created when the first one mentions them. */
export class ScratchTables {
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
