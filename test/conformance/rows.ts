import type { ColumnBatch, ColumnVector } from '../../src/columns/column-batch.js'
import { kindOf } from '../../src/columns/column-kind.js'
import type { Column } from '../../src/domain/column.js'

export type Row = Readonly<Record<string, unknown>>

/** Columns as the engine spells them: `columns({ id: 'BIGINT' })`. */
export const columns = (types: Readonly<Record<string, string>>): Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }))

/** Rows as one batch of the simple kinds that tests need. */
export function batchOf(layout: readonly Column[], rows: readonly Row[]): ColumnBatch {
  return { rows: rows.length, vectors: layout.map((column) => vectorOf(column, rows)) }
}

function vectorOf({ name, type }: Column, rows: readonly Row[]): ColumnVector {
  const values = rows.map((row) => row[name] ?? null)
  const nulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0))
  const numbers = values.map((value) => Number(value ?? 0))
  switch (kindOf(type)) {
    case 'int32':
      return { kind: 'int32', values: Int32Array.from(numbers), nulls }
    case 'int64':
      return { kind: 'int64', values: BigInt64Array.from(numbers, BigInt), nulls }
    case 'float64':
      return { kind: 'float64', values: Float64Array.from(numbers), nulls }
    default: {
      const texts = values.map((value) => Buffer.from(value === null ? '' : String(value)))
      const offsets = Int32Array.from([
        0,
        ...texts.map((_, index) => texts.slice(0, index + 1).reduce((sum, text) => sum + text.length, 0)),
      ])
      return { kind: 'text', bytes: new Uint8Array(Buffer.concat(texts)), offsets, nulls }
    }
  }
}

export async function* batches(...all: readonly ColumnBatch[]): AsyncGenerator<ColumnBatch> {
  yield* all
}

/** Rows of batches as plain objects; text stays text, 64-bit numbers become numbers. */
export async function rowsOf(stream: AsyncIterable<ColumnBatch>, layout: readonly Column[]): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of stream) {
    for (let index = 0; index < batch.rows; index++)
      rows.push(
        Object.fromEntries(
          layout.map(({ name }, position) => [name, valueAt(batch.vectors[position]!, index)]),
        ),
      )
  }
  return rows
}

function valueAt(vector: ColumnVector, index: number): unknown {
  if (vector.nulls?.[index]) return null
  switch (vector.kind) {
    case 'text':
    case 'bytes':
      return Buffer.from(vector.bytes.subarray(vector.offsets[index], vector.offsets[index + 1])).toString()
    case 'bool':
      return vector.values[index] === 1
    case 'uuid':
      return Buffer.from(vector.values.subarray(index * 16, index * 16 + 16)).toString('hex')
    default:
      return Number(vector.values[index])
  }
}
