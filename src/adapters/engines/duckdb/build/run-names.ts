import type { DuckDBConnection } from '@duckdb/node-api'
import { unreachable } from '../../../../base/errors.js'
import type { AssetName } from '../../../../domain/asset.js'
import { quoteName } from '../../../../sql/quote.js'
import type { Rows } from '../../engine.js'
import { engineFailure } from '../statements/failure.js'
import { assetParts, columnList, dataRelation, qualified } from '../statements/names.js'
import { changeSql, futureRows } from '../statements/row-change.js'
import { mentionedNames, statementText } from '../statements/statement-text.js'

type Definition = {
  readonly asset: AssetName
  readonly rows: Rows
  /** Names its statement mentions, lower case. */
  readonly mentions: ReadonlySet<string>
  /** When its view was made, counted in views; 0: not yet. */
  made: number
}

type Batch = { readonly visited: Set<string>; readonly statements: string[] }

const NONE: ReadonlySet<string> = new Set()

/**
 * The names of one run: a catalog in memory whose views are named like assets. A view is made when a statement
 * first mentions the name, so that a run of a thousand assets pays for the names it uses. Views over a name that
 * was defined anew are made anew: DuckDB keeps the column types a view had when it was made.
 */
export class RunNames {
  private readonly definitions = new Map<string, Definition>()
  private readonly schemas = new Set<string>()
  private made = 0
  /** One at a time: two transactions that create the same name conflict. */
  private queue: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly catalog: string,
    private readonly connection: DuckDBConnection,
  ) {}

  define(asset: AssetName, rows: Rows): void {
    const mentions = rows.kind === 'statement' ? mentionedNames(rows.sql) : NONE
    this.definitions.set(asset.toLowerCase(), { asset, rows, mentions, made: 0 })
  }

  /** Makes the views that `sql` may read. */
  prepare(sql: string): Promise<void> {
    return this.ensure([...mentionedNames(sql)])
  }

  ensure(names: readonly string[]): Promise<void> {
    const next = this.queue.then(() => this.make(names.map((name) => name.toLowerCase())))
    // The next caller waits for this one, not for its error.
    this.queue = next.catch(() => undefined)
    return next
  }

  private async make(names: readonly string[]): Promise<void> {
    const batch: Batch = { visited: new Set(), statements: [] }
    try {
      for (const name of names) await this.visit(name, batch)
      await this.flush(batch)
    } catch (error) {
      for (const name of batch.visited) this.forget(name)
      throw error
    }
  }

  private forget(name: string): void {
    const definition = this.definitions.get(name)
    if (definition) definition.made = 0
  }

  /** Plain views are gathered and made together; a statement's view needs those it reads to be there. */
  private async visit(name: string, batch: Batch): Promise<void> {
    const definition = this.definitions.get(name)
    if (!definition || batch.visited.has(name)) return
    batch.visited.add(name)
    for (const mention of definition.mentions) await this.visit(mention, batch)
    if (definition.made > 0 && !this.isStale(name, definition)) return
    const { asset, rows } = definition
    batch.statements.push(await this.viewStatement(asset, rows))
    definition.made = ++this.made
    if (rows.kind === 'statement') await this.flush(batch, asset)
  }

  private isStale(name: string, definition: Definition): boolean {
    for (const mention of definition.mentions)
      if (mention !== name && (this.definitions.get(mention)?.made ?? 0) > definition.made) return true
    return false
  }

  private async viewStatement(asset: AssetName, rows: Rows): Promise<string> {
    const { schema, table } = assetParts(asset)
    const create = this.schemas.has(schema)
      ? ''
      : `create schema if not exists ${this.catalog}.${quoteName(schema)}; `
    const body = await rowsQuery(this.connection, rows)
    this.schemas.add(schema)
    return `${create}create or replace view ${qualified(this.catalog, schema, table)} as ${body}`
  }

  private async flush(batch: Batch, asset = 'the run’s names'): Promise<void> {
    const texts = batch.statements.splice(0)
    if (texts.length === 0) return
    try {
      await this.connection.run(texts.join('; '))
    } catch (error) {
      throw engineFailure(error, { asset })
    }
  }
}

/** The query behind a name. */
export async function rowsQuery(connection: DuckDBConnection, rows: Rows): Promise<string> {
  switch (rows.kind) {
    case 'relation':
      return `select ${columnList(rows.columns)} from ${dataRelation(rows.relation)}`
    case 'statement':
      return `\n${statementText(rows.sql, rows.parameters).text}`
    case 'changed':
      return futureRows(await changeSql(connection, rows.change, rows.columns), rows.columns)
    default:
      return unreachable(rows)
  }
}
