import { createLimit } from '../../../base/limit.js'
import type { Logger } from '../../../base/log.js'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import type { Column } from '../../../domain/column.js'
import type { ConnectionSpec } from '../../../domain/project.js'
import type { DeliverRequest, Sink, SinkLedgerEntry, TableOutcome } from '../sink.js'
import { deliverTables } from './deliver.js'
import { filledTargets } from './filled-tables.js'
import { findLedgers, readLedger } from './ledger.js'
import { readTable } from './read-table.js'
import { PostgresSession } from './session.js'

export type PostgresConnection = Extract<ConnectionSpec, { kind: 'postgres' }>

export type SinkOwner = Readonly<{
  project: string
  environment: string
  log: Logger
  /** How long to wait for rows another session holds; 10 s if not said. */
  lockTimeoutMs?: number
}>

/**
 * Delivers to tables of a Postgres database. One `deliver` is one transaction over all its tables, with the
 * ledger row and `NOTIFY millrace` in it. Tables are created where absent and otherwise only ever given rows:
 * never altered, truncated or dropped, so grants, indexes, triggers, views and foreign keys on them stay.
 */
export function openPostgresSink(connection: PostgresConnection, owner: SinkOwner): Sink {
  return new PostgresSink(connection, owner)
}

class PostgresSink implements Sink {
  readonly #session: PostgresSession
  /** One connection carries one transaction at a time. */
  readonly #inTurn = createLimit(1)

  constructor(
    private readonly connection: PostgresConnection,
    private readonly owner: SinkOwner,
  ) {
    this.#session = this.#openSession()
  }

  /**
   * A table that was dropped or emptied since no longer shows what was delivered to it, so its entry is left out
   * and the next delivery carries every row.
   */
  ledger(signal: AbortSignal): Promise<readonly SinkLedgerEntry[]> {
    let targets: readonly string[] = []
    const table = () => ['the ledger of deliveries', ...targets].join(' or ')
    const options = { signal, table, targets: () => targets, readOnly: true }
    return this.#inTurn(() =>
      this.#session.transaction(async (client) => {
        const rows = await readLedger(client, await findLedgers(client), this.owner)
        targets = rows.map(({ target }) => target)
        const filled = await filledTargets(client, targets)
        return rows
          .filter(({ target }) => filled.has(target))
          .map(({ delivery, target, release }) => ({ delivery, target, release }))
      }, options),
    )
  }

  deliver(request: DeliverRequest, signal: AbortSignal): Promise<readonly TableOutcome[]> {
    let table = request.tables[0]?.target ?? this.connection.name
    const onTable = (target: string) => {
      table = target
    }
    const context = { connection: this.connection.name, signal, onTable }
    return this.#inTurn(() =>
      this.#session.transaction((client) => deliverTables(request, { ...context, client }), {
        signal,
        table: () => table,
        targets: () => request.tables.map(({ target }) => target),
      }),
    )
  }

  /** On a connection of its own: a reader that pauses must not hold deliveries up. */
  async *read(table: string, columns: readonly Column[], signal: AbortSignal): AsyncGenerator<ColumnBatch> {
    const session = this.#openSession()
    try {
      yield* session.stream((client) => readTable(client, table, columns), { signal, table: () => table })
    } finally {
      await session.close()
    }
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  #openSession(): PostgresSession {
    const { url, name } = this.connection
    const { log, lockTimeoutMs } = this.owner
    return new PostgresSession({ url, connection: name, log, lockTimeoutMs })
  }
}
