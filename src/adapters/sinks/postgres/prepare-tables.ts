import type { Client } from 'pg'
import { quoteName, quotePostgresText } from '../../../sql/quote.js'
import { sinkError } from '../errors.js'
import type { TableDelivery } from '../sink.js'
import { createdColumns, deliveredColumns, differences, faultsToMake } from './column-fit.js'
import { dependentsOf } from './dependents.js'
import { filledTables } from './filled-tables.js'
import type { LedgerRow } from './ledger.js'
import type { PreparedTable } from './load-table.js'
import { nameToMake } from './target-name.js'
import { lookAtTargets, type TargetTable } from './target-table.js'

export type PrepareContext = Readonly<{ client: Client; ledger: readonly LedgerRow[] }>

/** Looks at every target before any is written: what is refused is refused before work is done. */
export async function prepareTables(
  tables: readonly TableDelivery[],
  context: PrepareContext,
): Promise<PreparedTable[]> {
  const found = await lookAtTargets(
    context.client,
    tables.map(({ target }) => target),
  )
  for (const delivery of tables)
    await refuseDifferences(delivery, found.get(delivery.target) ?? null, context)
  const filled = await filledTables(
    context.client,
    [...found.values()].flatMap((table) => table?.name ?? []),
  )
  const prepared: PreparedTable[] = []
  for (const delivery of tables) {
    const table = found.get(delivery.target) ?? null
    const isEmpty = table === null || !filled.has(table.name.text)
    await refuseUnknownRows(delivery, table, isEmpty, context)
    prepared.push(table ? existing(delivery, table, isEmpty) : await create(delivery, context.client))
  }
  return prepared
}

async function refuseDifferences(
  delivery: TableDelivery,
  table: TargetTable | null,
  { client, ledger }: PrepareContext,
): Promise<void> {
  const before = ledger.find((row) => row.delivery === delivery.delivery)?.columns ?? []
  const name = table?.name ?? nameToMake(delivery.target)
  const faults = table
    ? differences(delivery.columns, delivery.key, table, before)
    : faultsToMake(delivery.columns, name)
  if (faults.length === 0) return
  throw sinkError('SINK_COLUMNS_DIFFER', {
    table: name.text,
    difference: faults.join('; '),
    dependents: table ? await dependentsOf(client, name) : [],
  })
}

async function refuseUnknownRows(
  delivery: TableDelivery,
  table: TargetTable | null,
  isEmpty: boolean,
  { client, ledger }: PrepareContext,
): Promise<void> {
  const isKnown = ledger.some(({ target }) => target === delivery.target)
  const name = table?.name ?? nameToMake(delivery.target)
  if (delivery.mode === 'changes' && !isKnown)
    throw needsAll(name.text, table ? 'no release was delivered to it yet' : 'it does not exist')
  if (delivery.mode === 'changes' && !table) throw needsAll(name.text, 'it was dropped')
  if (delivery.mode === 'changes' && delivery.key.length === 0)
    throw needsAll(name.text, `${delivery.asset} has no key`)
  if (isEmpty || isKnown || delivery.adopt) return
  const { rows } = await client.query<{ rows: string }>(`select count(*) as rows from ${name.sql}`)
  throw sinkError('SINK_TABLE_NOT_OURS', { table: name.text, rows: Number(rows[0]?.rows) })
}

const needsAll = (table: string, detail: string) => sinkError('SINK_NEEDS_ALL_ROWS', { table, detail })

const existing = (delivery: TableDelivery, table: TargetTable, isEmpty: boolean): PreparedTable => ({
  delivery,
  name: table.name,
  columns: deliveredColumns(delivery.columns, table),
  isEmpty,
  isNew: false,
  takesCopy: table.rowSecurity === null,
  hasUniqueKey: table.uniques.some((columns) => columns.every((name) => delivery.key.includes(name))),
})

async function create(delivery: TableDelivery, client: Client): Promise<PreparedTable> {
  const name = nameToMake(delivery.target)
  const columns = createdColumns(delivery.columns)
  const spelled = columns.map((column) => `${quoteName(column.name)} ${column.target.text}`).join(', ')
  const comment = `Rows of ${delivery.asset}, delivered by Millrace. Each release changes them; edits by hand are lost.`
  // Looked up first: "if not exists" asks for the right to create even where there is nothing to create.
  const { rows } = await client.query(
    `select from pg_namespace where nspname = ${quotePostgresText(name.schema)}`,
  )
  await client.query(
    `${rows.length === 0 ? `create schema if not exists ${quoteName(name.schema)};` : ''}
     create table ${name.sql} (${spelled});
     comment on table ${name.sql} is ${quotePostgresText(comment)}`,
  )
  return {
    delivery,
    name,
    columns,
    isEmpty: true,
    isNew: true,
    takesCopy: true,
    hasUniqueKey: true,
  }
}
