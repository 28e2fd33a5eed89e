import type { DeclaredColumn } from '../../domain/asset.js'
import { bindDiagnostic } from '../binding/diagnostics.js'
import { columnsOfCheck, isImplied } from '../checks/check-columns.js'
import type { Report } from '../diagnostics/report.js'
import { type Draft, declares, materializationOf } from '../headers/read-asset.js'
import { fieldDiagnostic } from '../shapes/diagnostics.js'
import type { Located } from '../shapes/shape.js'
import { assetDiagnostic } from './diagnostics.js'
import type { PlacedCheck } from './placed-check.js'

export function columnsOf({ fields }: Draft): DeclaredColumn[] {
  return (fields.columns ?? []).map(({ key, value }) => ({
    name: key,
    ...(value.type !== undefined && { type: value.type.value }),
    ...(value.description !== undefined && { description: value.description }),
  }))
}

/** Headers whose fields ask for one another. */
export function reportFields(draft: Draft, checks: readonly PlacedCheck[], report: Report): void {
  const { fields, at, file } = draft
  const asset = file.name
  const materialize = materializationOf(draft)
  reportColumnCase(draft, report)
  reportRepeated('key', fields.key ?? [], report)
  if (draft.kind === 'source') return
  if (materialize === 'incremental' && !declares(draft, 'time'))
    report(assetDiagnostic('TIME_MISSING', { asset }, at))
  if (materialize === 'keyed' && !declares(draft, 'key'))
    report(assetDiagnostic('KEY_MISSING', { asset, why: 'is merged by key' }, at))
  if (draft.fields.deletes !== undefined && draft.fields.deletes !== 'none' && materialize !== 'keyed')
    report(assetDiagnostic('DELETES_NOT_KEYED', { materialize }, at))
  if (draft.kind === 'typescript') reportTypeScript(draft, checks, report)
}

function reportColumnCase({ fields }: Draft, report: Report): void {
  const seen = new Map<string, string>()
  for (const { key, keyAt } of fields.columns ?? []) {
    const other = seen.get(key.toLowerCase())
    if (other !== undefined) report(assetDiagnostic('COLUMN_CASE', { column: key, other }, keyAt))
    seen.set(key.toLowerCase(), key)
  }
}

function reportRepeated(path: string, names: readonly Located<string>[], report: Report): void {
  const seen = new Set<string>()
  for (const { value, at } of names) {
    if (seen.has(value.toLowerCase())) report(fieldDiagnostic('FIELD_REPEATED', { path, value }, at))
    seen.add(value.toLowerCase())
  }
}

/** Code is believed: what its header declares are its columns, so everything else must name one of them. */
function reportTypeScript(draft: Draft, checks: readonly PlacedCheck[], report: Report): void {
  const { fields, at, file } = draft
  const columns = fields.columns ?? []
  if (materializationOf(draft) === 'view') report(assetDiagnostic('VIEW_NOT_SQL', undefined, at))
  if (columns.length === 0) {
    if (!declares(draft, 'columns')) report(assetDiagnostic('COLUMNS_MISSING', { asset: file.name }, at))
    return
  }
  for (const { key, keyAt, value } of columns)
    if (value.type === undefined) report(assetDiagnostic('COLUMN_TYPE_MISSING', { column: key }, keyAt))
  const known = columns.map(({ key }) => key)
  for (const { what, column, at: where } of namedColumns(draft, checks))
    if (!known.some((name) => name.toLowerCase() === column.toLowerCase()))
      report(bindDiagnostic('COLUMN_UNKNOWN', { what, column, asset: file.name, known }, where))
}

function namedColumns(draft: Draft, checks: readonly PlacedCheck[]) {
  const { key = [], time } = draft.fields
  const deletes = 'deletes' in draft.fields ? draft.fields.deletes : undefined
  return [
    ...key.map(({ value, at }) => ({ what: 'key', column: value, at })),
    ...(time ? [{ what: 'time', column: time.column.value, at: time.column.at }] : []),
    ...(typeof deletes === 'object'
      ? [{ what: 'deletes', column: deletes.when.value, at: deletes.when.at }]
      : []),
    ...checks
      .filter(({ check }) => !isImplied(check))
      .flatMap(({ check, at }) =>
        columnsOfCheck(check).map((column) => ({ what: `check ${check.name}`, column, at })),
      ),
  ]
}
