import { unreachable } from '../base/errors.js'
import type { Asset } from '../domain/asset.js'
import type { Check } from '../domain/check.js'
import type { Column } from '../domain/column.js'
import { columnFamily } from './compile/column-family.js'
import { findColumn } from './compile/compile-context.js'
import { isOwnKey } from './compile/unique-lookup.js'
import { allowedRows, breaksPromise, type MeasuredCheck } from './measure/measurement.js'

/** What the words depend on beside the check: which columns are the key, and which can hold NaN. */
type Wording = Readonly<{ asset: Pick<Asset, 'key'>; columns: readonly Column[] }>

/** One sentence about a measured check: `31 of 4,812 rows have no washroom_id`. */
export function checkMessage(one: MeasuredCheck, about: Wording): string {
  const { check, compiled, measured } = one
  if (measured.problem !== null) return `Could not be judged: ${measured.problem}`
  const broken = breaksPromise(one)
  switch (check.kind) {
    case 'row_count':
      return broken
        ? `${countRows(measured.value ?? 0)}, ${wantedCount(check)}`
        : countRows(measured.value ?? 0)
    case 'freshness':
      return freshnessMessage(check, one, broken)
    case 'schema':
      return broken && compiled.form === 'columns'
        ? compiled.problems.join('; ')
        : 'The columns are as promised'
    default:
      return rowMessage(one, about)
  }
}

/** Why one row was set aside: `has no washroom_id`. */
export const rowReason = (check: Check, about: Wording): string => failing(check, about, true)

function rowMessage({ check, measured }: MeasuredCheck, about: Wording): string {
  const { rows, failedRows } = measured
  if (failedRows === 0) return rows === 0 ? 'No rows to look at' : `All ${countRows(rows)} pass`
  // A statement may give more rows than there are to look at: those of a join, or of other tables.
  if (failedRows > rows)
    return `${check.name} gives ${countRows(failedRows)}; there are ${countRows(rows)} to look at`
  const one = failedRows === 1
  const within =
    failedRows <= allowedRows(check, rows) ? `, within the tolerance of ${percent(check.tolerance ?? 0)}` : ''
  return `${number(failedRows)} of ${countRows(rows)} ${failing(check, about, one)}${within}`
}

function failing(check: Check, { asset, columns }: Wording, one: boolean): string {
  const have = one ? 'has' : 'have'
  switch (check.kind) {
    case 'not_null':
      return `${have} no ${check.column}`
    case 'unique': {
      const columns = listed(check.columns, 'and')
      const share = one ? 'shares' : 'share'
      return isOwnKey(check.columns, asset.key)
        ? `${have} no ${columns} or ${share} it with another row`
        : `${share} ${one ? 'its' : 'their'} ${columns} with another row`
    }
    case 'accepted_values':
      return `${have} ${withArticle(check.column)} other than ${listed(check.values.slice(0, 5).map(shown), 'or')}${
        check.values.length > 5 ? ` … (${check.values.length} values)` : ''
      }`
    case 'accepted_range':
      return `${have} ${check.column} ${outside(check)}${mayBeNaN(check, columns) ? ', or NaN' : ''}`
    case 'matches_regex':
      return `${have} ${withArticle(check.column)} that does not match ${check.pattern}`
    case 'relationships':
      return `${have} ${withArticle(check.column)} that is not in ${check.to}.${check.field}`
    case 'failed_rows':
      return `${one ? 'fails' : 'fail'} ${check.name}`
    case 'row_count':
    case 'freshness':
    case 'schema':
      return `${one ? 'fails' : 'fail'} ${check.name}`
    default:
      return unreachable(check)
  }
}

const withArticle = (column: string): string => `${/^[aeio]/i.test(column) ? 'an' : 'a'} ${column}`

/** A range of one bound does not say by itself that NaN is outside. */
function mayBeNaN({ column, min, max }: RangeCheck, columns: readonly Column[]): boolean {
  const found = findColumn(column, columns)
  const isOpen = (min === undefined) !== (max === undefined)
  return isOpen && found !== undefined && columnFamily(found.type) === 'float'
}

type RangeCheck = Extract<Check, { kind: 'accepted_range' }>

function outside({ min, max, exclusive }: RangeCheck): string {
  if (min !== undefined && max !== undefined)
    return `outside ${bound(min)} to ${bound(max)}${exclusive ? ' (both excluded)' : ''}`
  if (min !== undefined) return exclusive ? `not above ${bound(min)}` : `below ${bound(min)}`
  if (max !== undefined) return exclusive ? `not below ${bound(max)}` : `above ${bound(max)}`
  return 'that is not a number'
}

function wantedCount({ min, max }: Extract<Check, { kind: 'row_count' }>): string {
  if (min !== undefined && max !== undefined) return `${number(min)} to ${number(max)} wanted`
  return min !== undefined ? `at least ${number(min)} wanted` : `at most ${number(max ?? 0)} wanted`
}

function freshnessMessage(
  check: Extract<Check, { kind: 'freshness' }>,
  { measured }: MeasuredCheck,
  broken: boolean,
): string {
  const ahead =
    measured.ahead === 0
      ? ''
      : `; ${countRows(measured.ahead)} dated in the future ${measured.ahead === 1 ? 'does' : 'do'} not count`
  if (measured.value === null)
    return measured.rows === 0
      ? `No rows to tell the age of ${check.column} by`
      : `None of ${countRows(measured.rows)} has a ${check.column} up to now${ahead}`
  const limit = broken ? `, at most ${duration(check.maxAgeMs)} allowed` : ''
  return `The newest ${check.column} is ${duration(measured.value)} old${limit}${ahead}`
}

const number = (value: number): string => value.toLocaleString('en-US')
const countRows = (rows: number): string => `${number(rows)} ${rows === 1 ? 'row' : 'rows'}`
const bound = (value: number | string): string => (typeof value === 'number' ? number(value) : value)
const shown = (value: string | number | boolean): string =>
  typeof value === 'string' ? `'${value}'` : String(value)
const percent = (fraction: number): string => `${Number((fraction * 100).toPrecision(6))} %`

function listed(words: readonly string[], last: 'and' | 'or'): string {
  return words.length < 2 ? (words[0] ?? 'none') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** The two largest units that say something: `3 h 10 min`. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const first = UNITS.findIndex(([, size]) => ms >= size)
  let rest = ms
  const parts = UNITS.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count === 0 ? '' : `${count} ${unit}`
  })
  return parts.filter((part) => part !== '').join(' ')
}
