import { decimalOf, isNested, kindOf } from '../../../columns/column-kind.js'
import type { Column } from '../../../domain/column.js'
import { sameType } from '../../../sql/type-names.js'
import { isInteger, isLossyCast } from '../lossy-cast.js'
import type { MappedColumn } from './type-map.js'

/**
 * A column as the asset declares it. Null where the cast would change values without a word: rounding a fraction,
 * cutting a time to a day. A value that does not fit at all is no such case, the load says so.
 */
export function declareType(mapped: MappedColumn, declared: Column): MappedColumn | null {
  if (sameType(mapped.type, declared.type)) return { ...mapped, type: declared.type }
  if (mapped.field.wire === 'numeric') return declareNumeric(mapped, declared.type)
  // The engine would round a text's fraction; upstream's numeric keeps it, and refuses what is no number.
  if (mapped.type === 'VARCHAR' && (isInteger(declared.type) || decimalOf(declared.type)))
    return declareNumeric({ ...mapped, expression: `${mapped.expression}::numeric` }, declared.type)
  if (isLossyCast(mapped.type, declared.type)) return null
  const zones = `${mapped.type}>${declared.type}`
  // The engine would read a time without zone in the project's zone; upstream's session is UTC.
  if (zones === 'TIMESTAMP>TIMESTAMP WITH TIME ZONE')
    return withKind(mapped, declared.type, 'timestamptz', `${mapped.expression} at time zone 'UTC'`)
  if (zones === 'TIMESTAMP WITH TIME ZONE>TIMESTAMP')
    return withKind(mapped, declared.type, 'timestamp', `${mapped.expression} at time zone 'UTC'`)
  const { wire, kind } = mapped.field
  if (declared.type === 'VARCHAR' && (kind !== 'text' || wire === 'interval'))
    return withKind(mapped, declared.type, 'text', `${mapped.expression}::text`)
  // JSON takes arrays of any number of dimensions.
  if (wire === 'list' && !isNested(declared.type))
    return withKind(mapped, declared.type, 'text', mapped.expression)
  return { ...mapped, type: declared.type }
}

function withKind(
  mapped: MappedColumn,
  type: string,
  kind: MappedColumn['field']['kind'],
  expression: string,
): MappedColumn {
  return { name: mapped.name, type, expression, field: { name: mapped.name, kind } }
}

/** `numeric` can become anything that keeps its digits; DOUBLE and FLOAT do not, but say so by their name. */
function declareNumeric(mapped: MappedColumn, type: string): MappedColumn | null {
  const { name, expression } = mapped
  const decimal = decimalOf(type)
  if (decimal) {
    const kind = kindOf(type)
    return { name, type, expression, field: { name, kind, wire: 'numeric', scale: decimal.scale } }
  }
  if (type === 'DOUBLE') return withKind(mapped, type, 'float64', `${expression}::float8`)
  if (type === 'FLOAT') return withKind(mapped, type, 'float32', `${expression}::float4`)
  if (isInteger(type))
    return { name, type, expression, field: { name, kind: 'text', wire: 'numeric', scale: 0 } }
  return type === 'VARCHAR'
    ? { name, type, expression, field: { name, kind: 'text', wire: 'numeric' } }
    : null
}
