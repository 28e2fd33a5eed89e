import { closest, distance } from 'fastest-levenshtein'
import { quoteName, quoteText } from './quote.js'

/** DuckDB's upper-case spelling of each simple type and the other names it goes by. */
const SIMPLE: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ['bool', 'logical'],
  TINYINT: ['int1'],
  SMALLINT: ['int2', 'int16', 'short'],
  INTEGER: ['int', 'int4', 'int32', 'integral', 'signed'],
  BIGINT: ['int8', 'int64', 'long', 'oid'],
  HUGEINT: ['int128'],
  UTINYINT: ['uint8'],
  USMALLINT: ['uint16'],
  UINTEGER: ['uint32'],
  UBIGINT: ['uint64'],
  UHUGEINT: ['uint128'],
  BIGNUM: ['varint'],
  FLOAT: ['float4', 'real'],
  DOUBLE: ['float8', 'double precision'],
  VARCHAR: [
    ...['text', 'string', 'char', 'bpchar', 'nvarchar', 'character', 'character varying', 'char varying'],
    ...['national character', 'national character varying'],
  ],
  BLOB: ['bytea', 'binary', 'varbinary'],
  BIT: ['bitstring'],
  DATE: [],
  TIME: ['time without time zone'],
  TIME_NS: [],
  'TIME WITH TIME ZONE': ['timetz'],
  TIMESTAMP: ['datetime', 'timestamp_us', 'timestamp without time zone'],
  TIMESTAMP_S: [],
  TIMESTAMP_MS: [],
  TIMESTAMP_NS: [],
  'TIMESTAMP WITH TIME ZONE': ['timestamptz'],
  INTERVAL: [],
  UUID: ['guid'],
  JSON: [],
  GEOMETRY: [],
  VARIANT: [],
}

const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(SIMPLE).flatMap(([type, aliases]) =>
    [type.toLowerCase(), ...aliases].map((name) => [name, type] as const),
  ),
)

/** Names a header may use, for editors and for finding the nearest one. */
export const TYPE_NAMES: readonly string[] = [
  ...BY_NAME.keys(),
  ...['decimal', 'numeric', 'dec', 'struct', 'row', 'map', 'union', 'enum'],
]

const TOKEN = /\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(\d+)|([A-Za-z_][\w]*)|([()[\],]))/y

type Token = Readonly<{ kind: 'identifier' | 'string' | 'number' | 'word' | 'mark'; text: string }>

/** DuckDB's own spelling of a type: `int` is `INTEGER`, `numeric(10,2)[]` is `DECIMAL(10,2)[]`. Null: no such type. */
export function normalizeType(text: string): string | null {
  const tokens = tokenize(text)
  if (tokens === null) return null
  const reader = { tokens, at: 0 }
  const type = readType(reader)
  return reader.at === tokens.length ? type : null
}

/** The known type name most like the text's first words, or null where nothing is like it. */
export function nearestType(text: string): string | null {
  const name = text
    .toLowerCase()
    .replace(/[([].*$/s, '')
    .trim()
  if (name === '') return null
  const nearest = closest(name, [...TYPE_NAMES])
  return distance(name, nearest) <= Math.max(2, name.length / 3) ? nearest : null
}

/** True where both spellings mean the same rows. JSON is text with a label that the engine drops at will. */
export function sameType(a: string, b: string): boolean {
  const spelled = (type: string) =>
    (normalizeType(type) ?? type.toUpperCase()).replaceAll(/\bJSON\b/g, 'VARCHAR')
  return spelled(a) === spelled(b)
}

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = []
  const source = text.trim()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source)
    if (!match) return null
    const [, identifier, string, number, word, mark] = match
    if (identifier !== undefined) tokens.push({ kind: 'identifier', text: identifier.replaceAll('""', '"') })
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'") })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else tokens.push({ kind: 'mark', text: mark ?? '' })
  }
  return tokens
}

type Reader = { readonly tokens: readonly Token[]; at: number }

const peek = (reader: Reader): Token | undefined => reader.tokens[reader.at]

function mark(reader: Reader, text: string): boolean {
  const token = peek(reader)
  if (token?.kind !== 'mark' || token.text !== text) return false
  reader.at++
  return true
}

function readType(reader: Reader): string | null {
  let type = readBase(reader)
  while (type !== null && reader.at < reader.tokens.length) {
    const suffix = readSuffix(reader)
    if (suffix === '') break
    type = suffix === null ? null : type + suffix
  }
  return type
}

/** `[]`, `[3]` or the word ARRAY; '' where there is none, null where it is broken. */
function readSuffix(reader: Reader): string | null {
  const token = peek(reader)
  if (token?.kind === 'word' && token.text.toLowerCase() === 'array') {
    reader.at++
    return '[]'
  }
  if (!mark(reader, '[')) return ''
  const size = peek(reader)
  if (size?.kind === 'number') reader.at++
  if (!mark(reader, ']')) return null
  return size?.kind === 'number' ? `[${size.text}]` : '[]'
}

function readBase(reader: Reader): string | null {
  const name = readName(reader)
  if (name === null) return null
  switch (name) {
    case 'decimal':
    case 'numeric':
    case 'dec':
      return decimal(numbers(reader, 0, 2))
    case 'struct':
    case 'row':
      return fields(reader, 'STRUCT')
    case 'union':
      return fields(reader, 'UNION')
    case 'map':
      return map(reader)
    case 'enum':
      return enumeration(reader)
    default:
      return simple(name, reader)
  }
}

const LONGEST_NAME_WORDS = 4

/** The longest run of words that names a type: `timestamp with time zone`. */
function readName(reader: Reader): string | null {
  const words: string[] = []
  while (words.length < LONGEST_NAME_WORDS) {
    const token = reader.tokens[reader.at + words.length]
    if (token?.kind !== 'word') break
    words.push(token.text.toLowerCase())
  }
  for (let count = words.length; count > 0; count--) {
    const name = words.slice(0, count).join(' ')
    if (!TYPE_NAMES.includes(name)) continue
    reader.at += count
    return name
  }
  return null
}

function simple(name: string, reader: Reader): string | null {
  const type = BY_NAME.get(name) ?? null
  if (peek(reader)?.text !== '(') return name === 'float' ? 'FLOAT' : type
  const [size] = numbers(reader, 1, 1) ?? []
  if (size === undefined) return null
  if (name === 'float') return size > 24 ? 'DOUBLE' : 'FLOAT'
  if (name === 'timestamp') return TIMESTAMP_BY_DIGITS[size] ?? null
  return type === 'VARCHAR' ? type : null
}

const [SECONDS, MILLIS, MICROS, NANOS] = ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS']
const TIMESTAMP_BY_DIGITS = [SECONDS, MILLIS, MILLIS, MILLIS, MICROS, MICROS, MICROS, NANOS, NANOS, NANOS]

function numbers(reader: Reader, least: number, most: number): number[] | null {
  if (!mark(reader, '(')) return least === 0 ? [] : null
  const found: number[] = []
  do {
    const token = peek(reader)
    if (token?.kind !== 'number') return null
    reader.at++
    found.push(Number(token.text))
  } while (mark(reader, ','))
  return mark(reader, ')') && found.length <= most ? found : null
}

function decimal(sizes: number[] | null): string | null {
  if (sizes === null) return null
  const [width = 18, scale = sizes.length === 0 ? 3 : 0] = sizes
  return width >= 1 && width <= 38 && scale <= width ? `DECIMAL(${width},${scale})` : null
}

function fields(reader: Reader, label: string): string | null {
  if (!mark(reader, '(')) return null
  const parts: string[] = []
  do {
    const name = peek(reader)
    if (name?.kind !== 'word' && name?.kind !== 'identifier') return null
    reader.at++
    const type = readType(reader)
    if (type === null) return null
    parts.push(`${quoteName(name.text)} ${type}`)
  } while (mark(reader, ','))
  return mark(reader, ')') ? `${label}(${parts.join(', ')})` : null
}

function map(reader: Reader): string | null {
  if (!mark(reader, '(')) return null
  const key = readType(reader)
  if (key === null || !mark(reader, ',')) return null
  const value = readType(reader)
  return value !== null && mark(reader, ')') ? `MAP(${key}, ${value})` : null
}

function enumeration(reader: Reader): string | null {
  if (!mark(reader, '(')) return null
  const values: string[] = []
  do {
    const token = peek(reader)
    if (token?.kind !== 'string') return null
    reader.at++
    values.push(quoteText(token.text))
  } while (mark(reader, ','))
  return mark(reader, ')') ? `ENUM(${values.join(', ')})` : null
}
