import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { quoteText } from '../../../../sql/quote.js'
import { engineFailure } from '../statements/failure.js'

/**
 * Connections that are all set up alike. DuckDB runs one statement at a time on a connection, so each piece of
 * work borrows one of its own.
 */
export class Connections {
  private readonly idle: DuckDBConnection[] = []
  private readonly lent = new Set<DuckDBConnection>()
  private closed = false

  constructor(
    private readonly instance: DuckDBInstance,
    private readonly setup: string,
  ) {}

  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.acquire()
    try {
      return await work(connection)
    } finally {
      this.giveBack(connection)
    }
  }

  /** Like `use`; what fails is the engine's error about `asset`, and what was cancelled the signal's reason. */
  async attempt<T>(
    asset: string,
    signal: AbortSignal | undefined,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    try {
      return await this.use(work)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw engineFailure(error, { asset })
    }
  }

  async acquire(): Promise<DuckDBConnection> {
    const idle = this.idle.pop()
    if (idle) {
      this.lent.add(idle)
      return idle
    }
    const connection = await this.instance.connect()
    this.lent.add(connection)
    try {
      await connection.run(this.setup)
    } catch (error) {
      this.lent.delete(connection)
      connection.closeSync()
      throw error
    }
    return connection
  }

  giveBack(connection: DuckDBConnection): void {
    if (!this.lent.delete(connection)) return
    if (this.closed) connection.closeSync()
    else this.idle.push(connection)
  }

  close(): void {
    this.closed = true
    for (const connection of this.idle.splice(0)) connection.closeSync()
    for (const connection of this.lent) connection.interrupt()
  }
}

/** What every connection is told first. JSON errors name the error's type and its place in the statement. */
export const connectionSetup = (timezone: string): string =>
  [
    `set TimeZone = ${quoteText(timezone)}`,
    `set Calendar = 'gregorian'`,
    'set errors_as_json = true',
    'set enable_progress_bar = true',
    'set enable_progress_bar_print = false',
  ].join('; ')
