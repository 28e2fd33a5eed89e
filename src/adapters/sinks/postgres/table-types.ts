import type { PostgresTypeName } from '../../../columns/postgres-binary/types.js'

/** The type of a column of the app, as its catalogue says it. */
export type TargetType = Readonly<{
  /** Without modifiers, domains resolved: `numeric`, `character varying`. */
  name: string
  /** As people write it: `numeric(10,2)`. */
  text: string
  precision: number | null
  scale: number | null
  isEnum: boolean
}>

/** What a delivered column needs: its own type in Postgres, with the digits of a decimal. */
export type NeededType = Readonly<{ name: PostgresTypeName; precision: number | null; scale: number | null }>

/** Digits before the point that every value of an integer type fits in. */
const INTEGER_DIGITS: Readonly<Record<string, number>> = { smallint: 5, integer: 10, bigint: 19 }

/** Integers that a floating type holds exactly. */
const FLOATS_HOLDING: Readonly<Record<string, readonly string[]>> = {
  smallint: ['real', 'double precision'],
  integer: ['double precision'],
}

const WIDER_INTEGERS: Readonly<Record<string, readonly string[]>> = {
  smallint: ['integer', 'bigint'],
  integer: ['bigint'],
}

const TEXT_TYPES = new Set(['text', 'character varying', 'citext'])

/**
 * True where every value of the delivered type can be kept by the target's without loss. Limits that Postgres
 * itself refuses to break, such as the length of a varchar or the labels of an enum, count as fitting.
 */
export function fits(needed: NeededType, target: TargetType): boolean {
  if (needed.name === target.name) return fitsSameName(needed, target)
  switch (needed.name) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return (
        (WIDER_INTEGERS[needed.name] ?? []).includes(target.name) ||
        (FLOATS_HOLDING[needed.name] ?? []).includes(target.name) ||
        (target.name === 'numeric' && fitsDigits(INTEGER_DIGITS[needed.name] ?? 0, 0, target))
      )
    case 'real':
      return target.name === 'double precision' || isUnlimitedNumeric(target)
    case 'double precision':
      return isUnlimitedNumeric(target)
    case 'numeric':
      return needed.scale === 0 && (needed.precision ?? Infinity) < (INTEGER_DIGITS[target.name] ?? 0)
    case 'text':
      return TEXT_TYPES.has(target.name) || target.isEnum
    case 'json':
    case 'jsonb':
      return target.name === 'json' || target.name === 'jsonb' || target.name === 'text'
    case 'uuid':
      return target.name === 'text'
    default:
      return false
  }
}

function fitsSameName(needed: NeededType, target: TargetType): boolean {
  switch (needed.name) {
    case 'numeric':
      if (isUnlimitedNumeric(target)) return true
      if (needed.precision === null || needed.scale === null) return false
      return fitsDigits(needed.precision - needed.scale, needed.scale, target)
    case 'timestamp without time zone':
    case 'timestamp with time zone':
    case 'time without time zone':
    case 'interval':
      // A precision below microseconds would round.
      return !/\([0-5]\)/.test(target.text)
    default:
      return true
  }
}

const isUnlimitedNumeric = (target: TargetType): boolean =>
  target.name === 'numeric' && target.precision === null

function fitsDigits(before: number, after: number, target: TargetType): boolean {
  if (target.precision === null || target.scale === null) return true
  return target.precision - target.scale >= before && target.scale >= after
}

/** Types whose `=` is missing or says equal of values that differ (letter case, spacing): compared as text. */
const COMPARED_AS_TEXT = new Set(['json', 'xml', 'citext', 'character'])

/** Both sides of "has this column changed". */
export function comparison(target: TargetType, old: string, fresh: string): { old: string; fresh: string } {
  return COMPARED_AS_TEXT.has(target.name) ? { old: `${old}::text`, fresh: `${fresh}::text` } : { old, fresh }
}

/**
 * `value` of the delivered type as the target's. The cast names no length or digits: an explicit cast to
 * `varchar(5)` cuts silently, an assignment refuses. Floats go to numeric by their text, because the direct
 * cast keeps fifteen digits only.
 */
export function castTo(needed: PostgresTypeName, target: TargetType, value: string): string {
  if (needed === target.name) return value
  const isFloat = needed === 'real' || needed === 'double precision'
  const source = isFloat && target.name === 'numeric' ? `${value}::text` : value
  return `${source}::${target.name}`
}
