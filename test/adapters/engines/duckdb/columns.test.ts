import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ingestColumns } from '../../../../src/adapters/engines/duckdb/columns/ingest-columns.js'
import { readColumns } from '../../../../src/adapters/engines/duckdb/columns/read-columns.js'
import type { ColumnBatch } from '../../../../src/columns/column-batch.js'
import type { Column } from '../../../../src/domain/column.js'

const never = new AbortController().signal
let instance: DuckDBInstance
let connection: DuckDBConnection
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
})
afterAll(() => instance.closeSync())

const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson()

async function* only(...batches: ColumnBatch[]): AsyncGenerator<ColumnBatch> {
  yield* batches
}

async function collect(batches: AsyncIterable<ColumnBatch>): Promise<ColumnBatch[]> {
  const all: ColumnBatch[] = []
  for await (const batch of batches) all.push(batch)
  return all
}

/** Copies `from` to `to` through batches, and says how many rows differ as a bag. */
async function differences(from: string, to: string, columns: Column[]): Promise<unknown> {
  const declared = columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')
  await connection.run(`create or replace table ${to} (${declared})`)
  await connection.run('begin')
  const batches = readColumns(await instance.connect(), `select * from ${from}`, columns, never)
  const rows = await ingestColumns(connection, to, columns, batches, never)
  await connection.run('commit')
  expect([[String(rows)]]).toEqual(await query(`select count(*) from ${from}`))
  return (
    await query(
      `select count(*) from ((from ${from} except all from ${to}) union all (from ${to} except all from ${from}))`,
    )
  )[0]?.[0]
}

const TYPES: readonly [string, string][] = [
  ['BOOLEAN', 'i % 3 = 0'],
  ['TINYINT', 'i % 200 - 100'],
  ['UTINYINT', 'i % 256'],
  ['SMALLINT', 'i % 60000 - 30000'],
  ['USMALLINT', 'i % 65536'],
  ['INTEGER', 'i * 7919 - 2147483648'],
  ['UINTEGER', '4294967295 - i'],
  ['BIGINT', '9223372036854775807 - i'],
  ['UBIGINT', '18446744073709551615 - i'],
  ['HUGEINT', '170141183460469231731687303715884105727 - i'],
  ['FLOAT', "case i % 5 when 0 then 'nan' when 1 then 'inf' else i / 7 end"],
  ['DOUBLE', "case i % 5 when 0 then 'nan' when 1 then '-inf' else i / 7 end"],
  ['DECIMAL(4,2)', '(i % 9999 - 5000) / 100'],
  ['DECIMAL(18,6)', '999999999999.999999 - i'],
  ['DECIMAL(38,10)', '1234567890123456789012345678.0123456789 - i'],
  [
    'DATE',
    "case i % 9 when 0 then 'infinity' when 1 then '-infinity' else (date '0044-03-15 (BC)' + i::int)::varchar end",
  ],
  ['TIME', "time '00:00:00' + to_seconds(i % 86400)"],
  ['TIME WITH TIME ZONE', "'12:34:56+02'"],
  [
    'TIMESTAMP',
    "case i % 9 when 0 then 'infinity' when 1 then '-infinity' else (timestamp '1969-12-31 23:59:59.999999' + to_microseconds(i * 1000003))::varchar end",
  ],
  ['TIMESTAMP_S', "timestamp '2001-02-03 04:05:06' + to_seconds(i)"],
  ['TIMESTAMP WITH TIME ZONE', "timestamptz '2024-03-31 00:59:59+00' + to_seconds(i)"],
  ['INTERVAL', 'to_months((i % 30)::int) + to_days((i % 40)::int - 20) - to_microseconds(i * 12345)'],
  ['UUID', 'cast(md5(i::varchar) as uuid)'],
  ['VARCHAR', "repeat(chr(97 + (i % 26)::int) || 'é😀', (i % 9)::int)"],
  ['BLOB', 'unhex(repeat(md5(i::varchar), (i % 3)::int))'],
  ['JSON', `'{"n":' || i || ',"t":"' || repeat('ü', (i % 20)::int) || '"}'`],
  ["ENUM('low', 'high')", "if(i % 2 = 0, 'low', 'high')"],
  ['INTEGER[]', '[i, null, i + 1]'],
  ['VARCHAR[]', `['a"b', 'c,d', '[' || i || ']', null, '']`],
  ['INTEGER[][]', '[[i], [], null, [1, 2]]'],
  ['STRUCT(a INTEGER, b VARCHAR)', "{a: i, b: 'x\\n' || i}"],
  ['MAP(VARCHAR, INTEGER)', "map {'a': i}"],
]

describe('columns through batches', () => {
  it.each(TYPES)('%s arrives as it was, NULLs too', async (type, expression) => {
    await connection.run(
      `create or replace table source_rows as select if(i % 7 = 3, null, cast(${expression} as ${type})) as v from range(5000) t(i)`,
    )
    expect(await differences('source_rows', 'arrived_rows', [{ name: 'v', type }])).toBe('0')
  })

  it('more rows than a batch, of all kinds side by side, arrive in order', async () => {
    await connection.run(`create or replace table many as
      select i::integer as id, i / 3 as d, 'row number ' || i || repeat('x', (i % 50)::int) as t, if(i % 2 = 0, null, 'short') as s
      from range(400000) t(i)`)
    const columns = [
      { name: 'id', type: 'INTEGER' },
      { name: 'd', type: 'DOUBLE' },
      { name: 't', type: 'VARCHAR' },
      { name: 's', type: 'VARCHAR' },
    ]
    expect(await differences('many', 'many_again', columns)).toBe('0')
    expect(await query('select count(*) from (select id, rowid as r from many_again) where id <> r')).toEqual(
      [['0']],
    )
  })

  it('strings of every length around the inline limit, empty ones and repeated ones keep their bytes', async () => {
    await connection.run(`create or replace table texts as
      select case when i % 11 = 0 then 'the same long text again and again' else left(repeat(md5(i::varchar), 3), (i % 40)::int) end as v from range(20000) t(i) order by hash(i)`)
    expect(await differences('texts', 'texts_again', [{ name: 'v', type: 'VARCHAR' }])).toBe('0')
  })

  it('two loads at once on one instance do not mix', async () => {
    await connection.run('create or replace table a (v integer); create or replace table b (v integer)')
    const loads = ['a', 'b'].map(async (target, index) => {
      const own = await instance.connect()
      const vectors = () => [{ kind: 'int32' as const, values: new Int32Array(100_000).fill(index) }]
      const batches = only(...Array.from({ length: 4 }, () => ({ rows: 100_000, vectors: vectors() })))
      return ingestColumns(own, target, [{ name: 'v', type: 'INTEGER' }], batches, never)
    })
    expect(await Promise.all(loads)).toEqual([400_000, 400_000])
    expect(await query('select min(v), max(v) from a union all select min(v), max(v) from b')).toEqual([
      [0, 0],
      [1, 1],
    ])
  })

  it('text that is not UTF-8 is refused, also where a character is cut between two rows', async () => {
    await connection.run('create or replace table refused (v varchar)')
    const load = (bytes: number[], offsets: number[]) =>
      ingestColumns(
        connection,
        'refused',
        [{ name: 'v', type: 'VARCHAR' }],
        only({
          rows: offsets.length - 1,
          vectors: [{ kind: 'text', bytes: Uint8Array.from(bytes), offsets: Int32Array.from(offsets) }],
        }),
        never,
      )
    await expect(load([0x61, 0xff], [0, 2])).rejects.toThrow('not valid UTF-8')
    await expect(load([0xc3, 0xa9], [0, 1, 2])).rejects.toThrow('not valid UTF-8')
    expect(await query('select count(*) from refused')).toEqual([['0']])
  })

  it('a text that does not fit its column fails with the value in the message', async () => {
    await connection.run('create or replace table numbers (v decimal(20,2))')
    const bytes = Buffer.from('12.5abc')
    const batch: ColumnBatch = {
      rows: 1,
      vectors: [{ kind: 'text', bytes, offsets: Int32Array.of(0, bytes.length) }],
    }
    await expect(
      ingestColumns(connection, 'numbers', [{ name: 'v', type: 'DECIMAL(20,2)' }], only(batch), never),
    ).rejects.toThrow('12.5abc')
  })

  it('an aborted load rejects with the reason and leaves the connection usable', async () => {
    await connection.run('create or replace table aborted (v integer)')
    const abort = new AbortController()
    async function* endless(): AsyncGenerator<ColumnBatch> {
      for (let batch = 0; ; batch++) {
        if (batch === 3) abort.abort(new Error('enough'))
        yield { rows: 1000, vectors: [{ kind: 'int32', values: new Int32Array(1000) }] }
      }
    }
    await connection.run('begin')
    await expect(
      ingestColumns(connection, 'aborted', [{ name: 'v', type: 'INTEGER' }], endless(), abort.signal),
    ).rejects.toThrow('enough')
    await connection.run('rollback')
    expect(await query('select count(*) from aborted')).toEqual([['0']])
  })

  it('reading can stop early or be aborted, and the connection reads again', async () => {
    const own = await instance.connect()
    const columns = [{ name: 'range', type: 'BIGINT' }]
    for await (const batch of readColumns(own, 'from range(1e9::bigint)', columns, never)) {
      expect(batch.rows).toBeGreaterThan(60_000)
      break
    }
    const abort = new AbortController()
    const reading = (async () => {
      for await (const _ of readColumns(own, 'from range(1e9::bigint)', columns, abort.signal))
        abort.abort(new Error('enough'))
    })()
    await expect(reading).rejects.toThrow('enough')
    const [batch] = await collect(readColumns(own, 'from range(3)', columns, never))
    expect(batch?.vectors[0]).toEqual({ kind: 'int64', values: BigInt64Array.of(0n, 1n, 2n) })
  })

  it('an empty result gives no batch, and an empty load no row', async () => {
    const columns = [{ name: 'range', type: 'BIGINT' }]
    expect(await collect(readColumns(connection, 'from range(0)', columns, never))).toEqual([])
    expect(await ingestColumns(connection, 'nowhere', columns, only(), never)).toBe(0)
  })
})
