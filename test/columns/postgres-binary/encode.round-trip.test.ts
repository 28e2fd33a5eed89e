import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readColumns } from '../../../src/adapters/engines/duckdb/columns/read-columns.js'
import type { ColumnBatch } from '../../../src/columns/column-batch.js'
import { kindOf } from '../../../src/columns/column-kind.js'
import { encodeCopy } from '../../../src/columns/postgres-binary/encode.js'
import { allEncodable, canEncode, postgresTypeOf } from '../../../src/columns/postgres-binary/types.js'
import { startTestPostgres, type TestPostgres } from '../../support/postgres.js'

const never = new AbortController().signal
let postgres: TestPostgres
let client: pg.Client
let instance: DuckDBInstance
let duck: DuckDBConnection
beforeAll(async () => {
  postgres = await startTestPostgres()
  client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  await client.query(`set timezone = 'UTC'; set intervalstyle = 'postgres'`)
  instance = await DuckDBInstance.create(':memory:')
  duck = await instance.connect()
  await duck.run(`set timezone = 'UTC'`)
})
afterAll(async () => {
  instance.closeSync()
  await client.end()
  await postgres.stop()
})

/** Sends the column `v` of `select` to Postgres, and gives back what is there as text, in order. */
async function arrive(select: string, type: string): Promise<(string | null)[]> {
  const { name, sql } = postgresTypeOf(type)
  await client.query(`drop table if exists arrived; create table arrived (id bigint, v ${sql})`)
  const columns = [
    { name: 'id', type: 'BIGINT' },
    { name: 'v', type },
  ]
  const batches = readColumns(duck, select, columns, never)
  const target = client.query(copyFrom('copy arrived from stdin (format binary)'))
  await pipeline(Readable.from(encodeCopy(batches, ['bigint', name])), target)
  const { rows } = await client.query<{ v: string | null }>('select v::text as v from arrived order by id')
  return rows.map(({ v }) => v)
}

/** Per type: values as the engine writes them, and as Postgres does. */
const VALUES: readonly [type: string, values: readonly (readonly [string, string])[]][] = [
  [
    'BOOLEAN',
    [
      ['true', 'true'],
      ['false', 'false'],
    ],
  ],
  ['UTINYINT', [['255', '255']]],
  ['SMALLINT', [['-32768', '-32768']]],
  ['USMALLINT', [['65535', '65535']]],
  ['INTEGER', [['-2147483648', '-2147483648']]],
  ['UINTEGER', [['4294967295', '4294967295']]],
  [
    'BIGINT',
    [
      ['-9223372036854775808', '-9223372036854775808'],
      ['4294967296', '4294967296'],
    ],
  ],
  ['UBIGINT', [['18446744073709551615', '18446744073709551615']]],
  ['HUGEINT', [['-170141183460469231731687303715884105728', '-170141183460469231731687303715884105728']]],
  [
    'FLOAT',
    [
      ['1.5', '1.5'],
      ['nan', 'NaN'],
      ['inf', 'Infinity'],
    ],
  ],
  [
    'DOUBLE',
    [
      ['0.1', '0.1'],
      ['-inf', '-Infinity'],
      ['1e300', '1e+300'],
    ],
  ],
  [
    'DECIMAL(9,2)',
    [
      ['-1234567.89', '-1234567.89'],
      ['0', '0.00'],
      ['0.01', '0.01'],
      ['10000', '10000.00'],
    ],
  ],
  [
    'DECIMAL(38,10)',
    [['1234567890123456789012345678.0123456789', '1234567890123456789012345678.0123456789']],
  ],
  [
    'DATE',
    [
      ['2024-02-29', '2024-02-29'],
      ['infinity', 'infinity'],
      ['-infinity', '-infinity'],
      ['0044-03-15 (BC)', '0044-03-15 BC'],
    ],
  ],
  ['TIME', [['23:59:59.999999', '23:59:59.999999']]],
  ['TIME WITH TIME ZONE', [['12:34:56+02', '12:34:56+02']]],
  [
    'TIMESTAMP',
    [
      ['1969-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999'],
      ['infinity', 'infinity'],
    ],
  ],
  ['TIMESTAMP_NS', [['2024-01-01 00:00:00.123456789', '2024-01-01 00:00:00.123456']]],
  [
    'TIMESTAMP WITH TIME ZONE',
    [
      ['2024-03-31 01:00:00+00', '2024-03-31 01:00:00+00'],
      ['-infinity', '-infinity'],
    ],
  ],
  [
    'INTERVAL',
    [
      ['1 year 2 months -3 days 04:05:06.789', '1 year 2 mons -3 days +04:05:06.789'],
      ['-00:00:01', '-00:00:01'],
      ['0 days', '00:00:00'],
    ],
  ],
  ['UUID', [['0fffffff-ffff-4fff-bfff-ffffffffffff', '0fffffff-ffff-4fff-bfff-ffffffffffff']]],
  [
    'VARCHAR',
    [
      ['', ''],
      ['é😀', 'é😀'],
      ['x'.repeat(70_000), 'x'.repeat(70_000)],
    ],
  ],
  ['BLOB', [['\\x00\\xFF', '\\x00ff']]],
  ['JSON', [['{"a": [1, "é"]}', '{"a": [1, "é"]}']]],
  [`ENUM('low', 'high')`, [['high', 'high']]],
  [
    'INTEGER[]',
    [
      ['[1, NULL, -3]', '{1,NULL,-3}'],
      ['[]', '{}'],
    ],
  ],
  ['BIGINT[]', [['[9223372036854775807]', '{9223372036854775807}']]],
  ['DOUBLE[]', [['[1.5, nan]', '{1.5,NaN}']]],
  ['VARCHAR[]', [[`['a,b', '"', 'é']`, '{"a,b","\\"",é}']]],
  ['BOOLEAN[]', [['[true, false]', '{t,f}']]],
  ['DECIMAL(5,2)[]', [['[1.25, -3.10]', '{1.25,-3.1}']]],
  ['UUID[]', [['[00000000-0000-0000-0000-000000000001]', '{00000000-0000-0000-0000-000000000001}']]],
  ['INTEGER[][]', [['[[1], [2, 3]]', '[[1], [2, 3]]']]],
  ['STRUCT(a INTEGER)', [[`{'a': 1}`, '{"a": 1}']]],
]

describe('columns as binary COPY, read by Postgres', () => {
  it.each(VALUES)('%s', async (type, values) => {
    const rows = values.map(([value], index) => `(${index}, '${value.replaceAll("'", "''")}'::${type})`)
    const select = `select * from (values ${rows.join(', ')}, (${values.length}, null)) t(id, v)`
    expect(await arrive(select, type)).toEqual([...values.map(([, text]) => text), null])
  })

  it('more rows than a slice, with NULLs here and there, all arrive', async () => {
    const select = `select i as id, if(i % 3 = 0, null, 'row ' || i) as v from range(20000) t(i)`
    const arrived = await arrive(select, 'VARCHAR')
    expect(arrived).toEqual(Array.from({ length: 20_000 }, (_, i) => (i % 3 === 0 ? null : `row ${i}`)))
  })

  it('no rows are a copy of no rows', async () => {
    expect(await arrive('select i as id, i as v from range(0) t(i)', 'BIGINT')).toEqual([])
  })

  it('a text that is no number is refused before it is sent', async () => {
    async function* batches(): AsyncGenerator<ColumnBatch> {
      yield { rows: 1, vectors: [{ kind: 'text', bytes: Buffer.from('1,5'), offsets: Int32Array.of(0, 3) }] }
    }
    const encode = async () => {
      for await (const _ of encodeCopy(batches(), ['numeric']));
    }
    await expect(encode()).rejects.toThrow('"1,5" is no number')
  })
})

describe('which columns can go in binary', () => {
  it('every type of the engine can go into the type it gets', () => {
    for (const [type] of VALUES) expect(canEncode(kindOf(type), postgresTypeOf(type).name), type).toBe(true)
  })

  it('a column of another type, or of a type of the user, cannot', () => {
    expect(canEncode('int64', 'integer')).toBe(false)
    expect(canEncode('int16', 'bigint')).toBe(true)
    expect(canEncode('text', 'public.mood')).toBe(false)
    expect(allEncodable(['BIGINT', 'VARCHAR'], ['bigint', 'citext'])).toBe(false)
    expect(allEncodable(['BIGINT', 'VARCHAR'], ['bigint', 'character varying'])).toBe(true)
  })
})
