import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { createParser } from '../../../../../src/adapters/engines/duckdb/query/parse.js'
import type { ParsedSql, SqlParser } from '../../../../../src/sql/parse.js'

let parse: SqlParser
beforeAll(async () => {
  parse = createParser(await (await DuckDBInstance.create(':memory:')).connect())
})

async function one(sql: string): Promise<ParsedSql> {
  const [parsed] = await parse([sql])
  return parsed!
}
async function sound(sql: string): Promise<ParsedSql & { ok: true }> {
  const parsed = await one(sql)
  if (!parsed.ok) throw new Error(`${sql}: ${parsed.message}`)
  return parsed
}
async function broken(sql: string): Promise<ParsedSql & { ok: false }> {
  const parsed = await one(sql)
  if (parsed.ok) throw new Error(`${sql} was parsed`)
  return parsed
}
const tables = async (sql: string) =>
  (await sound(sql)).references.map(({ catalog, schema, table }) =>
    [catalog, schema, table].filter(Boolean).join('.'),
  )

describe('tables a statement reads', () => {
  const cases: [string, string, string[]][] = [
    ['a join', 'select * from a.b x join "D e"."F" on true', ['a.b', 'D e.F']],
    ['FROM first', 'from a.b select x', ['a.b']],
    ['FROM alone', 'from a.b', ['a.b']],
    ['TABLE', 'table a.b', ['a.b']],
    [
      'sub-queries everywhere',
      'select (select max(x) from z.y) from q.r where a in (from s.t) and exists (from u.v)',
      ['z.y', 'q.r', 's.t', 'u.v'],
    ],
    ['set operations', 'from a.b union all by name (from c.d) except from e.f', ['a.b', 'c.d', 'e.f']],
    [
      'special joins',
      'select * from a.b positional join c.d asof join e.f using (x) semi join g.h using (x)',
      ['a.b', 'c.d', 'e.f', 'g.h'],
    ],
    ['lateral joins', 'select * from a.b, lateral (select * from c.d where c.d.x = b.x)', ['a.b', 'c.d']],
    ['a static PIVOT', 'pivot a.b on c in (1, 2) using sum(d)', ['a.b']],
    ['UNPIVOT', 'unpivot a.b on c, d into name n value v', ['a.b']],
    ['a PIVOT in FROM', 'from (pivot a.b on c in (1) using sum(d))', ['a.b']],
    ['VALUES', 'values (1), (2)', []],
    ['no table', 'select 1', []],
    ['table functions', 'select * from range(3), unnest([1]), generate_series(1, 2)', []],
    ['a CTE', 'with t as (from s.t) from t', ['s.t']],
    ['a CTE that shadows a table', 'with t as (from t) from t', ['t']],
    ['a CTE beside a table of its name', 'with a as (select 1) select * from s.a, a', ['s.a']],
    ['CTEs that read earlier ones', 'with a as (from s.x), b as (from a), c as (from b) from c', ['s.x']],
    ['a CTE that names a later one', 'with a as (from b), b as (select 1) from a', ['b']],
    ['a CTE in another letter case', 'with T as (select 1) from t', []],
    ['a CTE of a sub-query only', 'select * from (with z as (select 1) from z), z', ['z']],
    ['a CTE seen from a sub-query', 'with t as (select 1) select * from (from t) where 1 in (from t)', []],
    ['a CTE inside a CTE', 'with a as (with b as (from s.t) from b) select * from a, b', ['s.t', 'b']],
    [
      'a recursive CTE',
      'with recursive t(n) as (select 1 union all select n + 1 from t, s.x where n < 3) from t',
      ['s.x'],
    ],
    [
      'a recursive CTE with a CTE inside',
      'with recursive t as (with u as (from a.u) from u union all from t) from t',
      ['a.u'],
    ],
    [
      'recurring',
      'with recursive t using key (a) as (select 1 a union select a from t, recurring.t) from t',
      [],
    ],
    ['a CTE over a union', 'with a as (from s.x) from a union all from a union all from s.y', ['s.x', 's.y']],
    ['a CTE with a point in its name', 'with "s.t" as (select 1) from s.t', ['s.t']],
    ['three parts', 'from db.s.t', ['db.s.t']],
    ['one part', 'from t', ['t']],
    ['a file', "from 'x.csv'", ['x.csv']],
    [
      'a lambda and a window',
      'select list_transform(l, lambda x: x + 1), sum(v) over (partition by k) from a.b qualify row_number() over () = 1',
      ['a.b'],
    ],
  ]
  for (const [what, sql, expected] of cases)
    it(`${what}: ${expected.join(', ') || 'none'}`, async () => {
      expect(await tables(sql)).toEqual(expected)
    })

  it('come with byte offsets, one for each place', async () => {
    const { references } = await sound('/* é */ select * from a.b, a.b')
    expect(references.map(({ offset }) => offset)).toEqual([23, 28])
  })
})

describe('what a statement is given and calls', () => {
  it('names its parameters, sorted, each once', async () => {
    expect((await sound('select $x, $start from range($x) where a > $end')).parameters).toEqual([
      'end',
      'start',
      'x',
    ])
  })

  it('takes a parameter in a text for text', async () => {
    expect((await sound('select \'$x\', "$y", $$ $z $$ from a.b -- $w')).parameters).toEqual([])
  })

  it('names its table functions', async () => {
    const sql = "select * from READ_CSV('x'), range(3), (from read_parquet(['a'])), query('select 1')"
    expect((await sound(sql)).tableFunctions).toEqual(['query', 'range', 'read_csv', 'read_parquet'])
  })
})

describe('the canonical text', () => {
  const canonical = async (sql: string) => (await sound(sql)).canonical

  it('does not change with comments, layout and a last semicolon', async () => {
    const a = await canonical('select a, $x from s.t where b = 1')
    expect(await canonical('  SELECT a,\n\t$x -- why\nFROM s.t /* é */ WHERE (b = 1) ;\n')).toBe(a)
  })

  it('changes with names, texts, parameters and order', async () => {
    const variants = [
      'select a from s.t',
      'select b from s.t',
      "select 'a' from s.t",
      "select 'A' from s.t",
      'select $a from s.t',
      'select $b from s.t',
      'select a from s.u',
      'select a as b from s.t',
      'select distinct a from s.t',
      'select a from s.t order by 1',
    ]
    expect(new Set(await Promise.all(variants.map(canonical))).size).toBe(variants.length)
  })

  it('tells numbers apart that a double cannot', async () => {
    expect(await canonical('select 9007199254740993')).not.toBe(await canonical('select 9007199254740992'))
  })

  it('tells apart texts that look like positions', async () => {
    const a = await canonical(`select '"query_location":1,'`)
    expect(await canonical(`select '"query_location":2,'`)).not.toBe(a)
  })
})

describe('statements that cannot be an asset', () => {
  it('says where the syntax breaks, in bytes', async () => {
    expect(await broken("select 'é😀' frm a b")).toMatchObject({
      kind: 'syntax',
      offset: Buffer.byteLength("select 'é😀' frm "),
      statements: 1,
    })
    expect(await broken("select 'never closed")).toMatchObject({ kind: 'syntax', offset: 7 })
  })

  it('counts statements', async () => {
    expect((await one('select 1; select 2;')).statements).toBe(2)
    expect((await one('select 1;;')).statements).toBe(1)
    expect((await one('-- nothing')).statements).toBe(0)
    expect((await one('')).statements).toBe(0)
  })

  it('knows what is no query, and where it begins', async () => {
    for (const word of [
      'create table x as select 1',
      'insert into x select 1',
      'set x = 1',
      "copy a.b to 'x'",
      'drop table x',
      'describe a.b',
      'summarize a.b',
      'show tables',
      'explain select 1',
      "attach 'x'",
      'pragma version',
      'update a.b set c = 1',
    ])
      expect([word, await broken(`-- x\n${word}`)]).toMatchObject([
        word,
        { kind: 'not_a_select', offset: 5, statements: 1 },
      ])
    expect(await broken('select 1; drop table x')).toMatchObject({
      kind: 'not_a_select',
      offset: 10,
      statements: 2,
    })
  })

  it('asks for the columns of a PIVOT', async () => {
    expect(await broken('pivot a.b on c using sum(d)')).toMatchObject({
      kind: 'not_a_select',
      message: expect.stringMatching(/^PIVOT/),
    })
    expect(await broken('with p as (pivot a.b on c using sum(d)) from p')).toMatchObject({
      kind: 'not_a_select',
      offset: 11,
    })
  })

  it('survives odd texts', async () => {
    const odd = [
      '\0',
      "select '\0'",
      "'",
      '"',
      '/*',
      '$$',
      ';',
      'select * from a.b.c.d',
      'select ?, $x',
      `select ${'('.repeat(5000)}1${')'.repeat(5000)}`,
      '\\',
      '\ufeffselect 1',
      'select 1 \u00a0',
    ]
    const parsed = await parse(odd)
    expect(parsed.length).toBe(odd.length)
  })
})

it('a broken statement among many spoils no other, and order is kept', async () => {
  const texts = Array.from({ length: 1000 }, (_, index) =>
    index % 100 === 7 ? 'selec 1' : `select ${index} as n, 'it''s' from s.t${index}`,
  )
  const parsed = await parse(texts)
  expect(
    parsed
      .map((item, index) => (item.ok ? item.references[0]?.table === `t${index}` : index % 100 === 7))
      .every(Boolean),
  ).toBe(true)
})
