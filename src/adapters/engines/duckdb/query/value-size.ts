import {
  DuckDBArrayVector,
  DuckDBBitVector,
  DuckDBBlobVector,
  DuckDBListVector,
  DuckDBMapVector,
  DuckDBStructVector,
  DuckDBUnionVector,
  DuckDBVarCharVector,
  type DuckDBVector,
} from '@duckdb/node-api'

/** Of a number, a time, a truth or nothing as JSON; only large values matter. */
const SMALL_BYTES = 8
/** How far one text lies behind the other in a vector; its length stands in the first four bytes. */
const TEXT_BYTES = 16

/** What vectors keep to themselves by their types. */
type Inside = Readonly<{
  validity: Readonly<{ itemValid(at: number): boolean }>
  dataView: DataView
  childData: DuckDBVector
  listVector: DuckDBVector
  structVector: DuckDBVector
}>

/**
 * Roughly what a value takes as JSON, known before the value is made: one alone can be larger than the process may be.
 * Counts no further than `most`.
 */
export function valueSize(vector: DuckDBVector, at: number, most: number): number {
  // Private members; a test holds that they are there.
  const inside = vector as unknown as Inside
  if (vector instanceof DuckDBMapVector) return valueSize(inside.listVector, at, most)
  if (vector instanceof DuckDBUnionVector) return valueSize(inside.structVector, at, most)
  if (isPlain(vector) || !inside.validity.itemValid(at)) return SMALL_BYTES
  if (vector instanceof DuckDBListVector)
    return sizeOfAll(vector.childVector, vector.getEntryOffset(at), vector.getEntryLength(at), most)
  if (vector instanceof DuckDBArrayVector) {
    const { length } = vector.type
    return sizeOfAll(inside.childData, at * length, length, most)
  }
  if (vector instanceof DuckDBStructVector) {
    let size = SMALL_BYTES
    for (let entry = 0; entry < vector.type.entryCount && size <= most; entry++)
      size += valueSize(vector.entryVectorAt(entry), at, most - size)
    return size
  }
  return inside.dataView.getUint32(at * TEXT_BYTES, true)
}

function sizeOfAll(vector: DuckDBVector, from: number, count: number, most: number): number {
  let size = SMALL_BYTES * count
  if (isPlain(vector)) return size
  for (let at = from; at < from + count && size <= most; at++) size += valueSize(vector, at, most - size)
  return size
}

const LARGE = [
  DuckDBListVector,
  DuckDBArrayVector,
  DuckDBMapVector,
  DuckDBUnionVector,
  DuckDBStructVector,
  DuckDBVarCharVector,
  DuckDBBlobVector,
  DuckDBBitVector,
]

const isPlain = (vector: DuckDBVector): boolean => !LARGE.some((one) => vector instanceof one)
