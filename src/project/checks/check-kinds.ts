import type { Check, CheckKind } from '../../domain/check.js'
import { ROW_CHECKS } from '../../domain/check.js'
import type { Location } from '../../domain/diagnostic.js'
import type { Report } from '../diagnostics/report.js'
import {
  type Fields,
  list,
  mapOf,
  mapped,
  type ObjectOf,
  object,
  optional,
  required,
  shortOr,
} from '../shapes/composite-shape.js'
import {
  boolean,
  columnType,
  type Field,
  number,
  type Scalar,
  type Shape,
  scalar,
  someDuration,
  text,
} from '../shapes/shape.js'
import { checkDiagnostic } from './diagnostics.js'
import { patternMistake } from './pattern.js'

/** The part of a check that only its kind knows. */
export type Rule = Check extends infer C ? (C extends { kind: CheckKind } ? OmitShared<C> : never) : never
type OmitShared<C> = Omit<C, 'name' | 'severity' | 'onFail' | 'where' | 'tolerance' | 'line'>

/** What a check finds around itself: the column it stands under, the asset's time column. */
export type CheckPlace = Readonly<{
  column: string | null
  timeColumn: string | null
  at: Location
  report: Report
}>

/** A kind of check: its fields, how it may be written short, and how fields become a rule. */
export type CheckKindSpec = Readonly<{
  description: string
  /** `column`: stands under a column or names one. `table`: looks at the whole asset. `both`: either. */
  level: 'column' | 'table' | 'both'
  fields: Fields
  /** Field that a value without fields goes to: `accepted_values: [a, b]`. */
  short?: string
  example: string
  /** Null: a mistake was reported. Values are those the fields read. */
  rule: (values: Readonly<Record<string, unknown>>, place: CheckPlace) => Rule | null
}>

function kind<F extends Fields>(
  spec: Omit<CheckKindSpec, 'rule' | 'fields'> & {
    fields: F
    rule: (values: ObjectOf<F>, place: CheckPlace) => Rule | null
  },
): CheckKindSpec {
  // The values come from `object(spec.fields)` and nowhere else.
  return { ...spec, rule: (values, place) => spec.rule(values as ObjectOf<F>, place) }
}

const columnField: Field<string, false> = optional(
  text('a column', 'washroom_id'),
  'Column to look at, where the check does not stand under one.',
)

/** Text, number or date at the end of a range. */
const bound: Shape<number | string> = {
  schema: { type: ['number', 'string'] },
  label: 'a number, or a date in quotes',
  example: '0',
  read: (node, reading) => {
    const value = scalar.read(node, reading)
    return typeof value === 'boolean' ? number().read(node, reading) : value
  },
}

const columnMap = mapped(mapOf(columnType, '{ washroom_id: integer }'), (columns) =>
  columns.map(({ key, value }) => ({ name: key, type: value })),
)
const columnList = list(
  object(
    { name: required(text('a column', 'washroom_id'), 'Name.'), type: required(columnType, 'Type.') },
    { what: 'the column', example: '{ name: washroom_id, type: integer }' },
  ),
  { least: 1 },
)
const typedColumns = shortOr(columnList, columnMap)

export const CHECK_KINDS: Readonly<Record<CheckKind, CheckKindSpec>> = {
  not_null: kind({
    description: 'Every row has a value. NaN is a value.',
    level: 'column',
    fields: { column: columnField },
    short: 'column',
    example: 'not_null',
    rule: (values, place) => onColumn('not_null', values, place, (column) => ({ kind: 'not_null', column })),
  }),
  unique: kind({
    description: 'No two rows have the same values.',
    level: 'both',
    fields: {
      columns: optional(
        list(text('a column', 'washroom_id'), { single: true, least: 1 }),
        'Columns that are unique together.',
      ),
      column: columnField,
    },
    short: 'columns',
    example: 'unique: [washroom_id, hour]',
    rule: (values, place) => {
      if (values.columns !== undefined && place.column === null)
        return { kind: 'unique', columns: values.columns }
      return onColumn('unique', values, place, (column) => ({ kind: 'unique', columns: [column] }))
    },
  }),
  accepted_values: kind({
    description: 'Every value is one of a list. NULL passes.',
    level: 'column',
    fields: { values: required(list<Scalar>(scalar, { least: 1 }), 'The values.'), column: columnField },
    short: 'values',
    example: 'accepted_values: [door, soap, paper]',
    rule: ({ values, ...rest }, place) =>
      onColumn('accepted_values', rest, place, (column) => ({ kind: 'accepted_values', column, values })),
  }),
  accepted_range: kind({
    description: 'Every value lies between bounds, the bounds included. NULL passes.',
    level: 'column',
    fields: {
      min: optional(bound, 'Lowest value allowed.'),
      max: optional(bound, 'Highest value allowed.'),
      exclusive: optional(boolean, 'The bounds themselves are not allowed.', 'false'),
      column: columnField,
    },
    example: 'accepted_range: { min: 0, max: 5000 }',
    rule: (values, place) => {
      const { min, max, exclusive } = values
      if (!bounded('accepted_range', min, max, place)) return null
      return onColumn('accepted_range', values, place, (column) => ({
        kind: 'accepted_range',
        column,
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
        ...(exclusive !== undefined && { exclusive }),
      }))
    },
  }),
  matches_regex: kind({
    description: 'Every text matches a regular expression (RE2) somewhere. NULL passes.',
    level: 'column',
    fields: {
      pattern: required(text('a pattern', "'^[A-Z]{2}\\d+$'"), 'Regular expression, in single quotes.'),
      column: columnField,
    },
    short: 'pattern',
    example: "matches_regex: '^[A-Z]{2}\\d+$'",
    rule: ({ pattern, ...rest }, place) => {
      const mistake = patternMistake(pattern)
      if (mistake !== null) {
        place.report(
          checkDiagnostic('CHECK_PATTERN', { pattern: JSON.stringify(pattern), ...mistake }, place.at),
        )
        return null
      }
      return onColumn('matches_regex', rest, place, (column) => ({ kind: 'matches_regex', column, pattern }))
    },
  }),
  relationships: kind({
    description: 'Every value exists in a column of another asset. NULL passes.',
    level: 'column',
    fields: {
      to: required(
        text('a column of an asset', 'staging.devices.device_id'),
        'Asset and column: staging.devices.device_id.',
      ),
      field: optional(text('a column', 'device_id'), 'The column, where `to` names only the asset.'),
      column: columnField,
    },
    short: 'to',
    example: 'relationships: { to: staging.devices.device_id }',
    rule: (values, place) => {
      const parts = values.to.split('.')
      const field = values.field ?? (parts.length === 3 ? parts[2] : undefined)
      if (
        field === undefined ||
        parts.some((part) => part === '') ||
        parts.length !== (values.field === undefined ? 3 : 2)
      ) {
        place.report(checkDiagnostic('CHECK_RELATIONSHIP', { to: values.to }, place.at))
        return null
      }
      const to = parts.slice(0, 2).join('.')
      return onColumn('relationships', values, place, (column) => ({
        kind: 'relationships',
        column,
        to,
        field,
      }))
    },
  }),
  row_count: kind({
    description: 'The number of rows lies between bounds.',
    level: 'table',
    fields: {
      min: optional(number({ integer: true, min: 0 }), 'Fewest rows allowed.'),
      max: optional(number({ integer: true, min: 0 }), 'Most rows allowed.'),
    },
    example: 'row_count: { min: 1 }',
    rule: ({ min, max }, place) =>
      bounded('row_count', min, max, place)
        ? { kind: 'row_count', ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
        : null,
  }),
  freshness: kind({
    description: 'The newest time is not older than an age.',
    level: 'both',
    fields: {
      max_age: required(someDuration, 'Oldest age allowed: 2 hours.'),
      column: optional(text('a column', 'read_at'), 'Column with the time.', 'the asset’s time column'),
    },
    short: 'max_age',
    example: 'freshness: { max_age: 2 hours }',
    rule: (values, place) => {
      const near = { ...place, column: place.column ?? place.timeColumn }
      const maxAgeMs = values.max_age
      const named = values.column !== undefined && place.column === null ? { ...near, column: null } : near
      return onColumn('freshness', values, named, (column) => ({ kind: 'freshness', column, maxAgeMs }))
    },
  }),
  schema: kind({
    description: 'The columns and their types are as listed.',
    level: 'table',
    fields: {
      columns: required(typedColumns, 'Columns and their types, as a map or as a list of { name, type }.'),
      exact: optional(boolean, 'No other columns, and in this order.', 'false'),
    },
    example: 'schema: { columns: { washroom_id: integer }, exact: true }',
    rule: ({ columns, exact = false }) => ({
      kind: 'schema',
      columns,
      exact,
    }),
  }),
  failed_rows: kind({
    description: 'A statement over `this`, the asset’s rows, finds nothing.',
    level: 'table',
    fields: {
      sql: required(
        text('a statement', 'select * from this where people_out > people_in * 2'),
        'One SELECT that finds the bad rows.',
      ),
    },
    short: 'sql',
    example:
      'failed_rows: { name: more_out_than_in, sql: select * from this where people_out > people_in * 2 }',
    rule: ({ sql }) => ({ kind: 'failed_rows', sql }),
  }),
}

/** Options that some kinds cannot honour. */
export const takesWhere = (check: CheckKind): boolean =>
  (ROW_CHECKS.has(check) && check !== 'failed_rows') || check === 'row_count' || check === 'freshness'
export const takesTolerance = (check: CheckKind): boolean => ROW_CHECKS.has(check)

function onColumn(
  check: CheckKind,
  values: { column?: string },
  place: CheckPlace,
  rule: (column: string) => Rule,
): Rule | null {
  const column = place.column ?? values.column
  if (column !== undefined) return rule(column)
  place.report(checkDiagnostic('CHECK_NEEDS_COLUMN', { check }, place.at))
  return null
}

function bounded(
  check: CheckKind,
  min: number | string | undefined,
  max: number | string | undefined,
  { at, report }: CheckPlace,
): boolean {
  if (min === undefined && max === undefined) {
    const example = CHECK_KINDS[check].example
    report(checkDiagnostic('CHECK_NEEDS_FIELDS', { check, fields: 'min, max or both', example }, at))
    return false
  }
  if (min === undefined || max === undefined || typeof min !== typeof max || min <= max) return true
  report(checkDiagnostic('CHECK_BOUNDS', { check, min: String(min), max: String(max) }, at))
  return false
}
