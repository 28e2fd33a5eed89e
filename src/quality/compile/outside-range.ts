import type { Check } from '../../domain/check.js'
import type { Column } from '../../domain/column.js'
import { quoteName } from '../../sql/quote.js'
import { columnFamily, isEnum, isNested } from './column-family.js'
import { boundLiteral, type Literal, wholeBound } from './literal.js'

type Range = Pick<Extract<Check, { kind: 'accepted_range' }>, 'min' | 'max' | 'exclusive'>

/**
 * The condition that picks values outside the range. NULL is in every range, NaN in none: the engine sorts NaN
 * above infinity, so a range without an upper bound ends at infinity.
 */
export function outsideRange(range: Range, column: Column): Literal {
  if (isNested(column.type) || column.type === 'BLOB')
    return { problem: `${column.name} (${column.type}) has no order to judge a range by` }
  const crossed = crossedBounds(range)
  if (crossed !== null) return { problem: crossed }
  const value = `${quoteName(column.name)}${isEnum(column.type) ? '::VARCHAR' : ''}`
  const exclusive = range.exclusive === true
  const parts: string[] = []
  for (const side of ['min', 'max'] as const) {
    const bound = range[side]
    if (bound === undefined) continue
    const made = sideLiteral(bound, side, exclusive, column)
    if ('problem' in made) return made
    parts.push(`${value} ${operator(side, exclusive)} ${made.sql}`)
  }
  if (columnFamily(column.type) === 'float' && range.max === undefined)
    parts.push(`${value} <= 'Infinity'::${column.type}`)
  return { sql: parts.length === 0 ? 'false' : `not (${parts.join(' and ')})` }
}

const operator = (side: 'min' | 'max', exclusive: boolean): string =>
  `${side === 'min' ? '>' : '<'}${exclusive ? '' : '='}`

function sideLiteral(
  bound: string | number,
  side: 'min' | 'max',
  exclusive: boolean,
  column: Column,
): Literal {
  const made = boundLiteral(bound, column)
  if ('problem' in made || columnFamily(column.type) !== 'integer') return made
  return { sql: wholeBound(bound, (side === 'min') !== exclusive) }
}

/** No value can pass such a range; the bounds are swapped, or one has a slip of the pen. */
function crossedBounds({ min, max }: Range): string | null {
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return null
  return `the range has min ${min} above max ${max}`
}
