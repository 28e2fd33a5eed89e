import type { Check } from '../../domain/check.js'
import { checkDiagnostic } from '../checks/diagnostics.js'
import type { Report } from '../diagnostics/report.js'
import { type Draft, materializationOf } from '../headers/read-asset.js'
import type { AssetNames } from './asset-names.js'
import type { CheckSql } from './check-sql.js'
import { assetDiagnostic } from './diagnostics.js'
import type { PlacedCheck } from './placed-check.js'

/** An asset's checks: those of columns, those of the table, and those its key implies. */
export function checksOf(draft: Draft, report: Report): PlacedCheck[] {
  const { fields } = draft
  const timeColumn = fields.time?.column.value ?? null
  const written = [
    ...(fields.columns ?? []).flatMap(({ key, value }) =>
      (value.checks ?? []).map((check) => ({ check, column: key })),
    ),
    ...(fields.checks ?? []).map((check) => ({ check, column: null })),
  ].flatMap(({ check, column }) => {
    const built = check.build({ column, timeColumn, report })
    return built === null ? [] : [{ check: built, at: check.at }]
  })
  const all = [...written, ...keyChecks(draft, written)]
  reportNames(all, report)
  if (materializationOf(draft) === 'view') reportQuarantines(all, report)
  return all
}

function keyChecks({ fields }: Draft, written: readonly PlacedCheck[]): PlacedCheck[] {
  const key = (fields.key ?? []).filter(
    ({ value }, index, all) => all.findIndex((other) => other.value === value) === index,
  )
  const [first] = key
  if (first === undefined) return []
  const columns = key.map(({ value }) => value)
  const implied: PlacedCheck[] = written.some(({ check }) => isUniqueOver(check, columns))
    ? []
    : [{ check: { kind: 'unique', columns, name: 'key', ...BLOCKING, line: first.at.line }, at: first.at }]
  for (const { value: column, at } of key) {
    if (written.some(({ check }) => check.kind === 'not_null' && check.column === column && isWhole(check)))
      continue
    implied.push({
      check: { kind: 'not_null', column, name: `key_not_null:${column}`, ...BLOCKING, line: at.line },
      at,
    })
  }
  return implied
}

const BLOCKING = { severity: 'error', onFail: 'block' } as const

const isUniqueOver = (check: Check, columns: readonly string[]): boolean =>
  check.kind === 'unique' &&
  isWhole(check) &&
  [...check.columns].sort().join('\n') === [...columns].sort().join('\n')

/** Looks at every row and lets none through. */
const isWhole = ({ where, tolerance }: Check): boolean => where === undefined && (tolerance ?? 0) === 0

function reportNames(checks: readonly PlacedCheck[], report: Report): void {
  const lines = new Map<string, number>()
  for (const { check, at } of checks) {
    const line = lines.get(check.name)
    if (line === undefined) lines.set(check.name, at.line)
    else report(checkDiagnostic('CHECK_NAME_TWICE', { name: check.name, line }, at))
  }
}

function reportQuarantines(checks: readonly PlacedCheck[], report: Report): void {
  for (const { check, at } of checks)
    if (check.onFail === 'quarantine')
      report(checkDiagnostic('CHECK_VIEW_QUARANTINE', { check: check.name }, at))
}

/** Other assets that the checks of one asset look at: they have to be as the run sees them before it is judged. */
export function checkReads(
  checks: readonly PlacedCheck[],
  sql: ReadonlyMap<Check, CheckSql>,
  names: AssetNames,
): string[] {
  const read = checks.flatMap(({ check }) => {
    const related = check.kind === 'relationships' ? names.find(check.to) : undefined
    return [...(related === undefined ? [] : [related]), ...(sql.get(check)?.reads ?? [])]
  })
  return [...new Set(read)].sort()
}

/** Checks that compare with an asset that is not there. */
export function reportRelated(
  checks: readonly PlacedCheck[],
  known: readonly string[],
  report: Report,
): void {
  const names = new Set(known.map((name) => name.toLowerCase()))
  for (const { check, at } of checks)
    if (check.kind === 'relationships' && !names.has(check.to.toLowerCase()))
      report(assetDiagnostic('RELATED_UNKNOWN', { asset: check.to, known }, at))
}
