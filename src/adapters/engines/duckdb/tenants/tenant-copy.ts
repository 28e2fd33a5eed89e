import type { DuckDBConnection } from '@duckdb/node-api'
import { MillraceError } from '../../../../base/errors.js'
import type { AssetName } from '../../../../domain/asset.js'
import type { Column } from '../../../../domain/column.js'
import { quoteName } from '../../../../sql/quote.js'
import type { QueryResult } from '../../engine.js'
import { engineError } from '../../errors.js'
import type { CopyQuery, TenantCopy } from '../../tenant-copies.js'
import { readRows } from '../query/read-rows.js'
import { describeFailure, driverFailure, failureOffset } from '../statements/failure.js'
import { assetParts, columnDefinitions } from '../statements/names.js'
import { interruptible } from '../statements/run-statement.js'
import { type StatementText, statementText } from '../statements/statement-text.js'
import { MEMORY_LIMIT } from './sealed-engine.js'
import type { SealedEngines } from './sealed-engines.js'

export type CopiedTable = Readonly<{ asset: AssetName; columns: readonly Column[] }>
/** Gives the rows of one table, as chunks of the engine, to the appender. */
export type Fill = (table: CopiedTable, connection: DuckDBConnection) => Promise<number>

/** Rejects what is not one query. */
export type Guard = (sql: string) => Promise<void>

export type CopyOptions = Readonly<{
  engines: SealedEngines
  tables: readonly CopiedTable[]
  guard: Guard
  fill: Fill
}>

export async function openTenantCopy({ engines, tables, guard, fill }: CopyOptions): Promise<TenantCopy> {
  const engine = await engines.borrow()
  try {
    const connection = await engine.connect()
    await connection.run(createStatements(tables).join('; '))
    let rows = 0
    for (const table of tables) rows += await fill(table, connection)
    return new DuckDbTenantCopy(connection, rows, guard, () => engines.giveBack(engine))
  } catch (error) {
    engines.discard(engine)
    throw error
  }
}

function createStatements(tables: readonly CopiedTable[]): string[] {
  const schemas = new Set(tables.map(({ asset }) => assetParts(asset).schema))
  return [
    ...[...schemas].map((schema) => `create schema ${quoteName(schema)}`),
    ...tables.map(({ asset, columns }) => {
      const { schema, table } = assetParts(asset)
      return `create table ${quoteName(schema)}.${quoteName(table)} (${columnDefinitions(columns)})`
    }),
  ]
}

class DuckDbTenantCopy implements TenantCopy {
  constructor(
    private readonly connection: DuckDBConnection,
    readonly rows: number,
    private readonly guard: Guard,
    private readonly giveBack: () => void,
  ) {}

  async query({ sql, parameters, keepAs, maxRows }: CopyQuery, signal: AbortSignal): Promise<QueryResult> {
    const statement = statementText(sql, parameters)
    // What comes after `create table … as` must be one query and nothing else.
    await this.guard(statement.text)
    const name = keepAs === null ? null : quoteName(keepAs)
    const prefix = name === null ? '' : `create table ${name} as `
    try {
      return await interruptible(this.connection, signal, async () => {
        if (name === null) return readRows(this.connection, statement.text, maxRows)
        await this.connection.run(prefix + statement.text)
        return readRows(this.connection, `from ${name}`, maxRows)
      })
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw copyFailure(error, statement, prefix)
    }
  }

  close(): void {
    this.giveBack()
  }
}

function copyFailure(error: unknown, statement: StatementText, prefix: string): Error {
  if (error instanceof MillraceError) return error
  const failure = driverFailure(error)
  const detail = describeFailure(failure, statement, prefix)
  if (failure.type === 'Out of Memory')
    return engineError('ENGINE_OUT_OF_MEMORY', { asset: 'the query', detail: `its limit is ${MEMORY_LIMIT}` })
  return engineError(
    'ENGINE_QUERY_FAILED',
    { detail, offset: failureOffset(failure, statement, prefix), bare: failure.message },
    { cause: error },
  )
}
