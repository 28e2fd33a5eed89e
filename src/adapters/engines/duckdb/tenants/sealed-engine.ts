import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { quoteText } from '../../../../sql/quote.js'

/** Enough for a large customer's marts; beyond it a query fails instead of taking the machine. */
export const MEMORY_LIMIT = '1GiB'

/** One thread, so that sums of floats come out the same each time. */
const OPTIONS = {
  threads: '1',
  memory_limit: MEMORY_LIMIT,
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
} as const

/** Nothing spills to disk, no file is reachable, and none of it can be changed afterwards. */
const seal = (timezone: string): string =>
  [
    `set global TimeZone = ${quoteText(timezone)}`,
    `set global Calendar = 'gregorian'`,
    'set global errors_as_json = true',
    `set temp_directory = ''`,
    'set allow_community_extensions = false',
    'set enable_external_access = false',
    'set lock_configuration = true',
  ].join('; ')

/** The database of one tenant. Not the name of any asset's schema. */
const CATALOG = 'millrace_copy'

/**
 * What a query could leave behind outside the tenant's database and its connection: another database, an object in the
 * engine's own, and the log, which functions can switch on and write to although the configuration is locked.
 */
const STATE = `select concat_ws(' ',
  (select string_agg(database_name, ',' order by database_name) from duckdb_databases()),
  (select count(*) from duckdb_tables()), (select count(*) from duckdb_schemas() where not internal),
  (select count(*) from duckdb_logs), current_setting('enable_logging'))`

/**
 * An engine instance in memory with every door closed. Opening one costs more than a tenant's queries, so tenants use
 * it one after the other: each gets a database and a connection of its own, which are gone before the next gets theirs.
 */
export class SealedEngine {
  private tenant: DuckDBConnection | null = null

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly owner: DuckDBConnection,
    private readonly pristine: string,
  ) {}

  static async open(timezone: string): Promise<SealedEngine> {
    const instance = await DuckDBInstance.create(':memory:', OPTIONS)
    try {
      const owner = await instance.connect()
      await owner.run(seal(timezone))
      return new SealedEngine(instance, owner, await readState(owner))
    } catch (error) {
      instance.closeSync()
      throw error
    }
  }

  /** A connection to an empty database. */
  async connect(): Promise<DuckDBConnection> {
    if (this.tenant !== null) throw new TypeError('The engine still belongs to a tenant')
    this.tenant = await this.instance.connect()
    await this.tenant.run(`attach ':memory:' as ${CATALOG}; use ${CATALOG}`)
    return this.tenant
  }

  /** From here on nothing can be asked of the tenant's rows. */
  disconnect(): void {
    this.tenant?.closeSync()
    this.tenant = null
  }

  /** Gives up the tenant's rows. False: it could not be shown that nothing of them is left; close it. */
  async forget(): Promise<boolean> {
    this.disconnect()
    try {
      await this.owner.run(`detach ${CATALOG}`)
      return (await readState(this.owner)) === this.pristine
    } catch {
      return false
    }
  }

  close(): void {
    this.disconnect()
    this.owner.closeSync()
    this.instance.closeSync()
  }
}

async function readState(connection: DuckDBConnection): Promise<string> {
  const reader = await connection.runAndReadAll(STATE)
  return String(reader.getRows()[0]?.[0])
}
