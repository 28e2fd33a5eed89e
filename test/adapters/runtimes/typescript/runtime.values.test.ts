import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTypeScriptRuntime } from '../../../../src/adapters/runtimes/typescript/runtime.js'
import type { MillraceError } from '../../../../src/base/errors.js'
import { silentLog } from '../../../../src/base/log.js'
import { RuntimeBench } from '../../../conformance/runtime.js'

let bench: RuntimeBench
beforeAll(async () => {
  bench = await RuntimeBench.open(() => createTypeScriptRuntime({ slots: 1, log: silentLog }))
})
afterAll(() => bench.close())

/** What an author sees of an SQL value, as JavaScript source text. */
async function seen(sql: string, options = '{}'): Promise<unknown> {
  const file = await bench.input(`SELECT ${sql} AS v`)
  const { rows } = await bench.run(
    `import { inspect } from 'node:util'
     export default async function* (ctx) {
       for await (const { v } of ctx.input('a.b', ${options})) yield { text: inspect(v, { depth: 9, breakLength: 1e9 }) }
     }`,
    'ts',
    { text: 'VARCHAR' },
    { files: { 'a.b': [file] } },
  )
  return rows[0]?.text
}

/** What the warehouse gets of a value an author yields, as DuckDB's text. */
async function kept(type: string, source: string): Promise<unknown> {
  const { result } = await bench.run(`export default () => [{ v: ${source} }]`, 'ts', { v: type })
  const connection = await bench.duckdb.connect()
  const reader = await connection.runAndReadAll(
    `SELECT v::${type}::VARCHAR FROM read_parquet('${result.files[0]}')`,
  )
  connection.closeSync()
  return reader.getRows()[0]?.[0]
}

async function refused(type: string, source: string): Promise<string> {
  const error = await bench.run(`export default () => [{ v: ${source} }]`, 'ts', { v: type }).then(
    () => expect.fail(`${source} was taken for ${type}`),
    (caught: unknown) => caught as MillraceError,
  )
  expect(error.code).toBe('RUNTIME_ROW_INVALID')
  expect(error.params).toMatchObject({ row: 1 })
  return error.message
}

describe('an author sees', () => {
  test.for([
    ['NULL::INTEGER', 'null'],
    ['true', 'true'],
    ['(-128)::TINYINT', '-128'],
    ['65535::USMALLINT', '65535'],
    ['4294967295::UINTEGER', '4294967295'],
    ['9007199254740991::BIGINT', '9007199254740991'],
    ['-9007199254740991::BIGINT', '-9007199254740991'],
    ['-1::BIGINT', '-1'],
    ['5::UBIGINT', '5'],
    ['1.5::FLOAT', '1.5'],
    ["'nan'::DOUBLE", 'NaN'],
    ["'-inf'::DOUBLE", '-Infinity'],
    ['12345678.90::DECIMAL(10,2)', '12345678.9'],
    ['-0.05::DECIMAL(3,2)', '-0.05'],
    ['1.50::DECIMAL(20,2)', "'1.50'"],
    ["'short'", "'short'"],
    ["'exactly 12 c'", "'exactly 12 c'"],
    ["'longer than twelve bytes, für wahr'", "'longer than twelve bytes, für wahr'"],
    ["'ü€😀'", "'ü€😀'"],
    ["''", "''"],
    ["chr(65279) || 'bom'", "'\\ufeffbom'"],
    ["DATE '2024-02-29'", "'2024-02-29'"],
    ["DATE '0044-03-15'", "'0044-03-15'"],
    ["TIME '01:02:03.5'", "'01:02:03.5'"],
    ["TIMESTAMPTZ '2024-01-01 00:00:00.123456+00'", '2024-01-01T00:00:00.123Z'],
    ["TIMESTAMP '1969-12-31 23:59:59.999999'", '1969-12-31T23:59:59.999Z'],
    ["TIMESTAMP '9999-12-31 23:59:59.999'", '9999-12-31T23:59:59.999Z'],
    ["TIMESTAMP_NS '2024-01-01 00:00:00.123456789'", '2024-01-01T00:00:00.123Z'],
    ["INTERVAL '1 day 2 hours'", "'1 day 02:00:00'"],
    ["uuid '4ac7a9e9-607c-4c8a-84f3-843f0191e3fd'", "'4ac7a9e9-607c-4c8a-84f3-843f0191e3fd'"],
    ["'\\x00\\xFF'::BLOB", 'Uint8Array(2) [ 0, 255 ]'],
    ['\'{"a":[1,null]}\'::JSON', '{ a: [ 1, null ] }'],
    ['\'"text"\'::JSON', "'text'"],
    ['[1, NULL, 3]', '[ 1, null, 3 ]'],
    ["{'x': 1, 'y': [DATE '2024-01-01']}", "{ x: 1, y: [ '2024-01-01' ] }"],
    ["map {'k': 1::BIGINT}", "Map(1) { 'k' => 1 }"],
  ] as const)('%s as %s', async ([sql, text]) => {
    expect(String(await seen(sql)).replaceAll('﻿', '\\ufeff')).toBe(text)
  })

  test('64 bits as bigint where that is asked for', async () => {
    expect(await seen('9223372036854775807::BIGINT', '{ bigints: true }')).toBe('9223372036854775807n')
    expect(await seen('[1::BIGINT]', '{ bigints: true }')).toBe('[ 1n ]')
  })

  test.for([
    ['9007199254740993::BIGINT', 'v is 9007199254740993, too large for a number'],
    ["'-9223372036854775808'::BIGINT", 'too large for a number'],
    ['18446744073709551615::UBIGINT', 'too large for a number'],
    ["'infinity'::TIMESTAMPTZ", 'infinite'],
    ["'-infinity'::TIMESTAMP", 'infinite'],
    ["'infinity'::DATE", 'infinite'],
  ] as const)('a clear error for %s', async ([sql, told]) => {
    await expect(seen(sql)).rejects.toThrow(told)
  })
})

describe('the warehouse gets', () => {
  test.for([
    ['INTEGER', 'null', null],
    ['BOOLEAN', 'false', 'false'],
    ['TINYINT', '-128', '-128'],
    ['INTEGER', '7n', '7'],
    ['INTEGER', '-0', '0'],
    ['BIGINT', '-9007199254740991', '-9007199254740991'],
    ['BIGINT', '-1', '-1'],
    ['BIGINT', '9223372036854775807n', '9223372036854775807'],
    ['UBIGINT', '18446744073709551615n', '18446744073709551615'],
    ['HUGEINT', '170141183460469231731687303715884105727n', '170141183460469231731687303715884105727'],
    ['DOUBLE', 'NaN', 'nan'],
    ['DOUBLE', '-Infinity', '-inf'],
    ['FLOAT', '0.1', '0.1'],
    ['DECIMAL(10,2)', '1.25', '1.25'],
    ['DECIMAL(10,2)', '1e2', '100.00'],
    ['DECIMAL(38,2)', "'123456789012345678901234567890.12'", '123456789012345678901234567890.12'],
    ['DECIMAL(10,2)', "'1.500'", '1.50'],
    ['DECIMAL(3,2)', '-0.05', '-0.05'],
    ['VARCHAR', "'ü€😀'", 'ü€😀'],
    ['VARCHAR', "'a\\0b'", 'a\0b'],
    ['VARCHAR', "''", ''],
    ['DATE', "'2024-02-29'", '2024-02-29'],
    ['DATE', "new Date('2024-02-29')", '2024-02-29'],
    ['TIME', "'23:59'", '23:59:00'],
    ['TIMESTAMP', "new Date('2024-01-01T01:02:03.004Z')", '2024-01-01 01:02:03.004'],
    ['TIMESTAMP', "'2024-01-01 01:02:03.123456'", '2024-01-01 01:02:03.123456'],
    ['TIMESTAMP', "new Date('9999-12-31T23:59:59.999Z')", '9999-12-31 23:59:59.999'],
    ['TIMESTAMP', 'new Date(-1)', '1969-12-31 23:59:59.999'],
    ['TIMESTAMP WITH TIME ZONE', "'2024-01-01T02:00:00+02:00'", '2024-01-01 00:00:00+00'],
    ['TIMESTAMP_S', "'2024-01-01T00:00:01Z'", '2024-01-01 00:00:01'],
    ['TIMESTAMP_NS', 'new Date(1)', '1970-01-01 00:00:00.001'],
    ['INTERVAL', "'1 day'", '1 day'],
    ['UUID', "'4AC7A9E9-607C-4C8A-84F3-843F0191E3FD'", '4ac7a9e9-607c-4c8a-84f3-843f0191e3fd'],
    ['BLOB', 'new Uint8Array([0, 255])', '\\x00\\xFF'],
    ["ENUM('a', 'b')", "'b'", 'b'],
    ['JSON', "{ a: [1, null, 'x'], at: new Date(0) }", '{"a":[1,null,"x"],"at":"1970-01-01T00:00:00.000Z"}'],
    ['JSON', "'text'", '"text"'],
    ['INTEGER[]', '[1, null, 3]', '[1, NULL, 3]'],
    ['INTEGER[2]', '[1, 2]', '[1, 2]'],
    ['STRUCT("x" INTEGER, "y" VARCHAR[])', "{ y: ['a'], x: 1 }", "{'x': 1, 'y': [a]}"],
    ['MAP(VARCHAR, INTEGER)', "new Map([['k', 1]])", '{k=1}'],
    [
      'STRUCT("at" TIMESTAMP, "n" DECIMAL(4,1))[]',
      '[{ at: new Date(0), n: 1.5 }]',
      "[{'at': '1970-01-01 00:00:00', 'n': 1.5}]",
    ],
  ] as const)('in a column of %s the value %s as %s', async ([type, source, text]) => {
    expect(await kept(type, source)).toBe(text)
  })

  test.for([
    ['INTEGER', 'undefined', 'nothing (undefined); yield null'],
    ['INTEGER', '1.5', 'a whole number is expected, and this is 1.5'],
    ['INTEGER', "'1'", 'and this is the text "1"'],
    ['INTEGER', 'NaN', 'and this is NaN'],
    ['INTEGER', 'true', 'and this is true'],
    ['INTEGER', '2147483648', 'from -2147483648 to 2147483647'],
    ['UTINYINT', '-1', 'from 0 to 255'],
    ['BIGINT', '2 ** 53', 'within 2^53, or a bigint'],
    ['BIGINT', '2n ** 63n', 'from -9223372036854775808'],
    ['BOOLEAN', '1', 'true or false is expected'],
    ['DOUBLE', '1n', 'a number is expected'],
    ['DOUBLE', "'1.5'", 'a number is expected'],
    ['FLOAT', '1e39', 'range of FLOAT'],
    ['DECIMAL(10,2)', '0.1 + 0.2', 'at most 2 decimals'],
    ['DECIMAL(4,2)', '100', 'fits DECIMAL(4,2)'],
    ['DECIMAL(4,2)', "'abc'", 'a decimal as text'],
    ['DECIMAL(4,2)', 'Infinity', 'a number, or a decimal'],
    ['VARCHAR', '5', 'a text is expected, and this is 5'],
    ['VARCHAR', "'\\ud800'", 'surrogate'],
    ['DATE', "'2024-02-30'", 'YYYY-MM-DD'],
    ['DATE', "new Date('2024-01-01T01:00:00Z')", 'midnight UTC'],
    ['TIMESTAMP', "new Date('nonsense')", 'an invalid Date'],
    ['TIMESTAMP', '1704067200000', 'ISO 8601'],
    ['TIMESTAMP WITH TIME ZONE', "'2024-01-01T00:00:00'", 'with an offset'],
    ['TIMESTAMP', "'2024-01-01T25:00:00'", 'ISO 8601'],
    ['TIMESTAMP_S', 'new Date(1)', 'whole seconds'],
    ['TIME', "'24:00'", 'HH:MM:SS'],
    ['INTERVAL', "'some days'", 'is no INTERVAL'],
    ['UUID', "'4ac7a9e9'", 'a UUID'],
    ['BLOB', '[1, 2]', 'a Uint8Array'],
    ["ENUM('a', 'b')", "'c'", "one of 'a', 'b'"],
    ['JSON', '{ a: undefined }', 'its a has no JSON'],
    ['JSON', '{ a: { b: NaN } }', 'its b has no JSON'],
    ['JSON', '{ a: 1n }', 'its a has no JSON'],
    ['JSON', "{ a: ['\\ud800'] }", 'its 0 has no JSON'],
    ['JSON', "{ '\\ud800': 1 }", 'has no JSON'],
    ['INTEGER[]', "[1, 'x']", 'column v[1]'],
    ['INTEGER[]', "'12'", 'an array is expected'],
    ['INTEGER[2]', '[1]', '2 items are expected'],
    ['STRUCT("x" INTEGER)', '{ x: 1, y: 2 }', 'no field y'],
    ['STRUCT("x" INTEGER)', '{}', 'column v.x'],
    ['STRUCT("x" STRUCT("y" DATE)[])', "{ x: [{ y: 'no' }] }", 'column v.x[0].y'],
    ['MAP(VARCHAR, INTEGER)', '{ k: 1 }', 'a Map is expected'],
  ] as const)('nothing in a column of %s for %s, but an error', async ([type, source, told]) => {
    expect(await refused(type, source)).toContain(told)
  })

  test('an error for what is no row at all', async () => {
    const failing = (source: string) => bench.run(`export default () => [${source}]`, 'ts', { v: 'INTEGER' })
    await expect(failing('5')).rejects.toThrow('Row 1 of marts.thing is not a row: 5 is not an object.')
    await expect(failing('null')).rejects.toThrow('null is not an object')
    await expect(failing('{ v: 1 }, { v: 2 }, { w: 3 }')).rejects.toThrow(
      /Row 3 of marts\.thing does not fit column v: .* it has w, which columns: does not declare/,
    )
  })

  test('the right row number in the rows of later files, for texts only the engine can judge', async () => {
    const text = `export default function* () { for (let n = 1; n <= 130_000; n++) yield { v: n === 125_000 ? 'bad' : '1 day' } }`
    await expect(bench.run(text, 'ts', { v: 'INTERVAL' })).rejects.toThrow('Row 125000 of')
  })

  test('columns of any name', async () => {
    const columns = {
      'a "b" c': 'INTEGER',
      __proto__x: 'INTEGER',
      select: 'INTEGER',
      "it's": 'INTEGER',
      constructor: 'INTEGER',
    }
    const file = await bench.input(
      `SELECT 1 AS "a ""b"" c", 2 AS "__proto__x", 3 AS "select", 4 AS "it's", 5 AS "constructor"`,
    )
    const { rows } = await bench.run(
      "export default async function* (ctx) { for await (const row of ctx.input('a.b')) yield row }",
      'ts',
      columns,
      { files: { 'a.b': [file] } },
    )
    expect(rows).toEqual([{ 'a "b" c': 1, __proto__x: 2, select: 3, "it's": 4, constructor: 5 }])
  })
})

describe('many rows', () => {
  const columns = {
    id: 'BIGINT',
    at: 'TIMESTAMP WITH TIME ZONE',
    level: 'DOUBLE',
    name: 'VARCHAR',
    tags: 'VARCHAR[]',
  }
  const query = (rows: number) => `SELECT i::BIGINT AS id, TIMESTAMPTZ '2024-01-01' + to_seconds(i) AS at,
    CASE WHEN i % 7 = 0 THEN NULL ELSE i / 8 END AS level,
    CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN 'n' || i % 100 ELSE 'a longer name for number ' || i END AS name,
    CASE WHEN i % 5 = 0 THEN ['t' || i, NULL] END AS tags FROM range(${rows}) t(i)`

  test.for([
    ['rows', "for await (const row of ctx.input('a.b')) yield { ...row }"],
    [
      'batches',
      `for await (const { rows, columns: c } of ctx.batches('a.b'))
         yield Array.from({ length: rows }, (_, i) => ({ id: c.id[i], at: c.at[i], level: c.level[i], name: c.name[i], tags: c.tags[i] }))`,
    ],
  ] as const)('come out as they went in, in order, by %s', async ([, body]) => {
    const files = [await bench.input(query(150_001)), await bench.input(`${query(5)} WHERE i > 2`)]
    const { result } = await bench.run(`export default async function* (ctx) { ${body} }`, 'ts', columns, {
      files: { 'a.b': files },
    })
    expect(result).toMatchObject({ rowsIn: 150_003, rowsOut: 150_003 })
    const connection = await bench.duckdb.connect()
    const list = (paths: readonly string[]) => paths.map((path) => `'${path}'`).join(', ')
    const differing = await connection.runAndReadAll(`
      SELECT count(*)::INTEGER FROM
        (SELECT *, row_number() OVER () AS n FROM read_parquet([${list(files)}])) AS a
        FULL JOIN (SELECT *, row_number() OVER () AS n FROM read_parquet([${list(result.files)}])) AS b USING (n)
      WHERE (a.id, a.at, a.level, a.name, a.tags) IS DISTINCT FROM (b.id, b.at, b.level, b.name, b.tags)`)
    connection.closeSync()
    expect(differing.getRows()[0]?.[0]).toBe(0)
  })

  test('take no more memory when there are more of them', async () => {
    const peak = async (rows: number) => {
      const file = await bench.input(`SELECT i::INTEGER AS n, 'name ' || i AS name FROM range(${rows}) t(i)`)
      const text =
        "export default async function* (ctx) { for await (const row of ctx.input('a.b')) yield row }"
      const { result } = await bench.run(
        text,
        'ts',
        { n: 'INTEGER', name: 'VARCHAR' },
        { files: { 'a.b': [file] } },
      )
      return result.peakMemoryBytes
    }
    const small = await peak(400_000)
    expect(await peak(1_600_000)).toBeLessThan(small * 1.5)
  })

  test('may be wide: files are cut by size, too', async () => {
    const text =
      "export default function* () { for (let n = 0; n < 100; n++) yield { v: String(n).padEnd(1_000_000, 'x') } }"
    const { result } = await bench.run(text, 'ts', { v: 'VARCHAR' })
    expect(result.files.length).toBeGreaterThan(2)
    expect(result.rowsOut).toBe(100)
  })

  test('may be left unread, or read side by side', async () => {
    const file = await bench.input('SELECT i::INTEGER AS n FROM range(100000) t(i)')
    const text = `export default async function* (ctx) {
      for await (const row of ctx.input('a.b')) { if (row.n === 3) break }
      const right = ctx.input('a.b')[Symbol.asyncIterator]()
      for await (const left of ctx.input('a.b')) yield { n: left.n + (await right.next()).value.n }
    }`
    const { rows } = await bench.run(text, 'ts', { n: 'INTEGER' }, { files: { 'a.b': [file] } })
    expect(rows).toHaveLength(100_000)
    expect(rows.at(-1)).toEqual({ n: 199_998 })
  })
})
