import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createScratch } from '../../../src/adapters/engines/duckdb/scratch.js'
import { load } from '../../../src/app/load.js'
import type { Project } from '../../../src/domain/project.js'
import { type ColumnOrigin, columnLineage } from '../../../src/sql/column-lineage/column-lineage.js'
import { EXAMPLE } from '../../examples/washrooms/harness.js'

const INPUTS = new Map([
  ['s.t', ['id', 'a', 'b', 'seen', 'list', 'thing']],
  ['s.u', ['id', 'c', 'a']],
])

/** `name: same s.t.a`, one a column. */
const told = (origins: readonly ColumnOrigin[]): string[] =>
  origins.map(
    ({ column, kind, from }) =>
      `${column}: ${[kind, ...from.map(({ asset, column }) => `${asset}.${column}`)].join(' ')}`,
  )

describe('the columns a statement’s columns are made of', () => {
  let scratch: Awaited<ReturnType<typeof createScratch>>
  beforeAll(async () => {
    scratch = await createScratch()
  })
  afterAll(() => scratch.close())

  async function lineageOf(sql: string, outputs: readonly string[] | null = null): Promise<string[]> {
    const [parsed] = await scratch.parse([sql])
    if (!parsed?.ok) throw new Error(parsed?.message)
    return told(columnLineage(parsed.canonical, INPUTS, outputs))
  }

  test.each<readonly [string, string, readonly string[]]>([
    [
      'a column as it is, and under another name',
      'select a, t.b as z, s.t.id from s.t',
      ['a: same s.t.a', 'z: same s.t.b', 'id: same s.t.id'],
    ],
    ['letters’ case does not matter', 'select A, T.B from S.T', ['A: same s.t.a', 'B: same s.t.b']],
    [
      'a computed one',
      'select a + b as z, upper(a)::int as y from s.t',
      ['z: computed s.t.a s.t.b', 'y: computed s.t.a'],
    ],
    [
      'a constant, a parameter and a count of rows are made of no column',
      'select 1 as one, $start as p, count(*) as n, count(a) as m from s.t',
      ['one: computed', 'p: computed', 'n: computed', 'm: computed s.t.a'],
    ],
    [
      'a case looks at its conditions too',
      'select case when a > 1 then b else id end as z from s.t',
      ['z: computed s.t.a s.t.b s.t.id'],
    ],
    [
      'a window looks at its partition, order and filter',
      'select sum(a) filter (b > 1) over w as z from s.t window w as (partition by id order by seen)',
      ['z: computed s.t.a s.t.id s.t.seen s.t.b'],
    ],
    ['a star is every column', 'select * from s.u', ['id: same s.u.id', 'c: same s.u.c', 'a: same s.u.a']],
    [
      'a star without, instead of and under other names',
      'select * exclude (a) replace (c + 1 as c) rename (id as nr) from s.u',
      ['nr: same s.u.id', 'c: computed s.u.c'],
    ],
    ['columns by a pattern', "select columns('^[ab]$') from s.t", ['a: same s.t.a', 'b: same s.t.b']],
    [
      'joined tables, by their aliases',
      'select x.a, y.a as ya, c from s.t x join s.u y on x.id = y.id',
      ['a: same s.t.a', 'ya: same s.u.a', 'c: same s.u.c'],
    ],
    [
      'a column of USING is the left side’s',
      'select id from s.t left join s.u using (id)',
      ['id: same s.t.id'],
    ],
    [
      'of a right join the right side’s, of a full one either',
      'select x.id as r, (select id from s.t full join s.u using (id)) as f from s.t right join (select id from s.u) as x using (id)',
      ['r: same s.u.id', 'f: computed s.t.id s.u.id'],
    ],
    [
      'a star over USING has the column once',
      'select * from s.u join (select id, b from s.t) using (id)',
      ['id: same s.u.id', 'c: same s.u.c', 'a: same s.u.a', 'b: same s.t.b'],
    ],
    [
      'a natural join',
      'select id, c, b from s.t natural join s.u',
      ['id: same s.t.id', 'c: same s.u.c', 'b: same s.t.b'],
    ],
    [
      'a semi join takes nothing from its right side',
      'select * from (select a from s.t) semi join s.u using (a)',
      ['a: same s.t.a'],
    ],
    [
      'through common table expressions, each seeing those before',
      'with x as (select a as p from s.t), y as (select p + 1 as q, p from x) select q, p as r from y',
      ['q: computed s.t.a', 'r: same s.t.a'],
    ],
    ['a CTE hides no table with a schema', 'with t as (select 1 as a) select a from s.t', ['a: same s.t.a']],
    [
      'a CTE with names of its own',
      'with x(n, m) as (select a, b from s.t) select m from x',
      ['m: same s.t.b'],
    ],
    [
      'a union is either side, in order',
      'select a as z from s.t union all select c from s.u',
      ['z: same s.t.a s.u.c'],
    ],
    [
      'a union by name',
      'select a, b from s.t union all by name select c as b, id from s.u',
      ['a: same s.t.a', 'b: same s.t.b s.u.c', 'id: same s.u.id'],
    ],
    [
      'what is left by except is the left side’s',
      'select a from s.t except select c from s.u',
      ['a: same s.t.a'],
    ],
    [
      'a name of the select list, where no table has it',
      'select a + 1 as z, z * 2 as y, z as b from s.t',
      ['z: computed s.t.a', 'y: computed s.t.a', 'b: computed s.t.a'],
    ],
    [
      'a table’s column before a name of the select list',
      'select b as a, a as z from s.t',
      ['a: same s.t.b', 'z: same s.t.a'],
    ],
    [
      'a subquery that looks out',
      'select (select max(c) from s.u where u.id = t.id) as z, a in (select c from s.u) as y, (select t.b) as x from s.t',
      ['z: computed s.u.c', 'y: computed s.u.c s.t.a', 'x: computed s.t.b'],
    ],
    [
      'a table made beside another',
      'select z, t.a from s.t, lateral (select t.b + 1 as z) as x',
      ['z: computed s.t.b', 'a: same s.t.a'],
    ],
    [
      'rows of a list',
      'select el, pos from s.t, unnest(t.list) with ordinality as l(el, pos)',
      ['el: computed s.t.list', 'pos: computed s.t.list'],
    ],
    [
      'a function that reads nothing',
      'select n, a from s.t, range(3) as r(n)',
      ['n: computed', 'a: same s.t.a'],
    ],
    [
      'values written down',
      "select x, a from (values (1, 'k')) as v(x, y) join s.t on true",
      ['x: computed', 'a: same s.t.a'],
    ],
    [
      'a lambda’s parameter is no column',
      'select list_transform(list, a -> a + b) as z, [e + 1 for e in list] as y from s.t',
      ['z: computed s.t.list s.t.b', 'y: computed s.t.list'],
    ],
    [
      'a field of a column',
      "select t.thing.f as z, thing.g as y, thing['h'] as x from s.t",
      ['z: computed s.t.thing', 'y: computed s.t.thing', 'x: computed s.t.thing'],
    ],
    ['a whole row', 'select u as z from s.u', ['z: computed s.u.id s.u.c s.u.a']],
    [
      'a query that reads itself',
      'with recursive r(n, m) as (select a, b from s.t union all select m, n + 1 from r) select n, m from r',
      ['n: computed s.t.a s.t.b', 'm: computed s.t.b s.t.a'],
    ],
    ['from first', 'from s.u', ['id: same s.u.id', 'c: same s.u.c', 'a: same s.u.a']],
  ])('%s', async (_claim, sql, expected) => {
    expect(await lineageOf(sql)).toEqual(expected)
  })

  test('columns the engine names itself are told by their place', async () => {
    expect(
      await lineageOf('select max(a), min(b)::int from s.t', ['max(a)', 'CAST(min(b) AS INTEGER)']),
    ).toEqual(['max(a): computed s.t.a', 'CAST(min(b) AS INTEGER): computed s.t.b'])
    expect(await lineageOf('select max(columns(*)) from s.u', ['id', 'c', 'a'])).toEqual([
      'id: computed s.u.id',
      'c: computed s.u.c',
      'a: computed s.u.a',
    ])
  })

  test('what the text does not tell is unknown, and the rest is still told', async () => {
    expect(await lineageOf('select * from s.other', ['x', 'y'])).toEqual(['x: unknown', 'y: unknown'])
    expect(
      await lineageOf('select *, 1 as one, t.a from s.other join s.t using (id)', ['id', 'x', 'one', 'a']),
    ).toEqual(['id: unknown', 'x: unknown', 'one: computed', 'a: same s.t.a'])
    expect(await lineageOf('select a + x as z from s.t join s.other using (id)', ['z'])).toEqual([
      'z: unknown s.t.a',
    ])
    expect(await lineageOf('select * from s.t pivot (sum(a) for b in (1, 2))', ['id', '1', '2'])).toEqual([
      'id: unknown',
      '1: unknown',
      '2: unknown',
    ])
    expect(await lineageOf('select * from s.other')).toEqual([])
  })

  describe('of the example', () => {
    let project: Project
    beforeAll(async () => {
      const loaded = await load(EXAMPLE, { APP_DATABASE_URL: 'embedded', FLEET: '' })
      project = loaded.project
      await loaded.close()
    })

    /** Columns of assets in order: declared ones of sources and TypeScript, of SQL those that are told. */
    function lineages() {
      const columns = new Map(Object.entries(SOURCES))
      const found = new Map<string, readonly ColumnOrigin[]>()
      for (const asset of project.assets) {
        if (asset.body.kind === 'typescript')
          columns.set(
            asset.name,
            asset.columns.map(({ name }) => name),
          )
        if (asset.body.kind !== 'sql') continue
        const origins = columnLineage(asset.body.canonical, columns, null)
        found.set(asset.name, origins)
        columns.set(
          asset.name,
          origins.map(({ column }) => column),
        )
      }
      return found
    }

    test('every column of every SQL asset is told', () => {
      const found = lineages()
      expect([...found.keys()].sort()).toEqual([
        'marts.device_health',
        'marts.hours_until_empty',
        'marts.refills',
        'marts.traffic_hourly',
        'marts.washroom_status',
        'staging.door_counts',
        'staging.levels',
        'staging.readings',
      ])
      const unknown = [...found].flatMap(([asset, origins]) =>
        origins.length === 0
          ? [asset]
          : origins.filter(({ kind }) => kind === 'unknown').map(({ column }) => `${asset}.${column}`),
      )
      expect(unknown).toEqual([])
    })

    test('some of them, followed by hand', () => {
      const found = lineages()
      const of = (asset: string, column: string) =>
        told(found.get(asset)!.filter((origin) => origin.column === column))[0]
      expect(of('staging.readings', 'reading_id')).toBe('reading_id: same raw.readings.id')
      expect(of('staging.readings', 'washroom_id')).toBe('washroom_id: same raw.devices.washroom_id')
      expect(of('staging.readings', 'customer_id')).toBe('customer_id: same raw.sites.customer_id')
      expect(of('staging.readings', 'level')).toBe(
        'level: computed raw.readings.firmware raw.devices.capacity raw.readings.level',
      )
      expect(of('marts.traffic_hourly', 'hour')).toBe('hour: computed staging.door_counts.counted_at')
      expect(of('marts.traffic_hourly', 'visits')).toBe('visits: computed staging.door_counts.people_in')
      expect(of('marts.refills', 'level_before')).toBe(
        'level_before: computed marts.fill_level.level marts.fill_level.added',
      )
      expect(of('marts.washroom_status', 'site')).toBe('site: same raw.sites.name')
      expect(of('marts.washroom_status', 'lowest_level')).toBe(
        'lowest_level: computed marts.hours_until_empty.level',
      )
      expect(of('marts.device_health', 'device_id')).toBe('device_id: same staging.readings.device_id')
      expect(of('marts.device_health', 'battery_mv')).toBe(
        'battery_mv: computed staging.readings.battery_mv staging.readings.read_at',
      )
    })
  })
})

/** Columns of the app's tables that the example loads. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'raw.customers': ['customer_id', 'name', 'locale', 'timezone', 'country'],
  'raw.sites': ['site_id', 'customer_id', 'name', 'kind'],
  'raw.washrooms': ['washroom_id', 'site_id', 'name', 'floor'],
  'raw.devices': ['device_id', 'washroom_id', 'kind', 'model', 'capacity', 'capacity_unit', 'installed_at'],
  'raw.readings': [
    'id',
    'device_id',
    'read_at',
    'received_at',
    'people_in',
    'people_out',
    'level',
    'battery_mv',
    'firmware',
  ],
}
