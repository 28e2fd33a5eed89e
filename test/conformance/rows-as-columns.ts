import type { ColumnBatch, ColumnVector } from '../../src/columns/column-batch.js'
import { decimalOf, kindOf } from '../../src/columns/column-kind.js'
import type { Column } from '../../src/domain/column.js'

export type Row = readonly unknown[]

/** Rows as an engine would hand them over. Times are ISO texts, decimals and whole numbers numbers or bigints. */
export function columnBatch(columns: readonly Column[], rows: readonly Row[]): ColumnBatch {
  return {
    rows: rows.length,
    vectors: columns.map(({ type }, index) =>
      vector(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    ),
  }
}

const micros = (text: unknown): bigint => BigInt(Date.parse(String(text))) * 1000n

function vector(type: string, values: readonly unknown[]): ColumnVector {
  const hasNulls = values.some((value) => value === null)
  const nulls = hasNulls ? { nulls: Uint8Array.from(values, (value) => (value === null ? 1 : 0)) } : {}
  const numbers = values.map((value) => Number(value ?? 0))
  const bigints = () => BigInt64Array.from(values, (value) => BigInt((value ?? 0) as number | bigint))
  const kind = kindOf(type)
  switch (kind) {
    case 'bool':
      return { kind, values: Uint8Array.from(numbers), ...nulls }
    case 'int16':
      return { kind, values: Int16Array.from(numbers), ...nulls }
    case 'int32':
      return { kind, values: Int32Array.from(numbers), ...nulls }
    case 'int64':
      return { kind, values: bigints(), ...nulls }
    case 'float32':
      return { kind, values: Float32Array.from(numbers), ...nulls }
    case 'float64':
      return { kind, values: Float64Array.from(numbers), ...nulls }
    case 'decimal': {
      const scale = decimalOf(type)?.scale ?? 0
      const scaled = numbers.map((value) => BigInt(Math.round(value * 10 ** scale)))
      return { kind, values: BigInt64Array.from(scaled), scale, ...nulls }
    }
    case 'date':
      return {
        kind,
        values: Int32Array.from(values, (value) => Number(micros(value ?? 0) / 86_400_000_000n)),
        ...nulls,
      }
    case 'timestamp':
    case 'timestamptz':
      return { kind, values: BigInt64Array.from(values, (value) => micros(value ?? 0)), ...nulls }
    case 'text': {
      const texts = values.map((value) => Buffer.from(String(value ?? '')))
      const offsets = new Int32Array(texts.length + 1)
      texts.forEach((text, index) => {
        offsets[index + 1] = offsets[index]! + text.length
      })
      return { kind, bytes: Buffer.concat(texts), offsets, ...nulls }
    }
    default:
      throw new TypeError(`no test needs ${kind} from ${type}`)
  }
}

/** Batches of at most `size` rows, as a stream. */
export async function* batches(
  columns: readonly Column[],
  rows: readonly Row[],
  size = 1_000,
): AsyncGenerator<ColumnBatch> {
  for (let from = 0; from < rows.length; from += size)
    yield columnBatch(columns, rows.slice(from, from + size))
}
