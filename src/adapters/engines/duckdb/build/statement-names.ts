import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteName, quoteQualified } from '../../../../sql/quote.js'
import type { ScanRequest } from '../../engine.js'
import { type RunNames, rowsQuery } from './run-names.js'

type NamedQuery = readonly [name: string, query: string]

/**
 * Names that one statement has for rows, as views of its connection. They stay until the connection's next statement
 * has its own, as to drop them takes as long as a small check. Not `with`: the engine cannot take every subquery over it.
 */
export class StatementNames {
  private readonly given = new WeakMap<DuckDBConnection, readonly string[]>()
  private aliases = 0

  constructor(
    private readonly catalog: string,
    private readonly runNames: RunNames,
  ) {}

  /** Statements to run before the one that reads the names. `more`: names for queries of the engine's own. */
  async give(
    connection: DuckDBConnection,
    names: ScanRequest['names'],
    more: readonly NamedQuery[] = [],
  ): Promise<readonly string[]> {
    const queries = [...(await this.queriesOf(connection, names)), ...more]
    const wanted = new Set(queries.map(([name]) => name))
    const stale = (this.given.get(connection) ?? []).filter((name) => !wanted.has(name))
    this.given.set(connection, [...wanted])
    return [
      ...stale.map((name) => `drop view if exists temp.${quoteName(name)}`),
      ...queries.map(([name, query]) => `create or replace temp view ${quoteName(name)} as ${query}`),
    ]
  }

  /** A statement's own names are the run's, so it goes through a view there. */
  private async queriesOf(
    connection: DuckDBConnection,
    names: ScanRequest['names'],
  ): Promise<readonly NamedQuery[]> {
    const queries: NamedQuery[] = []
    for (const [name, rows] of Object.entries(names)) {
      let query = await rowsQuery(connection, rows)
      if (rows.kind === 'statement') {
        const alias = `millrace_scan.s${++this.aliases}`
        this.runNames.define(alias, rows)
        await this.runNames.ensure([alias])
        query = `from ${this.catalog}.${quoteQualified(alias)}`
      }
      queries.push([name, query])
    }
    return queries
  }
}
