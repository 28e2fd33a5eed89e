/**
 * Rows as columns: the common form in which bulk data crosses ports. Plain typed arrays, so that a batch can be
 * transferred between threads without copying.
 *
 * Units: `date` days since 1970-01-01; `time` µs since midnight; `timestamp` and `timestamptz` µs since
 * 1970-01-01 UTC. Infinite dates and times are the engine's own: ±(2^31-1) days, ±(2^63-1) µs. `decimal` is the
 * value times 10^scale, for up to 18 digits; `decimal128` the same for up to 38, two words a row, the low one first.
 * `uuid` is 16 bytes a row, in the order they are written. `text` is UTF-8 and carries every type without a binary
 * form of its own (huge integers, intervals, json, enums …) as its text, lists and structs as JSON; the receiver
 * casts it to the column's type.
 */
export type ColumnVector = Readonly<
  (
    | { kind: 'bool'; values: Uint8Array }
    | { kind: 'int16'; values: Int16Array }
    | { kind: 'int32'; values: Int32Array }
    | { kind: 'int64'; values: BigInt64Array }
    | { kind: 'float32'; values: Float32Array }
    | { kind: 'float64'; values: Float64Array }
    | { kind: 'decimal'; values: BigInt64Array; scale: number }
    | { kind: 'decimal128'; values: BigInt64Array; scale: number }
    | { kind: 'date'; values: Int32Array }
    | { kind: 'time'; values: BigInt64Array }
    | { kind: 'timestamp'; values: BigInt64Array }
    | { kind: 'timestamptz'; values: BigInt64Array }
    | { kind: 'uuid'; values: Uint8Array }
    /** Row `i` is `bytes[offsets[i] .. offsets[i + 1])`, so there is one offset more than rows. */
    | { kind: 'bytes'; bytes: Uint8Array; offsets: Int32Array }
    | { kind: 'text'; bytes: Uint8Array; offsets: Int32Array }
  ) & {
    /** 1 where the row is NULL; absent when no row is. Values under a NULL are unspecified. */
    nulls?: Uint8Array
  }
>

export type ColumnKind = ColumnVector['kind']

export type ColumnBatch = Readonly<{
  rows: number
  /** In the order of the columns that were announced. */
  vectors: readonly ColumnVector[]
}>
