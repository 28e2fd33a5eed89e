import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBType,
  FLOAT,
  INTEGER,
  SMALLINT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  UUID,
  VARCHAR,
} from '@duckdb/node-api'
import type { ColumnKind, ColumnVector } from '../../../../columns/column-batch.js'
import {
  DECIMAL_WIDTH,
  DECIMAL128_WIDTH,
  decimalOf,
  isNested,
  kindOf,
} from '../../../../columns/column-kind.js'

/** How each kind lies in DuckDB's memory. */
const TYPES: Readonly<Record<Exclude<ColumnKind, 'decimal' | 'decimal128'>, DuckDBType>> = {
  bool: BOOLEAN,
  int16: SMALLINT,
  int32: INTEGER,
  int64: BIGINT,
  float32: FLOAT,
  float64: DOUBLE,
  date: DATE,
  time: TIME,
  timestamp: TIMESTAMP,
  timestamptz: TIMESTAMPTZ,
  uuid: UUID,
  bytes: BLOB,
  text: VARCHAR,
}

export function typeOfVector(vector: ColumnVector): DuckDBType {
  switch (vector.kind) {
    case 'decimal':
      return DECIMAL(DECIMAL_WIDTH, vector.scale)
    case 'decimal128':
      return DECIMAL(DECIMAL128_WIDTH, vector.scale)
    default:
      return TYPES[vector.kind]
  }
}

/** The column as the type in which it leaves DuckDB. Lists and structs leave as JSON, the rest of text as VARCHAR. */
export function crossingExpression(expression: string, type: string): string {
  const kind = kindOf(type)
  if (kind === 'decimal' || kind === 'decimal128') {
    const width = kind === 'decimal' ? DECIMAL_WIDTH : DECIMAL128_WIDTH
    return `cast(${expression} as decimal(${width},${decimalOf(type)?.scale ?? 0}))`
  }
  if (kind === 'text' && isNested(type)) return `cast(to_json(${expression}) as varchar)`
  return `cast(${expression} as ${TYPES[kind]})`
}

/** The inverse: what came in as `vector` becomes `type`. */
export function arrivingExpression(expression: string, vector: ColumnVector, type: string): string {
  if (vector.kind === 'text' && isNested(type)) return `cast(cast(${expression} as json) as ${type})`
  return type === String(typeOfVector(vector)) ? expression : `cast(${expression} as ${type})`
}
