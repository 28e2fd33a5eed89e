import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import type { SqlParser } from '../../../../sql/parse.js'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import { engineError } from '../../errors.js'
import type { CopiedAsset, TenantCopies, TenantCopiesRequest, TenantCopy } from '../../tenant-copies.js'
import type { Connections } from '../connection/connections.js'
import { RELEASES } from '../connection/schema.js'
import { describe } from '../statements/describe.js'
import { engineFailure } from '../statements/failure.js'
import { assetParts, columnList, readerView } from '../statements/names.js'
import { interruptible, readNumber } from '../statements/run-statement.js'
import { SealedEngines } from './sealed-engines.js'
import { selectGuard } from './select-guard.js'
import { type Guard, openTenantCopy } from './tenant-copy.js'

/** An asset as the snapshot has it. `tenant`: its own tenant column, null where it is not cut. */
type SourceTable = Readonly<{
  asset: string
  columns: readonly Column[]
  tenant: Column | null
  order: string
}>

let openings = 0

export type OpenCopies = Readonly<{ connections: Connections; timezone: string; parse: SqlParser }>

/**
 * All rows come from one transaction, so they are of one release whatever is released meanwhile. In it the rows are
 * copied once, sorted by tenant, into tables of this connection alone; a tenant's part of such a table is found
 * without reading the rest.
 */
export async function openTenantCopies(
  { connections, timezone, parse }: OpenCopies,
  request: TenantCopiesRequest,
  signal: AbortSignal,
): Promise<TenantCopies> {
  signal.throwIfAborted()
  const connection = await connections.acquire()
  const giveUp = async () => {
    await connection.run('rollback').catch(() => undefined)
    connections.giveBack(connection)
  }
  try {
    await connection.run('begin')
    return await interruptible(connection, signal, async () => {
      const tables = await readTables(connection, request)
      const release = await readNumber(
        connection,
        `select coalesce(max(release), 0)::DOUBLE from ${RELEASES}`,
      )
      const number = ++openings
      const tenants = await readTenants(connection, tables, tenantTable(number))
      const guard = selectGuard(parse)
      const engines = new SealedEngines(timezone)
      const parts = { connection, connections, engines, guard, tables, release, tenants, number }
      return new DuckDbTenantCopies(parts)
    })
  } catch (error) {
    await giveUp()
    throw signal.aborted ? signal.reason : engineFailure(error, { asset: 'the report' })
  }
}

async function readTables(
  connection: DuckDBConnection,
  { assets, tenantColumn }: TenantCopiesRequest,
): Promise<SourceTable[]> {
  const tables: SourceTable[] = []
  for (const source of assets) {
    const { asset } = source
    const columns = await describe(connection, `select * from ${readerView(asset)}`)
    const wanted = tenantColumn?.toLowerCase()
    const tenant = columns.find(({ name }) => name.toLowerCase() === wanted) ?? null
    if (tenantColumn !== null && tenant === null && !source.shared)
      throw engineError('ENGINE_TENANT_UNCUT', { asset, column: tenantColumn })
    tables.push({ asset, columns, tenant, order: orderOf(source, columns) })
  }
  return tables
}

/** The same rows are always in the same order, whoever else has rows beside them. */
function orderOf({ key }: CopiedAsset, columns: readonly Column[]): string {
  const known = key.filter((name) =>
    columns.some((column) => column.name.toLowerCase() === name.toLowerCase()),
  )
  const names = known.length === key.length && key.length > 0 ? known : columns.map(({ name }) => name)
  return names.map((name) => `${quoteName(name)} nulls last`).join(', ')
}

const tenantTable = (opening: number): string => `temp.millrace_tenants_${opening}`
const rowTable = (opening: number, index: number): string => `temp.millrace_rows_${opening}_${index}`

/** Numbers the tenants, in the engine: no id has to be spelled in a statement. */
async function readTenants(
  connection: DuckDBConnection,
  tables: readonly SourceTable[],
  target: string,
): Promise<ReadonlyMap<string, number>> {
  const parts = tables.flatMap(({ asset, tenant }) =>
    tenant === null ? [] : [`select ${tenantText(tenant)} as id from ${readerView(asset)}`],
  )
  const ids = parts.length > 0 ? parts.join(' union all ') : 'select null::varchar as id'
  await connection.run(
    `create temp table ${target} as select id, (row_number() over (order by id))::integer as number ` +
      `from (select distinct id from (${ids}) where id is not null)`,
  )
  const reader = await connection.runAndReadAll(`select id, number from ${target} order by number`)
  return new Map(reader.getRows().map(([id, number]) => [String(id), Number(number)]))
}

/** A tenant is the text of its id. Two values of one type never have the same. */
const tenantText = ({ name }: Column): string => `cast(${quoteName(name)} as varchar)`

type Parts = Readonly<{
  connection: DuckDBConnection
  connections: Connections
  engines: SealedEngines
  guard: Guard
  tables: readonly SourceTable[]
  release: number
  /** Ids with their numbers in the sorted copies. */
  tenants: ReadonlyMap<string, number>
  /** Tells the tables of this opening from those of others. */
  number: number
}>

class DuckDbTenantCopies implements TenantCopies {
  readonly release: number
  readonly tenants: readonly string[]
  readonly assets: TenantCopies['assets']
  private sorted: Promise<void> | null = null
  private inTransaction = true
  /** One statement at a time on the connection that holds the rows. */
  private reading: Promise<unknown> = Promise.resolve()

  constructor(private readonly parts: Parts) {
    this.release = parts.release
    this.tenants = [...parts.tenants.keys()]
    this.assets = parts.tables.map(({ asset, columns, tenant }) => ({
      asset,
      columns,
      cut: tenant !== null,
    }))
  }

  async find(tenant: string): Promise<string | null> {
    if (this.parts.tenants.has(tenant)) return tenant
    const types = new Set(this.parts.tables.flatMap((table) => table.tenant?.type ?? []))
    for (const type of types) {
      const spelled = await this.inTurn(() =>
        this.parts.connection.runAndReadAll(
          `select cast(try_cast(${quoteText(tenant.replaceAll('\0', '\ufffd'))} as ${type}) as varchar)`,
        ),
      )
      const [value] = spelled.getRows()[0] ?? []
      if (typeof value === 'string' && this.parts.tenants.has(value)) return value
    }
    return null
  }

  openEmpty(): Promise<TenantCopy> {
    return this.openCopy(async () => 0)
  }

  async open(tenant: string | null, signal: AbortSignal): Promise<TenantCopy> {
    const number = tenant === null ? null : this.parts.tenants.get(tenant)
    if (number === undefined) throw new TypeError('A copy was asked for of a tenant without rows')
    if (number === null && this.parts.tables.some((table) => table.tenant !== null))
      throw new TypeError('All rows were asked for where they are cut by tenant')
    this.sorted ??= this.sortAll(signal)
    await this.sorted
    signal.throwIfAborted()
    return this.openCopy((index, target) => this.copyRows(index, number, target))
  }

  private openCopy(fill: (index: number, target: DuckDBConnection) => Promise<number>): Promise<TenantCopy> {
    const { tables, engines, guard } = this.parts
    return openTenantCopy({
      engines,
      tables,
      guard,
      fill: (table, target) =>
        fill(
          tables.findIndex(({ asset }) => asset === table.asset),
          target,
        ),
    })
  }

  /** The one pass over everybody's rows. Afterwards nothing is read from the warehouse any more. */
  private async sortAll(signal: AbortSignal): Promise<void> {
    const { connection, tables } = this.parts
    try {
      await this.inTurn(() =>
        interruptible(connection, signal, async () => {
          for (const [index, table] of tables.entries())
            await connection.run(this.sortStatement(index, table))
          await connection.run('commit')
          this.inTransaction = false
        }),
      )
    } catch (error) {
      throw signal.aborted ? signal.reason : engineFailure(error, { asset: 'the report' })
    }
  }

  private sortStatement(index: number, { asset, columns, tenant, order }: SourceTable): string {
    const create = `create temp table ${rowTable(this.parts.number, index)} as`
    const list = columnList(columns)
    if (tenant === null) return `${create} select ${list} from ${readerView(asset)} order by ${order}`
    return (
      `${create} select t.number as ${NUMBER}, ${columnList(columns, 'r')} from ${readerView(asset)} r ` +
      `join ${tenantTable(this.parts.number)} t on t.id = cast(r.${quoteName(tenant.name)} as varchar) order by ${NUMBER}, ${order}`
    )
  }

  private copyRows(index: number, number: number | null, target: DuckDBConnection): Promise<number> {
    const table = this.parts.tables[index]
    if (table === undefined) throw new TypeError('No such table')
    const where = table.tenant === null ? '' : ` where ${NUMBER} = ${Number(number)}`
    const sql = `select ${columnList(table.columns)} from ${rowTable(this.parts.number, index)}${where}`
    return this.inTurn(() => append(this.parts.connection, sql, target, table))
  }

  async close(): Promise<void> {
    const { connection, connections, engines, tables } = this.parts
    engines.close()
    await this.sorted?.catch(() => undefined)
    await this.inTurn(async () => {
      if (this.inTransaction) await connection.run('rollback').catch(() => undefined)
      const names = [
        tenantTable(this.parts.number),
        ...tables.map((_, index) => rowTable(this.parts.number, index)),
      ]
      await connection
        .run(names.map((name) => `drop table if exists ${name}`).join('; '))
        .catch(() => undefined)
    })
    connections.giveBack(connection)
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.reading.then(work, work)
    this.reading = next.catch(() => undefined)
    return next
  }
}

/** No asset's column is called so: names of columns with this prefix are Millrace's own. */
const NUMBER = 'millrace_tenant_number'

/** Chunks go from one instance to the other as they are; no value is spelled out on the way. */
async function append(
  source: DuckDBConnection,
  sql: string,
  target: DuckDBConnection,
  { asset }: SourceTable,
): Promise<number> {
  const { schema, table } = assetParts(asset)
  const appender = await target.createAppender(table, schema)
  let rows = 0
  const result = await source.stream(sql)
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    appender.appendDataChunk(chunk)
    rows += chunk.rowCount
  }
  appender.closeSync()
  return rows
}
