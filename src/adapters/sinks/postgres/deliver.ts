import type { Client } from 'pg'
import { quotePostgresText } from '../../../sql/quote.js'
import type { DeliverRequest, TableDelivery, TableOutcome } from '../sink.js'
import { takeTurn } from './advisory-lock.js'
import { ensureLedger, findLedgers, isDelivered, readLedger, writeLedgerSql } from './ledger.js'
import { loadTable } from './load-table.js'
import { notificationOf } from './notification.js'
import { prepareTables } from './prepare-tables.js'

export type DeliverContext = Readonly<{
  client: Client
  connection: string
  signal: AbortSignal
  /** Told which table is being worked on. */
  onTable: (target: string) => void
}>

/** One release's tables in the open transaction: nothing of it is seen before the caller commits. */
export async function deliverTables(
  request: DeliverRequest,
  context: DeliverContext,
): Promise<TableOutcome[]> {
  const { client, connection } = context
  // Two processes that deliver for one project do so one after the other.
  await takeTurn(client, `delivery ${request.project}`)
  const ledgers = await findLedgers(client)
  const rows = await readLedger(client, ledgers, request)
  const known = new Map(rows.map((row) => [row.delivery, row]))
  const due = request.tables.filter((table) => !isDelivered(known.get(table.delivery), request, table))
  const outcomes = due.length > 0 ? await carry(due) : []
  const byDelivery = new Map(outcomes.map((outcome) => [outcome.delivery, outcome]))
  return request.tables.map(({ delivery }) => byDelivery.get(delivery) ?? unchanged(delivery))

  async function carry(tables: readonly TableDelivery[]): Promise<TableOutcome[]> {
    const targets = tables.map(({ target }) => target)
    const ledger = await ensureLedger(client, ledgers, { connection, targets })
    const prepared = await prepareTables(tables, { client, ledger: rows })
    const delivered: { table: TableDelivery; target: string; outcome: TableOutcome }[] = []
    for (const [index, table] of prepared.entries()) {
      context.onTable(table.delivery.target)
      const outcome = await loadTable(table, { ...context, index })
      delivered.push({ table: table.delivery, target: table.name.text, outcome })
    }
    const notice = quotePostgresText(notificationOf(request, delivered))
    await client.query(
      `${writeLedgerSql(ledger, request, delivered)}; select pg_notify('millrace', ${notice})`,
    )
    return delivered.map(({ outcome }) => outcome)
  }
}

const unchanged = (delivery: string): TableOutcome => ({ delivery, inserted: 0, updated: 0, deleted: 0 })
