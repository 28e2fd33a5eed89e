import { posix } from 'node:path'
import type { DeliverySpec } from '../../domain/asset.js'
import type { Location } from '../../domain/diagnostic.js'
import type { ConnectionSpec } from '../../domain/project.js'
import { parseTableName } from '../../sql/table-name.js'
import type { Report } from '../diagnostics/report.js'
import type { DeliveryFields } from '../headers/header-fields.js'
import { type Draft, declares, materializationOf } from '../headers/read-asset.js'
import type { Located } from '../shapes/shape.js'
import { assetDiagnostic } from './diagnostics.js'

/** Connections as millrace.yaml declares them; `declared` also has those whose declaration is faulty. */
export type Connections = Readonly<{
  byName: ReadonlyMap<string, ConnectionSpec>
  declared: ReadonlySet<string> | null
}>

export type PlacedDelivery = Readonly<{ asset: string; delivery: DeliverySpec; at: Location }>

/** The connection of that name; undefined where there is none that works, reported once. */
export function connectionOf(
  name: Located<string>,
  { byName, declared }: Connections,
  report: Report,
): ConnectionSpec | undefined {
  const found = byName.get(name.value)
  if (!found && declared !== null && !declared.has(name.value))
    report(assetDiagnostic('CONNECTION_UNKNOWN', { connection: name.value, known: [...declared] }, name.at))
  return found
}

export function deliveriesOf(draft: Draft, connections: Connections, report: Report): PlacedDelivery[] {
  return (draft.fields.deliver ?? []).flatMap((fields) => {
    const connection = connectionOf(fields.to, connections, report)
    const delivery = connection && deliveryTo(connection, fields, draft, report)
    return delivery ? [{ asset: draft.file.name, delivery, at: fields.to.at }] : []
  })
}

function deliveryTo(
  connection: ConnectionSpec,
  fields: DeliveryFields,
  draft: Draft,
  report: Report,
): DeliverySpec | null {
  const { kind, name } = connection
  const [wanted, other] = kind === 'postgres' ? (['table', 'path'] as const) : (['path', 'table'] as const)
  const stray = fields[other]
  if (stray)
    report(assetDiagnostic('DELIVERY_FIELD_MISPLACED', { field: other, connection: name, kind }, stray.at))
  const target = fields[wanted]
  if (!target) {
    const example =
      kind === 'postgres' ? `table: ${draft.file.name}` : `path: ${draft.file.name.split('.')[1]}.parquet`
    report(
      assetDiagnostic(
        'DELIVERY_FIELD_MISSING',
        { field: wanted, connection: name, kind, example },
        fields.to.at,
      ),
    )
    return null
  }
  if (kind === 'files') {
    reportPath(target, report)
    if (!/\.parquet$/i.test(target.value))
      report(assetDiagnostic('DELIVERY_NOT_PARQUET', { path: target.value }, target.at))
    return { kind: 'parquet', connection: name, path: target.value }
  }
  reportTable(target, report)
  if (LEDGERS.test(target.value))
    report(assetDiagnostic('DELIVERY_LEDGER', { table: target.value }, target.at))
  reportPostgres(draft, fields.to.at, report)
  return { kind, connection: name, table: target.value, adopt: fields.adopt ?? false }
}

function reportPostgres(draft: Draft, at: Location, report: Report): void {
  const asset = draft.file.name
  if (materializationOf(draft) === 'view') report(assetDiagnostic('DELIVERY_VIEW', { asset }, at))
  if (!declares(draft, 'key'))
    report(assetDiagnostic('KEY_MISSING', { asset, why: 'is delivered to Postgres' }, at))
}

export function reportTable({ value, at }: Located<string>, report: Report): void {
  if (parseTableName(value) === null) report(assetDiagnostic('TABLE_NAME', { table: value }, at))
}

/** Tables in which Millrace keeps what was delivered are no place for rows. */
const LEDGERS = /^"?(millrace|millrace_state)"?\.|(^|\.)"?millrace_deliveries"?$/

export function reportPath({ value, at }: Located<string>, report: Report): void {
  if (/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(value))
    report(assetDiagnostic('PATH_OUTSIDE', { path: value }, at))
}

/** Deliveries that would undo each other, or change what a source reads. */
export function reportClashes(
  deliveries: readonly PlacedDelivery[],
  sources: ReadonlyMap<string, string>,
  report: Report,
): void {
  const owners = new Map<string, string>()
  for (const { asset, delivery, at } of deliveries) {
    const target = targetOf(delivery)
    const other = owners.get(target)
    const source = sources.get(target)
    if (other !== undefined) report(assetDiagnostic('DELIVERY_TWICE', { target, other }, at))
    if (source !== undefined) report(assetDiagnostic('DELIVERY_ONTO_SOURCE', { target, source }, at))
    owners.set(target, other ?? asset)
  }
}

/** Connection and place, the same however a table is written. */
const targetOf = (delivery: DeliverySpec): string =>
  delivery.kind === 'postgres'
    ? tableTarget(delivery.connection, delivery.table)
    : `${delivery.connection}:${posix.normalize(delivery.path.replaceAll('\\', '/'))}`

export function tableTarget(connection: string, table: string): string {
  const name = parseTableName(table)
  return `${connection}:${name ? `${name.schema?.folded ?? 'public'}.${name.table.folded}` : table}`
}
