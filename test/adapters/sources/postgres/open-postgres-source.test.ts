import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPostgresSource } from '../../../../src/adapters/sources/postgres/open-postgres-source.js'
import { copyRows } from '../../../../src/adapters/sources/postgres/snapshot.js'
import { startTestPostgres, type TestPostgres } from '../../../support/postgres.js'
import { Loader, never, openClient, sourceAsset } from './support.js'

let postgres: TestPostgres
let url: string
let app: pg.Client
beforeAll(async () => {
  postgres = await startTestPostgres()
  url = await postgres.createDatabase()
  app = await openClient(url)
})
afterAll(async () => {
  await app.end()
  await postgres.stop()
})
beforeEach(() => app.query('drop schema if exists hardware cascade; create schema hardware'))

const open = (asset: ReturnType<typeof sourceAsset>, to = url) =>
  openPostgresSource(asset, { kind: 'postgres', name: 'app', url: to })

async function failure(
  work: () => Promise<unknown>,
): Promise<{ code: string; message: string; hint: string; transient: boolean }> {
  try {
    await work()
  } catch (error) {
    return error as { code: string; message: string; hint: string; transient: boolean }
  }
  throw new Error('nothing failed')
}

describe('types of Postgres', () => {
  const TYPES: readonly [type: string, engine: string, values: readonly string[]][] = [
    ['boolean', 'BOOLEAN', ['true', 'false']],
    ['smallint', 'SMALLINT', ['-32768', '32767']],
    ['integer', 'INTEGER', ['-2147483648', '2147483647']],
    ['bigint', 'BIGINT', ['-9223372036854775808', '9223372036854775807', '4294967296']],
    ['real', 'FLOAT', ['1.5', 'NaN', 'Infinity']],
    ['double precision', 'DOUBLE', ['0.1', '-Infinity', '1e300']],
    ['numeric(12,3)', 'DECIMAL(12,3)', ['-123456789.125', '0.001', '0', '10000', '999999999.999']],
    ['numeric(38,10)', 'DECIMAL(38,10)', ['1234567890123456789012345678.0123456789']],
    ['numeric', 'VARCHAR', ['1.10', '123456789012345678901234567890123456789012345.5', 'NaN', '-0.0001']],
    ['numeric(50,2)', 'VARCHAR', ['1.10']],
    ['numeric(5,-2)', 'DECIMAL(7,0)', ['1234500']],
    ['numeric(2,4)', 'DECIMAL(4,4)', ['0.0012']],
    ['date', 'DATE', ['2024-02-29', '0044-03-15 BC', '1969-12-31']],
    ['time', 'TIME', ['00:00:00', '23:59:59.999999']],
    ['timetz', 'TIME WITH TIME ZONE', ['12:34:56+02']],
    ['timestamp', 'TIMESTAMP', ['1969-12-31 23:59:59.999999', '2024-02-29 12:00:00', '0001-01-01 00:00:00']],
    ['timestamptz', 'TIMESTAMP WITH TIME ZONE', ['2024-03-31 01:00:00+00', '1999-12-31 23:59:59.5+00']],
    ['interval', 'INTERVAL', ['1 year 2 months 3 days 04:05:06.789', '-00:00:01.5', '-3 days']],
    ['uuid', 'UUID', ['00000000-0000-0000-0000-000000000001', 'ffffffff-ffff-ffff-ffff-ffffffffffff']],
    ['text', 'VARCHAR', ['', 'é😀', 'a line\nand another', "it's", '\\N', 'x'.repeat(100_000)]],
    ['varchar(20)', 'VARCHAR', ['twelve bytes', 'thirteen bytes']],
    ['char(5)', 'VARCHAR', ['ab']],
    ['inet', 'VARCHAR', ['10.0.0.1']],
    ['int4range', 'VARCHAR', ['[1,5)']],
    ['integer[]', 'INTEGER[]', ['{1,NULL,3}', '{}']],
    ['text[]', 'VARCHAR[]', ['{"a,b","",NULL,"q\\"x"}']],
    ['timestamptz[]', 'TIMESTAMP WITH TIME ZONE[]', ['{2024-01-01 00:00:00+00}']],
    ['float8[]', 'DOUBLE[]', ['{1.5,NaN,Infinity}']],
    ['numeric(5,2)[]', 'DECIMAL(5,2)[]', ['{1.25,-3.10}']],
  ]

  it.each(TYPES)('%s is %s and keeps its values', async (type, engine, values) => {
    await app.query(`create table hardware.things (id int primary key, v ${type})`)
    await app.query(
      `insert into hardware.things select ordinality, v::${type} from unnest($1::text[]) with ordinality u (v)`,
      [[...values, null]],
    )
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    expect(await loader.load()).toEqual({ rows: values.length + 1, notes: [] })
    expect(await loader.query(`select distinct typeof(v) from live`)).toEqual([[engine]])
    await loader.duck.run(`set timezone = 'UTC'`)
    const expected = values.map((value) => (engine.endsWith('[]') ? null : value))
    const { rows } = await app.query<{ t: string }>(
      `select v::text as t from hardware.things where v is not null order by id`,
    )
    for (const [index, row] of rows.entries()) {
      const literal = engine.endsWith('[]') ? listLiteral(values[index]!) : duckLiteral(row.t, type)
      expect(
        await loader.query(
          `select v is not distinct from ${literal}::${engine} from live where id = ${index + 1}`,
        ),
        `${expected[index]}: ${JSON.stringify(await loader.query(`select left(v::varchar, 100) from live where id = ${index + 1}`))}`,
      ).toEqual([[true]])
    }
    expect(await loader.query(`select v is null from live where id = ${values.length + 1}`)).toEqual([[true]])
  })

  it('infinite dates and times stay infinite', async () => {
    await app.query(`create table hardware.things as select 1 as id, 'infinity'::date as a, '-infinity'::date as b,
      'infinity'::timestamptz as c, '-infinity'::timestamp as d`)
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    await loader.load()
    expect(await loader.query('select a::varchar, b::varchar, c::varchar, d::varchar from live')).toEqual([
      ['infinity', '-infinity', 'infinity', '-infinity'],
    ])
  })

  it('bytea, json, enums, domains and composite types come over', async () => {
    await app.query(`
      create type hardware.mood as enum ('good', 'bad'); create type hardware.place as (x int, y int);
      create domain hardware.percent as numeric(5,2) check (value >= 0);
      create domain hardware.share as hardware.percent;
      create table hardware.things as select 1 as id, '\\x00ff10'::bytea as b, '{"a": [1, 2]}'::json as j,
        '{"a": "é"}'::jsonb as jb, 'good'::hardware.mood as m, 12.5::hardware.share as s, row(1, 2)::hardware.place as p,
        array['good', null]::hardware.mood[] as ms`)
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    await loader.load()
    expect(
      await loader.query(
        `select hex(b), j->>'$.a[1]', jb->>'a', m, s::varchar, typeof(s), p->>'y', ms::varchar from live`,
      ),
    ).toEqual([['00FF10', '2', 'é', 'good', '12.50', 'DECIMAL(5,2)', '2', '[good, NULL]']])
  })

  it('a value the warehouse cannot hold stops the load and is named', async () => {
    await app.query(`create table hardware.things as select 1 as id, 'NaN'::numeric(10,2) as price`)
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    const error = await failure(() => loader.load())
    expect(error).toMatchObject({ code: 'SOURCE_VALUE_UNFIT', transient: false })
    expect(error.message).toBe(
      'hardware.things holds a value the warehouse cannot: column price holds NaN, which its type cannot hold.',
    )
  })

  it('an array of several dimensions is no list, and named; JSON takes it', async () => {
    await app.query(
      `create table hardware.things as select 1 as id, '{{1,2},{3,4}}'::int[] as v, '{{a},{b}}'::text[] as w`,
    )
    const load = async (columns: readonly { name: string; type: string }[]) => {
      const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }, { columns }), url)
      await loader.load()
      return loader.query('select v::varchar, w::varchar from live')
    }
    expect((await failure(() => load([]))).message).toMatch(/column v holds an array of several dimensions/)
    expect(
      await load([
        { name: 'v', type: 'JSON' },
        { name: 'w', type: 'JSON' },
      ]),
    ).toEqual([['[[1,2],[3,4]]', '[["a"],["b"]]']])
  })

  it('an infinite interval is named, and stays one where it is declared as text', async () => {
    await app.query(`create table hardware.things as select 1 as id, 'infinity'::interval as v`)
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    expect((await failure(() => loader.load())).message).toMatch(/column v holds an infinite interval/)
    const columns = [{ name: 'v', type: 'VARCHAR' }]
    const texts = await Loader.open(sourceAsset({ table: 'hardware.things' }, { columns }), url)
    await texts.load()
    expect(await texts.query('select v from live')).toEqual([['infinity']])
  })

  it('text of JSON that the engine refuses is named by its column', async () => {
    await app.query(`create table hardware.things as select 1 as id, '{"a":"\\ud800"}'::json as reading`)
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    expect((await failure(() => loader.load())).message).toMatch(/casting from column reading/)
  })

  it('declared types are cast where nothing is rounded, and refused where something would be', async () => {
    await app.query(`create table hardware.things as select 1 as id, 12.50::numeric as n, '42'::text as t, 7::int2 as s,
      '2024-01-01 10:00'::timestamp as at, 1.5::float8 as f`)
    const columns = [
      { name: 'n', type: 'DECIMAL(18,4)' },
      { name: 't', type: 'INTEGER' },
      { name: 's', type: 'BIGINT' },
      { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
    ]
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }, { columns }), url)
    await loader.load()
    expect(await loader.query(`select n::varchar, t, s, epoch_ms("at") from live`)).toEqual([
      ['12.5000', 42, '7', String(Date.UTC(2024, 0, 1, 10))],
    ])
    for (const [name, type] of [
      ['n', 'DECIMAL(18,0)'],
      ['t', 'DECIMAL(2,1)'],
    ] as const) {
      await app.query(`update hardware.things set t = '4.25'`)
      const cut = await Loader.open(
        sourceAsset({ table: 'hardware.things' }, { columns: [{ name, type }] }),
        url,
      )
      expect((await failure(() => cut.load())).message).toMatch(
        new RegExp(`column ${name} holds [\\d.]+, which its type cannot hold`),
      )
    }
    await app.query(`update hardware.things set t = 'n/a'`)
    const text = await Loader.open(
      sourceAsset({ table: 'hardware.things' }, { columns: [{ name: 't', type: 'INTEGER' }] }),
      url,
    )
    expect(await failure(() => text.load())).toMatchObject({ code: 'SOURCE_VALUE_UNFIT', transient: false })
    const refused = sourceAsset({ table: 'hardware.things' }, { columns: [{ name: 'f', type: 'INTEGER' }] })
    const error = await failure(() => open(refused).extract({ position: null, folder: '' }, never))
    expect(error.message).toBe(
      'Upstream of raw.things changed: f is DOUBLE upstream, which INTEGER in columns: would round or cut.',
    )
  })
})

describe('what is not there or not allowed', () => {
  it('a missing table names the nearest one', async () => {
    await app.query('create table hardware.readings (id int)')
    const error = await failure(() => open(sourceAsset({ table: 'hardware.reading' })).describe(never))
    expect(error).toMatchObject({ code: 'SOURCE_TABLE_MISSING', hint: 'Did you mean hardware.readings?' })
    await app.query('create table hardware."Door Counts" (id int)')
    const quoted = await failure(() => open(sourceAsset({ table: 'hardware.DoorCounts' })).describe(never))
    expect(quoted.hint).toBe('Did you mean hardware."Door Counts"?')
    const elsewhere = await failure(() => open(sourceAsset({ table: 'public.readings' })).describe(never))
    expect(elsewhere.hint).toBe('Did you mean hardware.readings?')
  })

  it('a missing column, key or cursor names the nearest one', async () => {
    await app.query('create table hardware.things (id int, updated_at timestamptz, tags xml)')
    const wrong = [
      sourceAsset({ table: 'hardware.things' }, { columns: [{ name: 'update_at' }] }),
      sourceAsset({ table: 'hardware.things' }, { key: ['update_at'] }),
      sourceAsset({ table: 'hardware.things', load: 'keyed', cursor: 'update_at' }),
    ]
    for (const asset of wrong) {
      const error = await failure(() => open(asset).extract({ position: null, folder: '' }, never))
      expect(error).toMatchObject({ code: 'SOURCE_COLUMN_MISSING', hint: 'Did you mean updated_at?' })
    }
    const unfit = sourceAsset({ table: 'hardware.things', load: 'incremental', cursor: 'tags' })
    expect(await failure(() => open(unfit).extract({ position: null, folder: '' }, never))).toMatchObject({
      code: 'SOURCE_CURSOR_UNFIT',
    })
  })

  it('a server that is not there is transient, a right that is missing is not', async () => {
    const nobody = 'postgres://postgres@127.0.0.1:1/postgres'
    expect(await failure(() => open(sourceAsset({ table: 't' }), nobody).describe(never))).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      transient: true,
    })
    await app.query(`create table hardware.things (id int); do $$ begin create role visitor login; exception when duplicate_object then null; end $$;
      grant usage on schema hardware to visitor`)
    await app.query('create view hardware.broken as select 1 / 0 as id')
    const broken = await Loader.open(sourceAsset({ table: 'hardware.broken' }), url)
    expect(await failure(() => broken.load())).toMatchObject({
      code: 'SOURCE_REFUSED',
      message: 'Connection app refused: division by zero',
      hint: expect.stringMatching(/words are the server's own/),
    })
    const visitor = url.replace('postgres@', 'visitor@')
    const asset = sourceAsset({ table: 'hardware.things' })
    const loader = await Loader.open(asset, visitor)
    expect(await failure(() => loader.load())).toMatchObject({ code: 'SOURCE_REFUSED', transient: false })
    expect(
      await failure(() => open(asset, url.replace(/test_\d+/, 'nowhere')).describe(never)),
    ).toMatchObject({
      code: 'SOURCE_REFUSED',
    })
  })

  it('columns that no table here can have are refused by name, instead of hidden', async () => {
    await app.query('create table hardware.things (id int, "ID" int); create table hardware.none ()')
    await app.query('create table hardware.ours (id int, "_millrace_file" text)')
    for (const [table, detail] of [
      ['hardware.things', 'the columns id and ID differ in letter case only'],
      ['hardware.none', 'it has no columns that could be read'],
      ['hardware.ours', '_millrace_file begins like the columns that Millrace adds'],
    ] as const)
      expect(await failure(() => open(sourceAsset({ table })).describe(never))).toMatchObject({
        code: 'SOURCE_COLUMNS_UNFIT',
        message: `${table} cannot be kept as it is: ${detail}.`,
      })
  })

  it('quoted and folded names, views and partitioned tables can be read', async () => {
    await app.query(`create table hardware."Odd Name" ("Id" int, "a""b" text); insert into hardware."Odd Name" values (1, 'x');
      create view hardware.seen as select 1 as id; create table hardware.parts (id int) partition by range (id);
      create table hardware.part1 partition of hardware.parts for values from (0) to (10); insert into hardware.parts values (3)`)
    for (const [table, key] of [
      ['hardware.Odd Name', 'Id'],
      ['hardware."Odd Name"', 'Id'],
      ['Hardware.Seen', 'id'],
      ['hardware.parts', 'id'],
    ] as const) {
      const loader = await Loader.open(sourceAsset({ table }, { key: [key] }), url)
      expect((await loader.load()).rows).toBe(1)
    }
  })
})

describe('a changed upstream schema', () => {
  it('stops the load with a readable difference, until the position is given up', async () => {
    await app.query(
      `create table hardware.things (id int primary key, a int, b text); insert into hardware.things values (1, 2, 'x')`,
    )
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    await loader.load()
    await app.query('alter table hardware.things drop b, add c date, alter a type bigint')
    const error = await failure(() => loader.load())
    expect(error).toMatchObject({ code: 'SOURCE_SCHEMA_CHANGED', transient: false })
    expect(error.message).toBe(
      'Upstream of raw.things changed: column c DATE is new, column b VARCHAR is gone, column a was INTEGER and is BIGINT.',
    )
    loader.position = null
    expect((await loader.load()).rows).toBe(1)
  })

  it('what makes no difference to the rows is none: order, length of a varchar, a default', async () => {
    await app.query(`create table hardware.things (id int primary key, a varchar(5), b int)`)
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    await loader.load()
    await app.query(`alter table hardware.things alter a type varchar(50), alter b set default 3;
      alter table hardware.things add a2 varchar(50); alter table hardware.things drop a; alter table hardware.things rename a2 to a;
      insert into hardware.things (id, a) values (1, 'later')`)
    await loader.load()
    expect(await loader.query('select id, a, b from live')).toEqual([[1, 'later', 3]])
    expect((await loader.query('describe live')).map(([name]) => name)).toEqual(['id', 'a', 'b'])
  })
})

describe('what is new', () => {
  it('only rows after the cursor are read, and nothing when nothing is new', async () => {
    await app.query(
      `create table hardware.things (id bigserial primary key, v text); insert into hardware.things (v) select 'a' from generate_series(1, 100)`,
    )
    const loader = await Loader.open(
      sourceAsset({ table: 'hardware.things', load: 'incremental', cursor: 'id' }),
      url,
    )
    expect((await loader.load()).rows).toBe(100)
    expect((await loader.load()).rows).toBeNull()
    await app.query(`insert into hardware.things (v) select 'b' from generate_series(1, 7)`)
    expect((await loader.load()).rows).toBe(7)
    expect(await loader.query('select count(*), count(distinct id) from live')).toEqual([['107', '107']])
  })

  it('an empty table makes an empty load, then nothing', async () => {
    await app.query('create table hardware.things (id int primary key)')
    const loader = await Loader.open(
      sourceAsset({ table: 'hardware.things', load: 'incremental', cursor: 'id' }),
      url,
    )
    expect((await loader.load()).rows).toBe(0)
    expect((await loader.load()).rows).toBeNull()
    await app.query('insert into hardware.things values (-5)')
    expect((await loader.load()).rows).toBe(1)
  })

  it('rows without a cursor are read each time and told', async () => {
    await app.query(
      'create table hardware.things (id int primary key, at timestamptz); insert into hardware.things values (1, null), (2, now())',
    )
    const loader = await Loader.open(
      sourceAsset({ table: 'hardware.things', load: 'keyed', cursor: 'at' }),
      url,
    )
    await loader.load()
    await app.query('insert into hardware.things values (3, null)')
    const again = await loader.load()
    expect(again.notes).toEqual(['2 rows of hardware.things have no at; they are read again at each load'])
    expect(await loader.query('select id from live order by id')).toEqual([[1], [2], [3]])
  })

  it('updated rows replace theirs, rows of the same instant are not passed over, deleted ones go on request', async () => {
    await app.query(`create table hardware.things (id int primary key, v int, at timestamptz(0));
      insert into hardware.things select i, 0, '2024-01-01' from generate_series(1, 50) i`)
    const asset = sourceAsset({ table: 'hardware.things', load: 'keyed', cursor: 'at', deletes: true })
    const loader = await Loader.open(asset, url)
    await loader.load()
    await app.query(`insert into hardware.things values (51, 0, '2024-01-01'); update hardware.things set v = 1, at = '2024-01-02' where id = 7;
      delete from hardware.things where id <= 3`)
    await loader.load()
    expect(await loader.query('select count(*), sum(v), min(id), max(id) from live')).toEqual([
      ['48', '1', 4, 51],
    ])
  })

  it('a table that was emptied and filled anew is read from the beginning', async () => {
    await app.query(
      `create table hardware.things (id serial primary key, v int); insert into hardware.things (v) select 1 from generate_series(1, 100)`,
    )
    const loader = await Loader.open(
      sourceAsset({ table: 'hardware.things', load: 'incremental', cursor: 'id' }),
      url,
    )
    await loader.load()
    await app.query(
      `delete from hardware.things; select setval('hardware.things_id_seq', 1, false); insert into hardware.things (v) select 2 from generate_series(1, 40)`,
    )
    const { rows, notes } = await loader.load()
    expect(rows).toBe(40)
    expect(notes).toEqual([
      'the largest id of hardware.things went back from 100 to 40; all rows are read again',
    ])
  })

  it('a table that was truncated is read from the beginning, however far its cursor has come since', async () => {
    await app.query(`create table hardware.things (id serial primary key, v text);
      insert into hardware.things (v) values ('a'), ('b')`)
    const asset = sourceAsset({ table: 'hardware.things', load: 'incremental', cursor: 'id' })
    const loader = await Loader.open(asset, url)
    await loader.load()
    for (const last of [2, 5]) {
      await app.query(`truncate hardware.things restart identity;
        insert into hardware.things (v) select ${last} || ' of ' || i from generate_series(1, ${last}) i`)
      expect(await loader.load()).toEqual({
        rows: last,
        notes: ['hardware.things was emptied or written anew since the last load; all rows are read again'],
      })
      expect(await loader.query('select v from live where id = 1')).toEqual([[`${last} of 1`]])
    }
    expect((await loader.load()).rows).toBeNull()
  })

  it('a partition that was truncated has its table read again; a new one, or one that went, has not', async () => {
    await app.query(`create table hardware.things (id int primary key, v int) partition by range (id);
      create table hardware.low partition of hardware.things for values from (0) to (10);
      create table hardware.high partition of hardware.things for values from (10) to (20);
      insert into hardware.things select i, 1 from generate_series(1, 12) i`)
    const asset = sourceAsset({ table: 'hardware.things', load: 'incremental', cursor: 'id' })
    const loader = await Loader.open(asset, url)
    await loader.load()
    await app.query('truncate hardware.low; insert into hardware.things values (3, 2)')
    expect((await loader.load()).rows).toBe(4)
    expect(await loader.query('select v from live where id = 3')).toEqual([[2]])
    await app.query(`drop table hardware.low; create table hardware.top partition of hardware.things for values from (20) to (30);
      insert into hardware.things values (25, 3)`)
    expect((await loader.load()).rows).toBe(1)
  })

  it('NaN and infinity do not keep smaller numbers from being new', async () => {
    await app.query(`create table hardware.things (id int primary key, at numeric);
      insert into hardware.things values (1, 1), (2, 'NaN'), (3, 'Infinity')`)
    const asset = sourceAsset({ table: 'hardware.things', load: 'incremental', cursor: 'at' })
    const loader = await Loader.open(asset, url)
    await loader.load()
    await app.query('insert into hardware.things values (4, 2)')
    await loader.load()
    expect(await loader.query('select id from live order by id')).toEqual([[1], [2], [3], [4]])
  })

  it('text and dates can be cursors', async () => {
    await app.query(`create table hardware.things (id int primary key, code text, day date);
      insert into hardware.things values (1, 'a-1', '2024-01-01'), (2, 'a-2', '2024-01-02')`)
    for (const cursor of ['code', 'day']) {
      const loader = await Loader.open(
        sourceAsset({ table: 'hardware.things', load: 'incremental', cursor }),
        url,
      )
      expect((await loader.load()).rows).toBe(2)
      expect((await loader.load()).rows ?? 0).toBeLessThan(2)
    }
  })
})

describe('big loads', () => {
  it('go through a thread, see one snapshot and can be aborted or left', async () => {
    await app.query(
      `create table hardware.things as select i as id, md5(i::text) as t, now() as at from generate_series(1, 400000) i; analyze hardware.things`,
    )
    const asset = sourceAsset({ table: 'hardware.things', load: 'incremental', cursor: 'id', deletes: true })
    const loader = await Loader.open(asset, url)
    expect((await loader.load()).rows).toBe(400_000)
    expect(await loader.query('select count(distinct t) from live')).toEqual([['400000']])

    const source = open(asset)
    const abort = new AbortController()
    const extract = await source.extract({ position: null, folder: '' }, abort.signal)
    if (extract.payload?.kind !== 'columns') throw new Error('columns expected')
    const { batches } = extract.payload
    const error = await failure(async () => {
      for await (const _ of batches) abort.abort(new Error('enough'))
    })
    expect(error.message).toBe('enough')
    await extract.settle(false)
    await source.close()
  })

  it('go on in this thread where the other one’s server knows nothing of the snapshot', async () => {
    await app.query(
      `create table hardware.things as select i as id, md5(i::text) as t from generate_series(1, 400000) i; analyze hardware.things`,
    )
    await app.query('begin transaction isolation level repeatable read read only')
    const payload = await copyRows({
      snapshot: { client: app, name: '00000000-00000000-1' },
      url,
      table: 'hardware.things',
      columns: [{ name: 'id', type: 'INTEGER', expression: 'id', field: { name: 'id', kind: 'int32' } }],
      condition: 'true',
      signal: never,
      translate: (error) => error,
    })
    let rows = 0
    if (payload.kind === 'columns') for await (const batch of payload.batches) rows += batch.rows
    await app.query('rollback')
    expect([rows, payload.sent()]).toEqual([400_000, 400_000])
  })

  it('a value that cannot be held is told from the thread as well', async () => {
    await app.query(`create table hardware.things as select i as id, repeat('x', 100) as t, case when i = 150000 then 'NaN' else 1.5 end::numeric(10,2) as price
      from generate_series(1, 200000) i; analyze hardware.things`)
    const loader = await Loader.open(sourceAsset({ table: 'hardware.things' }), url)
    expect(await failure(() => loader.load())).toMatchObject({ code: 'SOURCE_VALUE_UNFIT' })
  })

  it('a server that dies in the middle is transient', async () => {
    const own = await startTestPostgres()
    const client = await openClient(own.url)
    await client.query(
      `create table things as select i as id, repeat('x', 200) as t from generate_series(1, 300000) i; analyze things`,
    )
    const source = open(sourceAsset({ table: 'things' }), own.url)
    const extract = await source.extract({ position: null, folder: '' }, never)
    if (extract.payload?.kind !== 'columns') throw new Error('columns expected')
    const { batches } = extract.payload
    let killed = false
    const error = await failure(async () => {
      for await (const _ of batches) {
        if (!killed) await own.kill()
        killed = true
      }
    })
    expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', transient: true })
    await extract.settle(false)
    await source.close()
    await client.end().catch(() => {})
    await own.stop()
  })
})

function duckLiteral(text: string, type: string): string {
  const value = type === 'date' && text.endsWith(' BC') ? text.replace(' BC', ' (BC)') : text
  return type === 'char(5)' ? `'${value.trimEnd()}'` : `'${value.replaceAll("'", "''")}'`
}

function listLiteral(array: string): string {
  const items = array.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? []
  const values = items.map((item) => {
    if (item === 'NULL') return 'null'
    const text = item.startsWith('"') ? String(JSON.parse(item)) : item
    return `'${text.replaceAll("'", "''")}'`
  })
  return `[${values.join(', ')}]`
}
