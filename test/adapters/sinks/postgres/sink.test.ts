import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresSink } from '../../../../src/adapters/sinks/postgres/sink.js'
import type { Sink, TableDelivery } from '../../../../src/adapters/sinks/sink.js'
import { silentLog } from '../../../../src/base/log.js'
import type { ColumnBatch } from '../../../../src/columns/column-batch.js'
import type { Column } from '../../../../src/domain/column.js'
import { batches } from '../../../conformance/rows-as-columns.js'
import { delivery, OWNER, type TableSpec, tableDelivery } from '../../../conformance/sink.js'
import { startScriptedPostgres } from '../../../support/scripted-postgres.js'
import { openPostgresWorld, openSinkTo, type PostgresWorld } from './world.js'

let world: PostgresWorld
let sink: Sink
const never = new AbortController().signal
const code = (wanted: string) => expect.objectContaining({ code: wanted })

beforeAll(async () => {
  world = await openPostgresWorld()
  sink = world.open(OWNER)
  await world.query('create schema insights')
})
afterAll(async () => {
  await sink?.close()
  await world?.close()
})

const deliver = async (release: number, ...tables: TableSpec[]) =>
  sink.deliver(delivery(release, tables), never)

describe('a table the web team has made its own', () => {
  test('keeps grants, indexes, triggers, views, foreign keys, comments and columns of theirs', async () => {
    await deliver(1, {
      target: 'insights.own',
      rows: [
        [1, 'a', 1],
        [2, 'b', 2],
      ],
    })
    await world.query(`
      create role web_reader;
      grant select on insights.own to web_reader;
      create index own_name on insights.own (name);
      alter table insights.own add column note text, add column seen_at timestamptz not null default now();
      create view insights.own_view as select id, name from insights.own;
      create table insights.likes (own_id int references insights.own on delete restrict);
      insert into insights.likes values (1);
      update insights.own set note = 'kept' where id = 1;
      create table insights.audit (what text);
      create function insights.audit() returns trigger language plpgsql as
        $$ begin insert into insights.audit values (tg_op); return null; end $$;
      create trigger audit after insert or update or delete on insights.own
        for each row execute function insights.audit()`)
    const [before] = await world.query(
      `select oid, relacl::text from pg_class where oid = 'insights.own'::regclass`,
    )
    const outcomes = await deliver(2, {
      target: 'insights.own',
      rows: [
        [1, 'A', 1],
        [3, 'c', 3],
      ],
    })
    expect(outcomes[0]).toMatchObject({ inserted: 1, updated: 1, deleted: 1 })
    const [after] = await world.query(
      `select oid, relacl::text from pg_class where oid = 'insights.own'::regclass`,
    )
    expect(after).toEqual(before)
    expect(await world.query('select id, name, note from insights.own order by id')).toEqual([
      { id: 1, name: 'A', note: 'kept' },
      { id: 3, name: 'c', note: null },
    ])
    expect(await world.query('select what, count(*)::int from insights.audit group by 1 order by 1')).toEqual(
      [
        { what: 'DELETE', count: 1 },
        { what: 'INSERT', count: 1 },
        { what: 'UPDATE', count: 1 },
      ],
    )
    expect(await world.query('select count(*)::int from insights.own_view')).toEqual([{ count: 2 }])
  })

  test('refuses with its own words: nothing cascades', async () => {
    await expect(deliver(3, { target: 'insights.own', rows: [[3, 'c', 3]] })).rejects.toMatchObject({
      code: 'SINK_REFUSED',
      message: expect.stringContaining('foreign key constraint "likes_own_id_fkey" on table "likes"'),
    })
    expect(await world.query('select id from insights.own order by id')).toHaveLength(2)
  })

  test('is told apart from a table Millrace made by a comment', async () => {
    const [row] = await world.query(`select obj_description('insights.own'::regclass) as comment`)
    expect(row?.comment).toMatch(/Rows of marts.levels, delivered by Millrace/)
  })
})

describe('columns that do not fit', () => {
  test('are listed, all at once', async () => {
    await world.query(`create table insights.unfit (id bigint primary key, name int, own text not null,
      gen int generated always as (1) stored)`)
    await expect(deliver(1, { target: 'insights.unfit' })).rejects.toMatchObject({
      code: 'SINK_COLUMNS_DIFFER',
      message:
        'insights.unfit does not fit the released columns: column name is integer, released is text; column level (double precision) is missing; column own of your own is not null and has no default.',
    })
  })

  test('come with what of theirs depends on the table', async () => {
    await deliver(1, { target: 'insights.leaned_on', rows: [[1, 'a', 1]] })
    await world.query(`create view insights.a_reader as select id from insights.leaned_on;
      create materialized view insights.a_store as select * from insights.leaned_on;
      create table insights.a_child (parent int constraint of_parent references insights.leaned_on)`)
    const columns = [
      { name: 'id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
      { name: 'level', type: 'DOUBLE' },
    ]
    const wider = { target: 'insights.leaned_on', columns, rows: [[1, 'a', 1]] }
    await expect(deliver(2, wider)).rejects.toMatchObject({
      code: 'SINK_COLUMNS_DIFFER',
      hint: expect.stringContaining(
        'On it depend: foreign key of_parent of insights.a_child, materialized view insights.a_store, view insights.a_reader.',
      ),
    })
    expect(await world.query('select id from insights.a_store')).toEqual([{ id: 1 }])
  })

  test('what is no table is named for what it is', async () => {
    await world.query(`create table insights.indexed (id int);
      create index an_index on insights.indexed (id); create type insights.a_type as (id int)`)
    await expect(deliver(1, { target: 'insights.an_index' })).rejects.toThrow('it is an index, not a table')
    await expect(deliver(1, { target: 'insights.a_type' })).rejects.toThrow('it is a type, not a table')
  })

  test('views, generated columns, long names and columns no longer released are refused', async () => {
    await world.query('create view insights.a_view as select 1 as id')
    await expect(deliver(1, { target: 'insights.a_view' })).rejects.toThrow('it is a view, not a table')
    await world.query(
      'create table insights.gen (id int generated always as identity, name text, level float8)',
    )
    await expect(deliver(1, { target: 'insights.gen' })).rejects.toThrow(
      'column id is generated by the database',
    )
    const long = { name: 'x'.repeat(64), type: 'INTEGER' }
    await expect(deliver(1, { target: 'insights.long', columns: [long], key: [] })).rejects.toThrow(
      /longer than the 63 bytes/,
    )
    await deliver(1, { target: 'insights.fewer', rows: [[1, 'a', 1]] })
    const columns = [
      { name: 'id', type: 'INTEGER' },
      { name: 'name', type: 'VARCHAR' },
    ]
    await expect(deliver(2, { target: 'insights.fewer', columns, rows: [[1, 'a']] })).rejects.toThrow(
      'column level is no longer released',
    )
  })

  test.each([
    ['INTEGER', 'bigint', [7], '7'],
    ['INTEGER', 'numeric', [7], '7'],
    ['BIGINT', 'numeric(20,1)', [7], '7.0'],
    ['SMALLINT', 'real', [7], '7'],
    ['DOUBLE', 'numeric', [0.1 + 0.2], '0.30000000000000004'],
    ['FLOAT', 'double precision', [0.5], '0.5'],
    ['DECIMAL(10,2)', 'numeric(12,3)', [1.5], '1.500'],
    ['DECIMAL(4,0)', 'integer', [1234], '1234'],
    ['VARCHAR', 'varchar(20)', ['soap'], 'soap'],
    ['VARCHAR', 'insights.mood', ['ok'], 'ok'],
    ['VARCHAR', 'insights.short_text', ['ok'], 'ok'],
    ['JSON', 'json', ['{"a": 1}'], '{"a": 1}'],
  ])('%s is kept by %s', async (type, target, row, kept) => {
    await world.query(`do $$ begin
      create type insights.mood as enum ('ok', 'bad'); create domain insights.short_text as text check (length(value) < 9);
      exception when duplicate_object then null; end $$`)
    await world.query(
      `drop table if exists insights.wide; create table insights.wide (id int primary key, v ${target})`,
    )
    const columns = [
      { name: 'id', type: 'INTEGER' },
      { name: 'v', type },
    ]
    const spec = { target: 'insights.wide', delivery: `wide ${type} ${target}`, columns, adopt: true }
    await deliver(1, { ...spec, rows: [[1, ...row]] })
    await deliver(2, {
      ...spec,
      rows: [
        [1, ...row],
        [2, ...row],
      ],
    })
    const same = await deliver(3, {
      ...spec,
      rows: [
        [1, ...row],
        [2, ...row],
      ],
    })
    expect(same[0]).toMatchObject({ inserted: 0, updated: 0, deleted: 0 })
    expect(await world.query('select v::text from insights.wide')).toEqual([{ v: kept }, { v: kept }])
    const read: number[] = []
    for await (const batch of sink.read('insights.wide', columns, never)) read.push(batch.rows)
    expect(read).toEqual([2])
  })

  test.each([
    ['BIGINT', 'integer'],
    ['BIGINT', 'double precision'],
    ['DOUBLE', 'real'],
    ['DOUBLE', 'numeric(10,2)'],
    ['DECIMAL(10,2)', 'numeric(10,1)'],
    ['DECIMAL(10,2)', 'double precision'],
    ['VARCHAR', 'char(5)'],
    ['TIMESTAMP WITH TIME ZONE', 'timestamptz(0)'],
    ['TIMESTAMP WITH TIME ZONE', 'timestamp'],
    ['TIMESTAMP', 'date'],
  ])('%s is not squeezed into %s', async (type, target) => {
    await world.query(
      `drop table if exists insights.narrow; create table insights.narrow (id int primary key, v ${target})`,
    )
    const columns = [
      { name: 'id', type: 'INTEGER' },
      { name: 'v', type },
    ]
    await expect(deliver(1, { target: 'insights.narrow', columns })).rejects.toEqual(
      code('SINK_COLUMNS_DIFFER'),
    )
  })

  test('a value too long for a varchar is refused, not cut', async () => {
    await world.query('create table insights.cut (id int primary key, name varchar(3), level float8)')
    await deliver(1, { target: 'insights.cut', rows: [[1, 'abc', 1]] })
    for (const mode of ['all', 'changes'] as const) {
      const late = { target: 'insights.cut', rows: [[1, 'abcd', 1]], mode }
      await expect(deliver(2, late)).rejects.toThrow('value too long for type character varying(3)')
    }
  })
})

describe('rows nobody knows of', () => {
  test('are left alone, unless the header says adopt', async () => {
    await world.query(`create table insights.theirs (id int primary key, name text, level float8);
      insert into insights.theirs values (1, 'a', 1), (9, 'theirs', 9)`)
    const spec = {
      target: 'insights.theirs',
      rows: [
        [1, 'a', 1],
        [2, 'b', 2],
      ],
    }
    await expect(deliver(1, spec)).rejects.toMatchObject({
      code: 'SINK_TABLE_NOT_OURS',
      message: 'insights.theirs already has 2 rows that Millrace did not write.',
    })
    expect((await deliver(1, { ...spec, adopt: true }))[0]).toMatchObject({
      inserted: 1,
      updated: 0,
      deleted: 1,
    })
    expect((await deliver(2, spec))[0]).toMatchObject({ inserted: 0, updated: 0, deleted: 0 })
  })

  test('another environment does not take a table over', async () => {
    await deliver(1, { target: 'insights.of_prod', rows: [[1, 'a', 1]] })
    const dev = world.open({ ...OWNER, environment: 'dev_ana' })
    const request = delivery(1, [{ target: 'insights.of_prod' }], { environment: 'dev_ana' })
    await expect(dev.deliver(request, never)).rejects.toEqual(code('SINK_TABLE_NOT_OURS'))
    await dev.close()
  })

  test('put beside those with the same key go when all rows are delivered', async () => {
    await world.query(`create table insights.twice (id int, name text, level float8) partition by range (id);
      create table insights.twice_1 partition of insights.twice for values from (0) to (2);
      create table insights.twice_2 partition of insights.twice for values from (2) to (9)`)
    const rows = [
      [1, 'a', 1],
      [2, 'b', 2],
    ]
    await deliver(1, { target: 'insights.twice', rows })
    await world.query(`insert into insights.twice values (1, 'a', 1), (2, 'x', 7), (2, 'y', 8)`)
    expect((await deliver(1, { target: 'insights.twice', rows }))[0]).toMatchObject({ deleted: 3 })
    expect(await world.query('select id, name from insights.twice order by 1, 2')).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ])
  })

  test('are compared where the ledger is ahead of the release, not believed to be there', async () => {
    await deliver(5, { target: 'insights.ahead', rows: [[1, 'a', 1]] })
    await world.query(`update millrace.deliveries set release = 99, released_at = '2099-01-01'
      where target = 'insights.ahead'`)
    const again = await deliver(6, { target: 'insights.ahead', rows: [[1, 'b', 1]] })
    expect(again[0]).toMatchObject({ updated: 1 })
    expect((await sink.ledger(never)).find(({ target }) => target === 'insights.ahead')?.release).toBe(6)
  })

  test('changes alone do not fill a table that lacks what came before', async () => {
    const changes = { target: 'insights.partial', mode: 'changes' as const, rows: [[1, 'a', 1]] }
    await expect(deliver(1, changes)).rejects.toEqual(code('SINK_NEEDS_ALL_ROWS'))
    await deliver(1, { target: 'insights.partial', rows: [[1, 'a', 1]] })
    await world.query('drop table insights.partial')
    await expect(deliver(2, changes)).rejects.toThrow('it was dropped')
  })
})

describe('keys', () => {
  test('work without an index, and with several columns', async () => {
    await world.query('create table insights.no_index (id int, name text, level float8)')
    const spec = { target: 'insights.no_index', key: ['id', 'name'] }
    await deliver(1, {
      ...spec,
      rows: [
        [1, 'a', 1],
        [1, 'b', 2],
      ],
    })
    const changed = {
      ...spec,
      mode: 'changes' as const,
      rows: [
        [1, 'b', 3],
        [2, 'a', 4],
      ],
      gone: [[1, 'a']],
    }
    expect((await deliver(2, changed))[0]).toMatchObject({ inserted: 1, updated: 1, deleted: 1 })
    expect(await world.query('select * from insights.no_index order by id')).toEqual([
      { id: 1, name: 'b', level: 3 },
      { id: 2, name: 'a', level: 4 },
    ])
  })

  test('that are NULL or come twice are refused, whatever the table allows', async () => {
    await world.query('create table insights.loose (id int, name text, level float8)')
    for (const rows of [
      [
        [1, 'a', 1],
        [1, 'b', 1],
      ],
      [[null, 'a', 1]],
    ]) {
      await expect(deliver(1, { target: 'insights.loose', rows })).rejects.toEqual(code('SINK_REFUSED'))
      await expect(deliver(1, { target: 'insights.strict', rows })).rejects.toEqual(code('SINK_REFUSED'))
    }
    await deliver(1, { target: 'insights.loose', rows: [[1, 'a', 1]] })
    const twice = {
      target: 'insights.loose',
      mode: 'changes' as const,
      rows: [
        [2, 'a', 1],
        [2, 'b', 1],
      ],
    }
    await expect(deliver(2, twice)).rejects.toThrow('the key (id) of marts.levels comes more than once')
  })

  test('may be missing: then all rows change places', async () => {
    const spec = { target: 'insights.keyless', key: [] }
    await deliver(1, {
      ...spec,
      rows: [
        [1, 'a', 1],
        [1, 'a', 1],
      ],
    })
    expect((await deliver(2, { ...spec, rows: [[1, 'b', 1]] }))[0]).toMatchObject({ inserted: 1, deleted: 2 })
  })

  test('alone are enough of a table', async () => {
    const spec = { target: 'insights.only_key', columns: [{ name: 'id', type: 'INTEGER' }] }
    await deliver(1, { ...spec, rows: [[1], [2]] })
    expect((await deliver(2, { ...spec, rows: [[2], [3]] }))[0]).toMatchObject({
      inserted: 1,
      updated: 0,
      deleted: 1,
    })
  })
})

describe('names', () => {
  test('are quoted, schemas made, and a bare name is in public', async () => {
    const columns = [
      { name: 'Order "no"', type: 'INTEGER' },
      { name: 'select', type: 'VARCHAR' },
    ]
    const target = `"Weird ""sch\\ema"."ta'ble.x"`
    await deliver(1, { target, columns, key: ['Order "no"'], rows: [[1, "it's \\ here"]] })
    await deliver(2, { target, columns, key: ['Order "no"'], mode: 'changes', rows: [[2, 'b']] })
    expect(await world.query(`select * from "Weird ""sch\\ema"."ta'ble.x" order by 1`)).toEqual([
      { 'Order "no"': 1, select: "it's \\ here" },
      { 'Order "no"': 2, select: 'b' },
    ])
    await deliver(1, { target: 'bare', rows: [[1, 'a', 1]] })
    expect(await world.query('select id from public.bare')).toEqual([{ id: 1 }])
  })

  test('without quotes mean the table that is there, in its letters or as Postgres folds them', async () => {
    await world.query('create table insights."Exact" (id int primary key, name text, level float8)')
    await world.query('create table insights.folded (id int primary key, name text, level float8)')
    const targets = ['insights.Exact', 'Insights.Folded', 'Insights.Fresh', 'insights."Quoted"', 'order']
    for (const release of [1, 2]) {
      for (const target of targets) await deliver(release, { target, rows: [[release, 'a', 1]] })
    }
    for (const name of [
      'insights."Exact"',
      'insights.folded',
      'insights.fresh',
      'insights."Quoted"',
      '"order"',
    ])
      expect(await world.query(`select id from ${name}`)).toEqual([{ id: 2 }])
    const shown = (await sink.ledger(never)).filter(({ target }) => targets.includes(target))
    expect(shown.map(({ release }) => release)).toEqual([2, 2, 2, 2, 2])
    const batch = sink.read('insights.Exact', tableDelivery({ target: '' }).columns, never)
    expect((await batch[Symbol.asyncIterator]().next()).value).toMatchObject({ rows: 1 })
  })

  test('longer than Postgres keeps are refused before anything is made', async () => {
    await expect(deliver(1, { target: `insights.${'t'.repeat(64)}` })).rejects.toThrow(
      /the name t+ is longer than the 63 bytes/,
    )
  })
})

test('values of every type arrive and can be read back', async () => {
  const columns: Column[] = [
    { name: 'id', type: 'INTEGER' },
    { name: 'b', type: 'BOOLEAN' },
    { name: 's', type: 'SMALLINT' },
    { name: 'l', type: 'BIGINT' },
    { name: 'f', type: 'FLOAT' },
    { name: 'd', type: 'DOUBLE' },
    { name: 'n', type: 'DECIMAL(10,2)' },
    { name: 'h', type: 'HUGEINT' },
    { name: 't', type: 'VARCHAR' },
    { name: 'day', type: 'DATE' },
    { name: 'at', type: 'TIMESTAMP' },
    { name: 'tz', type: 'TIMESTAMP WITH TIME ZONE' },
    { name: 'j', type: 'JSON' },
    { name: 'a', type: 'INTEGER[]' },
    { name: 'i', type: 'INTERVAL' },
  ]
  const row = [
    1,
    1,
    7,
    2n ** 60n,
    0.5,
    NaN,
    12.34,
    '170141183460469231731687303715884105727',
    'Zoë\n🧼',
    '2024-02-29',
    '2024-02-29T12:00:00Z',
    '2024-02-29T12:00:00Z',
    '{"a":1}',
    '[1,2]',
    '1 day 02:00:00',
  ]
  const rows = [row, [2, ...columns.slice(1).map(() => null)]]
  await deliver(1, { target: 'insights.types', columns, rows })
  const kept = await world.query('select row_to_json(kept) as row from insights.types kept order by id')
  expect(kept[0]?.row).toMatchObject({
    l: 2 ** 60,
    d: 'NaN',
    n: 12.34,
    t: 'Zoë\n🧼',
    day: '2024-02-29',
    at: '2024-02-29T12:00:00',
    j: { a: 1 },
    a: [1, 2],
    i: '1 day 02:00:00',
  })
  const read: ColumnBatch[] = []
  for await (const batch of sink.read('insights.types', columns, never)) read.push(batch)
  expect(read).toHaveLength(1)
  // What was read is what was sent: delivered again, nothing changes.
  const again = tableDelivery({ target: 'insights.types', columns })
  const [outcome] = await sink.deliver(
    { ...delivery(2, []), tables: [{ ...again, upserts: () => streamOf(read) }] },
    never,
  )
  expect(outcome).toMatchObject({ inserted: 0, updated: 0, deleted: 0 })
})

async function* streamOf<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

describe('readers and listeners', () => {
  test('never see two tables of a release disagree', async () => {
    const tables = (release: number, mode: 'all' | 'changes') =>
      ['insights.left', 'insights.right'].map((target) => ({
        target,
        mode,
        rows: Array.from({ length: 500 }, (_, id) => [id, 'x', release]),
      }))
    await deliver(1, ...tables(1, 'all'))
    const reader = new Client({ connectionString: world.url })
    await reader.connect()
    let reading = true
    const seen = new Set<string>()
    const read = async () => {
      while (reading) {
        const { rows } = await reader.query(`select array_agg(distinct level) as levels from
          (select level from insights.left union all select level from insights.right) both_tables`)
        seen.add(JSON.stringify(rows[0].levels))
      }
    }
    const done = read()
    for (let release = 2; release <= 15; release++) await deliver(release, ...tables(release, 'changes'))
    reading = false
    await done
    await reader.end()
    expect([...seen].filter((levels) => JSON.parse(levels).length !== 1)).toEqual([])
    expect(seen.size).toBeGreaterThan(2)
  })

  test('are told of the release in the transaction that brings it', async () => {
    const listener = new Client({ connectionString: world.url })
    await listener.connect()
    const notices: string[] = []
    listener.on('notification', ({ payload }) => notices.push(payload ?? ''))
    await listener.query('listen millrace')
    await deliver(5, { target: 'insights.told', rows: [[1, 'a', 1]] })
    const many = Array.from({ length: 200 }, (_, index) => ({
      target: `insights.many_${'x'.repeat(30)}_${index}`,
      delivery: `d${index}`,
      rows:
        index === 150
          ? [
              [1, 'a', 1],
              [2, 'b', 2],
            ]
          : [],
    }))
    await deliver(6, ...many)
    await expect(deliver(7, { target: 'insights.unfit' })).rejects.toThrow()
    await listener.query('select')
    await listener.end()
    const [first, second, ...others] = notices.map((notice) => JSON.parse(notice))
    expect(first).toEqual({
      release: 5,
      project: 'washrooms',
      environment: 'prod',
      at: '2024-01-01T00:05:00.000Z',
      tables: [{ table: 'insights.told', inserted: 1, updated: 0, deleted: 0 }],
    })
    expect(second.tables[0]).toMatchObject({ table: many[150]?.target, inserted: 2 })
    expect(second.more + second.tables.length).toBe(200)
    expect(others).toEqual([])
  })
})

describe('rights', () => {
  const as = async (role: string) => {
    const url = new URL(world.url)
    url.username = role
    return openSinkTo(url.toString())
  }

  test('a role that may only write to its schema keeps its ledger there', async () => {
    await world.query(`create role limited login; create schema limited_app authorization limited;
      revoke all on schema millrace from public`)
    const limited = await as('limited')
    await limited.deliver(delivery(1, [{ target: 'limited_app.levels', rows: [[1, 'a', 1]] }]), never)
    const changes = { target: 'limited_app.levels', mode: 'changes' as const, rows: [[2, 'b', 2]] }
    expect((await limited.deliver(delivery(2, [changes]), never))[0]).toMatchObject({ inserted: 1 })
    expect(await limited.ledger(never)).toEqual([
      { delivery: 'marts.levels>app:limited_app.levels', target: 'limited_app.levels', release: 2 },
    ])
    await limited.close()
  })

  test('a role that may create nothing writes to a table that is there, once it has a ledger', async () => {
    await world.query(`create role poor login; create schema poor_app; grant usage on schema poor_app to poor;
      create table poor_app.levels (id int primary key, name text, level float8);
      grant select, insert, update, delete on poor_app.levels to poor`)
    const poor = await as('poor')
    const request = delivery(1, [{ target: 'poor_app.levels', rows: [[1, 'a', 1]] }])
    await expect(poor.deliver(request, never)).rejects.toMatchObject({
      code: 'SINK_REFUSED',
      message: expect.stringContaining('create schema millrace authorization "poor"'),
    })
    await world.query(
      'grant usage on schema millrace to poor; grant select, insert, update on millrace.deliveries to poor',
    )
    expect((await poor.deliver(request, never))[0]).toMatchObject({ inserted: 1 })
    await expect(
      poor.deliver(delivery(2, [{ target: 'poor_app.other', rows: [[1, 'a', 1]] }]), never),
    ).rejects.toThrow('permission denied for schema poor_app')
    await poor.close()
  })
})

test('a table whose rows are hidden from the role is refused until it may see all of them', async () => {
  await world.query(`create role veiled login; create schema veiled_app authorization veiled;
    create table veiled_app.levels (id int primary key, name text, level float8);
    alter table veiled_app.levels enable row level security;
    create policy own on veiled_app.levels to veiled using (id > 10);
    grant select, insert, update, delete on veiled_app.levels to veiled`)
  const url = new URL(world.url)
  url.username = 'veiled'
  const veiled = openSinkTo(url.toString())
  const request = delivery(1, [{ target: 'veiled_app.levels', rows: [[1, 'a', 1]] }])
  await expect(veiled.deliver(request, never)).rejects.toThrow(/row-level security hides rows of it/)
  await world.query('create policy everything on veiled_app.levels to veiled using (true)')
  expect((await veiled.deliver(request, never))[0]).toMatchObject({ inserted: 1 })
  await veiled.close()
})

describe('trouble', () => {
  test('a table that stays locked is a passing error', async () => {
    await deliver(1, { target: 'insights.locked', rows: [[1, 'a', 1]] })
    await world.query('begin; update insights.locked set level = 9')
    const hasty = openPostgresSink(
      { kind: 'postgres', name: 'app', url: world.url },
      { ...OWNER, log: silentLog, lockTimeoutMs: 50 },
    )
    const request = delivery(2, [{ target: 'insights.locked', rows: [[1, 'b', 1]], mode: 'changes' }])
    await expect(hasty.deliver(request, never)).rejects.toMatchObject({
      code: 'SINK_BLOCKED',
      transient: true,
      message: expect.stringMatching(
        /^insights.locked stayed locked: .* lock timeout: held by session \d+ of postgres since [\d:]+ UTC$/,
      ),
    })
    await world.query('rollback')
    expect((await hasty.deliver(request, never))[0]).toMatchObject({ updated: 1 })
    await world.query(`begin; set local application_name = 'a migration'; lock table insights.locked`)
    await expect(hasty.ledger(never)).rejects.toThrow(
      /^insights.locked stayed locked: .*held by session \d+ of postgres \(a migration\)/,
    )
    await world.query('rollback')
    await hasty.close()
  })

  test('a full disk is said to be one, and may pass', async () => {
    await deliver(1, { target: 'insights.full', rows: [[1, 'a', 1]] })
    await world.query(`create function insights.full_disk() returns trigger language plpgsql as
        $$ begin raise 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
      create trigger full_disk before insert on insights.full execute function insights.full_disk()`)
    const more = { target: 'insights.full', mode: 'changes' as const, rows: [[2, 'b', 1]] }
    await expect(deliver(2, more)).rejects.toMatchObject({
      code: 'SINK_EXHAUSTED',
      transient: true,
      message: 'Connection app has no room for the delivery: could not extend file: No space left on device',
    })
  })

  test('a server that speaks no SSL when it was asked to is out of reach', async () => {
    const server = await startScriptedPostgres({ host: '127.0.0.1', port: 0 }, Buffer.from('N'))
    const secret = openSinkTo(`postgres://u@127.0.0.1:${server.port}/app?sslmode=require`)
    await expect(secret.ledger(never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE' })
    await secret.close()
    server.stop()
  })

  test('two deliverers at once take turns', async () => {
    const other = openSinkTo(world.url)
    await deliver(1, { target: 'insights.turns', rows: [[1, 'a', 0]] })
    const one = (mine: Sink, release: number) =>
      mine.deliver(
        delivery(release, [{ target: 'insights.turns', rows: [[1, 'a', release]], mode: 'changes' }]),
        never,
      )
    await Promise.all([one(sink, 2), one(other, 3), one(sink, 4), one(other, 5)])
    expect(await world.query('select level from insights.turns')).toEqual([{ level: 5 }])
    await other.close()
  })

  test('an abort in the middle of a statement ends it on the server too', async () => {
    await deliver(1, { target: 'insights.slow', rows: [[1, 'a', 1]] })
    await world.query(`create function insights.wait() returns trigger language plpgsql as
      $$ begin perform pg_sleep(60); return new; end $$;
      create trigger wait before update on insights.slow for each row execute function insights.wait()`)
    const stop = new AbortController()
    const request = delivery(2, [{ target: 'insights.slow', rows: [[1, 'b', 1]], mode: 'changes' }])
    const going = sink.deliver(request, stop.signal)
    const outcome = going.then(
      () => 'delivered',
      (error: Error) => error.message,
    )
    const sleeping = `select count(*)::int from pg_stat_activity where wait_event = 'PgSleep'`
    while ((await world.query(sleeping))[0]?.count === 0) await world.query('select pg_sleep(0.01)')
    const begun = performance.now()
    stop.abort(new Error('enough'))
    expect(await outcome).toBe('enough')
    expect(performance.now() - begun).toBeLessThan(1_000)
    while ((await world.query(sleeping))[0]?.count !== 0) await world.query('select pg_sleep(0.01)')
    await world.query('drop trigger wait on insights.slow')
    expect((await sink.deliver(request, never))[0]).toMatchObject({ updated: 1 })
  })

  test('a value Postgres cannot hold is named', async () => {
    const columns = [
      { name: 'id', type: 'INTEGER' },
      { name: 'name', type: 'VARCHAR' },
    ]
    const zero = { target: 'insights.zero', columns, rows: [[1, 'a\u0000b']] }
    await expect(deliver(1, zero)).rejects.toMatchObject({ code: 'SINK_REFUSED' })
  })

  test('a wrong password is refused, a server that is not there is unreachable', async () => {
    const gone = openSinkTo('postgres://nobody@127.0.0.1:1/app')
    await expect(gone.ledger(never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', transient: true })
    await gone.close()
    const url = new URL(world.url)
    url.pathname = '/no_such_database'
    const missing = openSinkTo(url.toString())
    await expect(missing.ledger(never)).rejects.toMatchObject({ code: 'SINK_REFUSED', transient: false })
    await missing.close()
  })

  test('a server that dies in the middle leaves nothing half done, and the sink finds it again', async () => {
    const own = await openPostgresWorld({ durable: true })
    const mine = own.open(OWNER)
    const deliver = (release: number, ...tables: TableSpec[]) =>
      mine.deliver(delivery(release, tables), never)
    await deliver(
      1,
      { target: 'insights.first', rows: [[1, 'a', 1]] },
      { target: 'insights.second', rows: [[1, 'a', 1]] },
    )
    const first = { target: 'insights.first', rows: [[1, 'b', 2]], mode: 'changes' as const }
    const dying: TableDelivery = {
      ...tableDelivery({ target: 'insights.second', mode: 'changes' }),
      upserts: async function* () {
        yield* batches([...tableDelivery({ target: '' }).columns], [[1, 'b', 2]])
        await own.server.kill()
      },
    }
    const request = delivery(2, [first])
    await expect(
      mine.deliver({ ...request, tables: [...request.tables, dying] }, never),
    ).rejects.toMatchObject({
      code: 'SINK_UNREACHABLE',
      transient: true,
    })
    await own.server.start()
    const reader = new Client({ connectionString: own.url })
    await reader.connect()
    const { rows } = await reader.query(
      'select level from insights.first union all select level from insights.second',
    )
    expect(rows).toEqual([{ level: 1 }, { level: 1 }])
    await reader.end()
    const second = { ...first, target: 'insights.second' }
    const outcomes = await deliver(2, first, second)
    expect(outcomes).toMatchObject([{ updated: 1 }, { updated: 1 }])
    await mine.close()
    await own.close()
  })
})
