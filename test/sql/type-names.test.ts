import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { nearestType, normalizeType, sameType } from '../../src/sql/type-names.js'

const SPELLINGS = [
  ...[
    'int',
    'INTEGER',
    'int4',
    'signed',
    'bigint',
    'int8',
    'long',
    'hugeint',
    'smallint',
    'tinyint',
    'ubigint',
  ],
  ...[
    'text',
    'string',
    'varchar(10)',
    'char',
    'character varying(3)',
    'national character varying',
    'bpchar',
  ],
  ...[
    'float',
    'float8',
    'double precision',
    'real',
    'float(53)',
    'float(10)',
    'numeric',
    'numeric(10,2)',
    'dec(4)',
  ],
  ...['bool', 'date', 'time', 'timetz', 'time with time zone', 'timestamp', 'datetime', 'timestamptz'],
  ...[
    'timestamp with time zone',
    'timestamp without time zone',
    'timestamp(3)',
    'timestamp(0)',
    'timestamp_ns',
  ],
  ...['interval', 'uuid', 'blob', 'bytea', 'bit', 'bignum'],
  ...['int[]', 'text[][]', 'int[3]', 'INT4[2][]', 'int array', 'decimal(5,2)[]', 'map(text, int)'],
  ...['struct(a int, "B c" text)', 'row(a int)', 'union(a int, b text)', "enum('a', 'it''s')"],
]

describe('type names', () => {
  it('are spelled as DuckDB spells them', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    for (const text of SPELLINGS) {
      const prepared = await connection.prepare(`select null::${text} as x`)
      expect([text, normalizeType(text)]).toEqual([text, prepared.columnType(0).toString()])
    }
  })

  it('are refused where there is no such type', () => {
    for (const text of [
      'integr',
      'serial',
      'int(',
      'struct(a)',
      'decimal(50,2)',
      'decimal(2,3)',
      'map(int)',
      'int]',
      '',
      'int int',
      'enum(a)',
    ])
      expect([text, normalizeType(text)]).toEqual([text, null])
  })

  it('find the nearest one', () => {
    expect(nearestType('integr')).toBe('integer')
    expect(nearestType('timestmptz')).toBe('timestamptz')
    expect(nearestType('sprocket')).toBe(null)
  })

  it('are compared by meaning', () => {
    expect(sameType('numeric(10,2)', 'DECIMAL(10,2)')).toBe(true)
    expect(sameType('JSON', 'VARCHAR')).toBe(true)
    expect(sameType('STRUCT(a INTEGER)', 'STRUCT("a" INTEGER)')).toBe(true)
    expect(sameType('int', 'BIGINT')).toBe(false)
  })
})
