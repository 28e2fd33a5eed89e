import { encodeNumeric } from './numeric.js'
import { POSTGRES_OIDS, type PostgresTypeName } from './types.js'

type Scalar = (text: string) => Uint8Array

const utf8 = new TextEncoder()

function fixed(size: number, write: (view: DataView, text: string) => void): Scalar {
  return (text) => {
    const view = new DataView(new ArrayBuffer(size))
    write(view, text)
    return new Uint8Array(view.buffer)
  }
}

function encodeUuid(text: string): Uint8Array {
  const hex = text.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`${JSON.stringify(text)} is no uuid`)
  return Uint8Array.from({ length: 16 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  )
}

const ELEMENTS: Partial<Readonly<Record<PostgresTypeName, Scalar>>> = {
  boolean: (text) => Uint8Array.of(text === 'true' ? 1 : 0),
  smallint: fixed(2, (view, text) => view.setInt16(0, Number(text))),
  integer: fixed(4, (view, text) => view.setInt32(0, Number(text))),
  bigint: fixed(8, (view, text) => view.setBigInt64(0, BigInt(text))),
  real: fixed(4, (view, text) => view.setFloat32(0, parseDouble(text))),
  'double precision': fixed(8, (view, text) => view.setFloat64(0, parseDouble(text))),
  numeric: encodeNumeric,
  text: (text) => utf8.encode(text),
  uuid: encodeUuid,
}

const DOUBLES: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
}
const parseDouble = (text: string) => DOUBLES[text.toLowerCase()] ?? Number(text)

/** Encodes the JSON text of a flat list as a one-dimensional array of `element`. */
export function encodeArray(json: string, element: PostgresTypeName): Uint8Array {
  const scalar = ELEMENTS[element]
  if (!scalar) throw new TypeError(`No arrays of ${element}`)
  const items = listItems(json).map((item) => (item === null ? null : scalar(item)))
  const size = items.reduce((sum, item) => sum + 4 + (item?.length ?? 0), items.length === 0 ? 12 : 20)
  const bytes = new Uint8Array(size)
  const out = new DataView(bytes.buffer)
  out.setInt32(0, items.length === 0 ? 0 : 1)
  out.setInt32(4, items.includes(null) ? 1 : 0)
  out.setInt32(8, POSTGRES_OIDS[element])
  if (items.length === 0) return bytes
  out.setInt32(12, items.length)
  out.setInt32(16, 1)
  let at = 20
  for (const item of items) {
    out.setInt32(at, item?.length ?? -1)
    at += 4
    if (item) {
      bytes.set(item, at)
      at += item.length
    }
  }
  return bytes
}

/**
 * The items of a flat JSON list as text. Numbers keep their digits, which JSON.parse would round, and the engine's
 * bare `NaN` and `Infinity` are let through.
 */
function listItems(json: string): (string | null)[] {
  const items: (string | null)[] = []
  const token = /"(?:[^"\\]|\\.)*"|[^\s,[\]]+/gy
  let at = skipSeparators(json, json.indexOf('[') + 1)
  while (at < json.length && json[at] !== ']') {
    token.lastIndex = at
    const found = token.exec(json)?.[0]
    if (found === undefined) throw new RangeError(`${JSON.stringify(json.slice(0, 80))} is no flat list`)
    items.push(found === 'null' ? null : found.startsWith('"') ? String(JSON.parse(found)) : found)
    at = skipSeparators(json, at + found.length)
  }
  return items
}

function skipSeparators(json: string, from: number): number {
  let at = from
  while (at < json.length && ' ,\n\r\t'.includes(json[at] as string)) at++
  return at
}
