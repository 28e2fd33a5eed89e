/** `reads`: as an input gives it. `wide`: with integers of 64 bits as bigint. `yields`: what a row may hold. */
export type Side = 'reads' | 'wide' | 'yields'

const SCALARS: Readonly<Record<string, Readonly<Record<Side, string>>>> = {
  ...each(
    ['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'FLOAT', 'DOUBLE'],
    'number',
  ),
  ...each(['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT'], 'number', 'bigint', 'number | bigint'),
  ...each(['BOOLEAN'], 'boolean'),
  ...each(
    ['VARCHAR', 'UUID', 'TIME', 'TIME_NS', 'TIME WITH TIME ZONE', 'INTERVAL', 'BIT', 'BIGNUM'],
    'string',
  ),
  ...each(['DATE'], 'string', 'string', 'string | Date'),
  ...each(
    ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'],
    'Date',
    'Date',
    'Date | string',
  ),
  ...each(['BLOB'], 'Uint8Array'),
  ...each(['JSON'], 'Json'),
}

function each(types: readonly string[], reads: string, wide = reads, yields = reads) {
  return Object.fromEntries(types.map((type) => [type, { reads, wide, yields }]))
}

/** Decimals up to this many digits pass through a number unharmed; wider ones are text. */
const EXACT_DIGITS = 15

/** The TypeScript type of a column's values, without null. `type` is in the engine's spelling. */
export function typescriptType(type: string, side: Side): string {
  const item = /^(.*)\[\d*\]$/s.exec(type)
  if (item) return listOf(typescriptType(item[1] as string, side), side)
  const composite = /^(\w+)\s*\((.*)\)$/s.exec(type)
  if (composite) return compositeType(composite[1] as string, splitParts(composite[2] as string), side)
  return SCALARS[type.toUpperCase()]?.[side] ?? 'unknown'
}

/** Items of lists, fields and map values may be null at any time. */
const listOf = (inner: string, side: Side): string =>
  `${side === 'yields' ? 'readonly ' : ''}(${inner} | null)[]`

function compositeType(kind: string, parts: readonly string[], side: Side): string {
  switch (kind.toUpperCase()) {
    case 'DECIMAL':
      return side === 'yields'
        ? 'number | bigint | string'
        : Number(parts[0]) <= EXACT_DIGITS
          ? 'number'
          : 'string'
    case 'ENUM':
      return parts.map((value) => JSON.stringify(value.slice(1, -1).replaceAll("''", "'"))).join(' | ')
    case 'STRUCT':
      return `{ ${parts.map((part) => structField(part, side)).join('; ')} }`
    case 'MAP':
      return `${side === 'yields' ? 'ReadonlyMap' : 'Map'}<${typescriptType(parts[0] ?? '', side)}, ${typescriptType(parts[1] ?? '', side)} | null>`
    case 'UNION':
      return side === 'yields' ? 'string' : 'unknown'
    default:
      return 'unknown'
  }
}

function structField(part: string, side: Side): string {
  const found = /^(?:"((?:[^"]|"")*)"|(\w+))\s+(.*)$/s.exec(part)
  const name = found?.[1]?.replaceAll('""', '"') ?? found?.[2] ?? part
  return `${fieldName(name)}: ${typescriptType(found?.[3] ?? '', side)} | null`
}

/** A field's name as source text. */
export const fieldName = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)

/** The parts between the commas of this level; those in quotes and brackets belong to a part. */
function splitParts(text: string): string[] {
  const parts: string[] = []
  let [depth, from] = [0, 0]
  let quote = ''
  for (const [at, char] of [...text].entries()) {
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === ',' && depth === 0) {
      parts.push([...text].slice(from, at).join('').trim())
      from = at + 1
    }
  }
  return [...parts, [...text].slice(from).join('').trim()]
}
