import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import type { ReleaseChange, ReleaseOutcome, ReleaseRequest, RowChange } from '../../engine.js'
import { RELEASES } from '../connection/schema.js'
import { countRows } from '../statements/count-rows.js'
import { engineFailure } from '../statements/failure.js'
import {
  assetParts,
  columnList,
  DATA_SCHEMA,
  dataRelation,
  readerView,
  WAREHOUSE,
} from '../statements/names.js'
import { inTransaction, runAll } from '../statements/run-statement.js'
import { statementText } from '../statements/statement-text.js'
import { applyRows } from './apply-rows.js'
import { dropStatements, type Outboxes } from './outbox.js'
import { quarantineTables, releaseQuarantine } from './quarantine.js'

type Relations = ReleaseOutcome['relations']

export type ReleaseContext = Readonly<{
  outboxes: Outboxes
  /** Rows of a candidate that is still as it was built; undefined if that is not known. */
  knownRows: (relation: string) => number | undefined
  /** Another run reads this relation, so it must outlive the release. */
  isRead: (relation: string) => boolean
}>

/** Makes candidates visible. One transaction: rows, views, changes for deliveries, quarantine and ledger. */
export async function releaseChanges(
  connection: DuckDBConnection,
  request: ReleaseRequest,
  context: ReleaseContext,
  signal: AbortSignal,
): Promise<ReleaseOutcome> {
  const outcome = await inTransaction(connection, signal, async () => {
    const quarantines = await quarantineTables(connection)
    const views: string[] = []
    const changes = request.changes.map(onCopy)
    for (const [index, change] of changes.entries()) {
      signal.throwIfAborted()
      await copyLive(connection, request.changes[index]!)
      views.push(...(await releaseOne(connection, change, request.release, quarantines, context)))
    }
    await runAll(connection, [...views, ...retireStatements(request, context)], 'the release')
    const relations = await releasedRelations(connection, changes, context)
    await connection.run(ledgerStatement(request, relations))
    return { relations }
  })
  remember(request, context.outboxes)
  return outcome
}

/** A run beside this one reads the released rows as they are: they stay, and the change goes into a copy of them. */
async function copyLive(
  connection: DuckDBConnection,
  { asset, change, copyTo }: ReleaseChange,
): Promise<void> {
  if (copyTo === undefined || change.kind === 'view' || change.live === null) return
  await runAll(
    connection,
    [`create table ${dataRelation(copyTo)} as from ${dataRelation(change.live)}`],
    asset,
  )
}

function onCopy(part: ReleaseChange): ReleaseChange {
  const { change, copyTo } = part
  if (copyTo === undefined || change.kind === 'view' || change.kind === 'replace') return part
  return { ...part, change: { ...change, live: copyTo } }
}

/** Applies one asset's change and returns the statements that move its view. */
async function releaseOne(
  connection: DuckDBConnection,
  change: ReleaseChange,
  release: number,
  quarantines: ReadonlySet<string>,
  context: ReleaseContext,
): Promise<string[]> {
  try {
    const stale = context.outboxes.unfed(change).flatMap(dropStatements)
    if (change.change.kind === 'view') return [...stale, ...viewStatements(change)]
    const rows = change.change
    // While the candidate is still there: it may become the released relation.
    await releaseQuarantine(connection, change, rows, release, quarantines)
    await applyRows(connection, change, rows, { release, outboxes: context.outboxes })
    return [...stale, ...viewStatements(change), ...dropReplaced(rows, context)]
  } catch (error) {
    throw engineFailure(error, { asset: change.asset })
  }
}

function viewStatements({ asset, columns, change }: ReleaseChange): string[] {
  const schema = `create schema if not exists ${WAREHOUSE}.${quoteName(assetParts(asset).schema)}`
  const view = `create or replace view ${readerView(asset)} as`
  if (change.kind === 'view') return [schema, `${view}\n${statementText(change.sql, change.parameters).text}`]
  const relation = change.kind === 'replace' ? change.candidate : change.live
  // Without the catalog's name, so that the file reads the same under any name another tool gives it.
  return [schema, `${view} select ${columnList(columns)} from ${DATA_SCHEMA}.${quoteName(relation)}`]
}

/** What a change used up goes with the release, unless another run is still reading it: then `sweep` drops it. */
function dropReplaced(change: RowChange, { isRead }: ReleaseContext): string[] {
  const spent =
    change.kind === 'replace'
      ? [change.live]
      : [change.candidate, change.kind === 'merge' ? (change.gone ?? null) : null]
  return spent
    .filter((relation) => relation !== null && !relation.includes('.') && !isRead(relation))
    .map((relation) => `drop table if exists ${dataRelation(relation ?? '')}`)
}

const retireStatements = ({ retire }: ReleaseRequest, { outboxes }: ReleaseContext): string[] =>
  retire.flatMap((asset) => [
    `drop view if exists ${readerView(asset)}`,
    ...outboxes.unfed({ asset, deliveries: [] }).flatMap(dropStatements),
  ])

async function releasedRelations(
  connection: DuckDBConnection,
  changes: readonly ReleaseChange[],
  { knownRows }: ReleaseContext,
): Promise<Relations> {
  const relations = changes.map(({ asset, change }) => {
    const relation = relationOf(asset, change)
    const rows = change.kind === 'replace' ? knownRows(relation) : undefined
    return { asset, relation, rows, isView: change.kind === 'view' }
  })
  const unknown = relations.filter(({ rows, isView }) => rows === undefined && !isView)
  const counts = await countRows(
    connection,
    unknown.map(({ relation }) => dataRelation(relation)),
  )
  const counted = new Map(unknown.map(({ relation }, index) => [relation, counts[index]]))
  return relations.map(({ asset, relation, rows, isView }) => ({
    asset,
    relation,
    rows: isView ? null : (rows ?? counted.get(relation) ?? 0),
  }))
}

function relationOf(asset: string, change: ReleaseChange['change']): string {
  if (change.kind === 'view') return asset
  return change.kind === 'replace' ? change.candidate : change.live
}

function ledgerStatement({ release, run, environment, at }: ReleaseRequest, relations: Relations): string {
  const json = JSON.stringify(relations)
  return `insert into ${RELEASES} values (${release}, ${run}, ${quoteText(environment)}, ${at}, ${quoteText(json)})`
}

/** What the outboxes are once the transaction is through. */
function remember({ changes, retire }: ReleaseRequest, outboxes: Outboxes): void {
  for (const change of changes) {
    for (const delivery of outboxes.unfed(change)) outboxes.dropped(delivery)
    if (change.change.kind !== 'view') for (const { delivery } of change.deliveries) outboxes.opened(delivery)
  }
  for (const asset of retire)
    for (const delivery of outboxes.unfed({ asset, deliveries: [] })) outboxes.dropped(delivery)
}
