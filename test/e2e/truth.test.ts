import { describe, expect, test } from 'vitest'
import { EVENTS, events, expectTruth, hourly, insert, useWorlds } from './truth-events.js'
import { statusesOf } from './truth-world.js'

const inWorld = useWorlds()

describe('a time cut coarser than the grain', () => {
  for (const [cut, materialize] of [
    ['day', 'incremental'],
    ['month', 'incremental'],
    ['day', 'keyed'],
  ] as const)
    test(`to the ${cut} in a table that is ${materialize} loses no late row`, async () => {
      const header = {
        materialize,
        time: { column: 'at', grain: 'hour' },
        key: ['device', 'at'],
        allow_incomplete: true,
      }
      const body = `select device, date_trunc('${cut}', seen) as at, sum(v)::bigint as v, count(*) as n
from raw.events where seen >= $start and seen < $end group by all`
      const assets = { 'raw.events': events, 'marts.cut': { header, body } }
      await inWorld(EVENTS, assets, async (world) => {
        await world.done()
        // In an hour of its own, at midnight, and on a day that has no rows yet.
        for (const at of ['2026-10-24 15:05Z', '2026-10-25 00:10Z', '2026-10-20 09:00Z']) {
          await insert(world, at)
          await world.done()
          await expectTruth(world)
        }
      })
    })
})

describe('rows of a day beside rows of an hour', () => {
  test('reach every hour that reads them when one late row changes the day', async () => {
    const day = (column: string) => ({
      materialize: 'incremental',
      time: { column, grain: 'day' },
      key: ['day'],
      allow_incomplete: true,
    })
    const daily = {
      header: day('day'),
      body: `select date_trunc('day', hour) as day, sum(v)::bigint as v from marts.hourly
where hour >= $start and hour < $end group by all`,
    }
    const dated = {
      header: { ...day('day'), time: { column: 'day' } },
      body: 'select day::date as day, v from marts.daily where day >= $start and day < $end',
    }
    const share = (name: string, on: string) => ({
      header: { ...hourly().header, key: ['device', 'hour'] },
      body: `select h.device, h.hour, h.v, d.v as of_day from marts.hourly h join marts.${name} d on ${on}
where h.hour >= $start and h.hour < $end`,
    })
    const assets = {
      'raw.events': events,
      'marts.hourly': hourly(),
      'marts.daily': daily,
      'marts.dated': dated,
      'marts.seen': {
        header: { materialize: 'view', time: { column: 'day', grain: 'day' } },
        body: 'select * from marts.daily',
      },
      'marts.share': share('daily', `d.day = date_trunc('day', h.hour)`),
      'marts.share_dated': share('dated', 'd.day = h.hour::date'),
      'marts.share_seen': share('seen', `d.day = date_trunc('day', h.hour)`),
    }
    await inWorld(EVENTS, assets, async (world) => {
      await world.done()
      for (const at of ['2026-10-24 15:05Z', '2026-10-25 00:10Z', '2026-10-24 03:20Z']) {
        await insert(world, at)
        await world.done()
        await expectTruth(world)
      }
    })
  })
})

describe('a statement without an end', () => {
  test('gives no row twice where several ranges are built at once', async () => {
    const open = {
      header: { ...hourly().header, key: ['id'], time: { column: 'seen', grain: 'hour' } },
      body: 'select id, device, seen, v from raw.events where seen >= $start; -- to the end',
    }
    await inWorld(EVENTS, { 'raw.events': events, 'marts.open': open }, async (world) => {
      await world.done()
      await insert(world, '2026-10-23 10:05Z')
      await insert(world, '2026-10-24 15:05Z')
      await insert(world, '2026-10-25 20:05Z')
      await world.done()
      await expectTruth(world)
    })
  })
})

describe('a part of event time asked for', () => {
  const assets = { 'raw.events': events, 'marts.hourly': hourly() }
  const part = { start: '2026-10-25', end: '2026-10-26' }

  test('with other code keeps every other hour', async () => {
    await inWorld(EVENTS, assets, async (world) => {
      await world.done()
      await world.change('marts.hourly', hourly(2))
      await world.done(part)
      await expectTruth(world)
    })
  })

  test('with --full keeps every other hour', async () => {
    await inWorld(EVENTS, assets, async (world) => {
      await world.done()
      await world.done({ ...part, full: true })
      await expectTruth(world)
    })
  })

  test('leaves what is owed outside of it for the next run', async () => {
    const joined = {
      ...hourly(),
      body: `select e.device, date_trunc('hour', seen) as hour, any_value(name) as name, count(*) as n
from raw.events e join raw.devices d using (device) where seen >= $start and seen < $end group by all`,
    }
    const devices = { header: { source: { from: 'upstream', table: 'devices' }, key: ['device'] } }
    await inWorld(
      `${EVENTS}; create table devices (device int primary key, name text);
       insert into devices values (0, 'a'), (1, 'b'), (2, 'c')`,
      { ...assets, 'raw.devices': devices, 'marts.hourly': joined },
      async (world) => {
        await world.done()
        await insert(world, '2026-10-24 03:30Z')
        await world.source.query(`update devices set name = 'B' where device = 1`)
        await world.done(part)
        await world.done()
        await expectTruth(world)
      },
    )
  })
})

describe('keyed assets', () => {
  const sessions = (deletes: unknown) => ({
    header: {
      materialize: 'keyed',
      key: ['device', 'hour'],
      time: { column: 'hour', grain: 'hour' },
      deletes,
      allow_incomplete: true,
    },
    body: `select device, date_trunc('hour', seen) as hour, count(*) as n, sum(v) % 2 = 0 as even
from raw.items where seen >= $start and seen < $end group by all`,
  })
  const items = {
    header: {
      source: { from: 'upstream', table: 'items', load: 'keyed', cursor: 'rev', deletes: true },
      key: ['id'],
      time: { column: 'seen' },
    },
  }
  const ITEMS = `create table items (id int primary key, rev bigserial unique, device int, seen timestamptz, v int);
    insert into items (id, device, seen, v)
    select n, n % 3, timestamptz '2026-10-24 00:00Z' + make_interval(mins => n * 17), n % 7 from generate_series(1, 100) n`

  test('built by range lose only the keys that are missing from the ranges built', async () => {
    await inWorld(ITEMS, { 'raw.items': items, 'marts.sessions': sessions('missing') }, async (world) => {
      await world.done()
      await world.source.query('delete from items where id in (7, 8, 9, 10, 50)')
      await world.source.query(
        `update items set seen = seen + interval '5 hours', rev = default where id in (20, 21)`,
      )
      await world.done()
      await expectTruth(world)
    })
  })

  test('never show rows that their own column marks as deleted', async () => {
    const marked = {
      header: { materialize: 'keyed', key: ['id'], deletes: { when: 'gone' } },
      body: 'select id, v, v = 3 as gone from raw.items',
    }
    await inWorld(
      ITEMS,
      {
        'raw.items': items,
        'marts.marked': { ...marked, header: { ...marked.header, deliver: { to: 'app', table: 'marked' } } },
        'marts.even': sessions({ when: 'even' }),
      },
      async (world) => {
        await world.done()
        expect(await world.rows('select count(*) from marts.marked where gone')).toEqual([[0]])
        await world.source.query('update items set v = 3, rev = default where id in (1, 2)')
        await world.source.query('update items set v = 4, rev = default where id in (3, 17)')
        await world.done()
        await expectTruth(world)
        await world.done({ full: true })
        await expectTruth(world)
      },
    )
  })
})

describe('what an asset is made of changes between runs', () => {
  test('a view becomes a table and a table a view', async () => {
    const body = 'select device, sum(v) as v from marts.hourly group by all'
    const as = (materialize: string) => ({ header: { materialize }, body })
    const reads = { header: {}, body: 'select max(v) as v from marts.total' }
    await inWorld(
      EVENTS,
      {
        'raw.events': events,
        'marts.hourly': hourly(),
        'marts.total': as('view'),
        'marts.reads': reads,
      },
      async (world) => {
        await world.done()
        for (const materialize of ['table', 'view', 'table']) {
          await world.change('marts.total', as(materialize))
          await world.done()
          await expectTruth(world)
          await insert(world, '2026-10-24 05:00Z', 5)
          await world.done()
          await expectTruth(world)
        }
      },
    )
  })

  test('columns of an upstream table change and all is loaded anew', async () => {
    const keyed = {
      header: { materialize: 'keyed', key: ['device'], deliver: { to: 'shelf', path: 'd.parquet' } },
      body: 'select * from raw.devices',
    }
    const devices = { header: { source: { from: 'upstream', table: 'devices' }, key: ['device'] } }
    await inWorld(
      `create table devices (device int primary key, name text); insert into devices values (0, 'a'), (1, 'b')`,
      { 'raw.devices': devices, 'marts.devices': keyed },
      async (world) => {
        await world.done()
        await world.source.query(
          'alter table devices add column more int default 3; alter table devices drop column name',
        )
        await world.done({ select: 'raw.devices', full: true })
        await world.done()
        await expectTruth(world)
      },
    )
  })
})

describe('selected runs', () => {
  const view = {
    header: {
      materialize: 'view',
      time: { column: 'seen' },
      columns: { v: { checks: [{ accepted_range: { min: 0 } }] } },
    },
    body: 'select device, seen, v from raw.events',
  }
  const overView = {
    ...hourly(),
    body: hourly().body.replace('raw.events', 'marts.shown'),
  }

  test('lose no late row behind a view that was left out', async () => {
    await inWorld(
      EVENTS,
      { 'raw.events': events, 'marts.shown': view, 'marts.hourly': overView },
      async (world) => {
        await world.done()
        await insert(world, '2026-10-24 03:30Z', 4)
        await world.done({ select: 'raw.events' })
        await world.done()
        await expectTruth(world)
      },
    )
  })

  test('show nothing through a view that its checks refuse', async () => {
    await inWorld(
      EVENTS,
      { 'raw.events': events, 'marts.shown': view, 'marts.hourly': overView },
      async (world) => {
        await world.done()
        await insert(world, '2026-10-24 03:30Z', -4)
        const result = await world.run({ select: 'raw.events' })
        expect(result.status).toBe('held')
        expect(await world.rows('select count(*) from marts.shown where v < 0')).toEqual([[0]])
      },
    )
  })
})

describe('deliveries', () => {
  test('taken out of a header and put back carry what changed meanwhile', async () => {
    const delivered = hourly(1, { deliver: { to: 'app', table: 'hourly' } })
    await inWorld(EVENTS, { 'raw.events': events, 'marts.hourly': delivered }, async (world) => {
      await world.done()
      await world.change('marts.hourly', hourly())
      await insert(world, '2026-10-24 03:30Z', 4)
      await world.done()
      await world.change('marts.hourly', delivered)
      const back = await world.done()
      expect(back.deliveries).toMatchObject([{ status: 'delivered', deleted: 0 }])
      await expectTruth(world)
      await world.change('marts.hourly', hourly())
      await insert(world, '2026-10-24 04:30Z', 4)
      await world.done()
      await world.change('marts.hourly', delivered)
      await insert(world, '2026-10-24 05:30Z', 4)
      await world.done()
      await expectTruth(world)
    })
  })
})

describe('nothing to build from', () => {
  test('empty inputs give empty tables, and rows that come later are built', async () => {
    await inWorld(
      'create table events (id bigserial primary key, device int, seen timestamptz, v int)',
      {
        'raw.events': events,
        'marts.hourly': hourly(1, { deliver: { to: 'app', table: 'hourly' } }),
        'marts.complete': hourly(1, { allow_incomplete: false }),
      },
      async (world) => {
        await world.done()
        await expectTruth(world)
        await insert(world, '2026-10-24 03:30Z', 4)
        await world.done()
        await expectTruth(world)
      },
    )
  })

  test('an input that lost all of its rows empties what is built from it', async () => {
    await inWorld(
      EVENTS,
      {
        'raw.events': { header: { ...events.header, source: { from: 'upstream', table: 'events' } } },
        'marts.hourly': hourly(1, { deliver: { to: 'app', table: 'hourly' } }),
        'marts.complete': hourly(1, { allow_incomplete: false }),
      },
      async (world) => {
        await world.done()
        await world.source.query('delete from events')
        await world.done()
        await expectTruth(world)
        await world.done({ full: true })
        await expectTruth(world)
      },
    )
  })
})

describe('the hour that comes twice when the clocks go back', () => {
  test('is built the same in one go and in parts', async () => {
    await inWorld(
      EVENTS,
      {
        'raw.events': events,
        'marts.hourly': hourly(1, { deliver: { to: 'app', table: 'hourly' } }),
        'marts.complete': hourly(1, { allow_incomplete: false }),
      },
      async (world) => {
        for (const [now, at] of [
          ['00:40', '00:10'],
          ['01:20', '00:50'],
          ['01:40', '01:30'],
          ['02:10', '00:20'],
          ['03:10', '01:50'],
        ]) {
          world.now = Date.parse(`2026-10-25T${now}:00Z`)
          await world.source.query('delete from events where seen > $1', [new Date(world.now)])
          await insert(world, `2026-10-25 ${at}Z`, 3)
          await world.done()
          await expectTruth(world)
        }
      },
      { now: '2026-10-25T00:00:00Z' },
    )
  })
})

describe('a statement that reads before $start', () => {
  test('sees late rows as far as its lookback says', async () => {
    const rolling = {
      header: {
        materialize: 'incremental',
        time: { column: 'hour', grain: 'hour', lookback: '3 hours' },
        key: ['hour'],
        allow_incomplete: true,
      },
      body: `select h.hour, sum(p.v)::bigint as v from (select distinct hour from marts.hourly) h
join marts.hourly p on p.hour between h.hour - interval 3 hours and h.hour
where h.hour >= $start and h.hour < $end group by all`,
    }
    await inWorld(
      EVENTS,
      { 'raw.events': events, 'marts.hourly': hourly(), 'marts.rolling': rolling },
      async (world) => {
        await world.done()
        await insert(world, '2026-10-24 10:30Z', 40)
        await world.done()
        await expectTruth(world)
        await insert(world, '2026-10-24 15:30Z', 40)
        await world.done({ select: 'raw.events marts.hourly' })
        await world.done()
        await expectTruth(world)
      },
    )
  })
})

describe('a run after which nothing happened', () => {
  test('builds nothing, releases nothing and delivers nothing', async () => {
    const items = {
      header: {
        source: { from: 'upstream', table: 'items', load: 'keyed', cursor: 'updated_at', deletes: true },
        key: ['id'],
        deliver: { to: 'app', table: 'items' },
      },
    }
    const total = { header: {}, body: 'select count(*) as n from raw.items' }
    await inWorld(
      `${EVENTS}; create table items (id int primary key, updated_at timestamptz not null default now() - interval '1 hour', v int);
       insert into items (id, v) select n, n from generate_series(1, 10) n`,
      { 'raw.events': events, 'marts.hourly': hourly(), 'raw.items': items, 'marts.total': total },
      async (world) => {
        await world.done()
        const again = await world.done()
        expect(statusesOf(again)).toEqual({
          'raw.events': 'unchanged',
          'marts.hourly': 'unchanged',
          'raw.items': 'unchanged',
          'marts.total': 'unchanged',
        })
        expect(again).toMatchObject({ release: null, deliveries: [] })
      },
    )
  })
})

describe('a keyed source with rows set aside where its cursor stands', () => {
  const items = (cursor: string, time: Record<string, unknown>) => ({
    header: {
      source: { from: 'upstream', table: 'items', load: 'keyed', cursor, deletes: true },
      key: ['id'],
      ...time,
      columns: { v: { checks: [{ accepted_range: { min: 0, on_fail: 'quarantine' } }] } },
      deliver: { to: 'app', table: 'items' },
    },
  })
  const total = { header: {}, body: 'select count(*) as n from raw.items' }
  const ITEMS = `create table items (id int primary key, rev bigserial, updated_at timestamptz not null default now() - interval '1 hour', v int);
insert into items (id, v) select n, case when n > 8 then -n else n end from generate_series(1, 10) n`

  for (const [cursor, time] of [
    ['updated_at', {}],
    ['updated_at', { time: { column: 'updated_at' } }],
    ['rev', {}],
  ] as const)
    test(`${cursor}${'time' in time ? ' that is its time' : ''} does nothing where nothing is new`, async () => {
      const assets = { 'raw.items': items(cursor, time), 'marts.total': total }
      await inWorld(ITEMS, assets, async (world) => {
        await world.done()
        const quiet = async () => {
          const again = await world.done()
          expect(statusesOf(again)).toEqual({ 'raw.items': 'unchanged', 'marts.total': 'unchanged' })
          expect(again).toMatchObject({ release: null, deliveries: [] })
          await expectTruth(world)
        }
        await quiet()
        const aside = () => world.rows('select id, v from quarantine.raw__items order by id')
        expect(await aside()).toEqual([
          [9, -9],
          [10, -10],
        ])
        await world.source.query(
          'update items set v = v - 1, rev = default, updated_at = now() where id = 10',
        )
        await world.done()
        expect(await aside()).toEqual([
          [9, -9],
          [10, -11],
        ])
        await quiet()
        await world.source.query('update items set v = -v, rev = default, updated_at = now() where id = 9')
        await world.source.query('delete from items where id = 10')
        await world.done()
        expect(await world.rows('select max(id) from raw.items')).toEqual([[9]])
        await quiet()
      })
    })
})

describe('a date as time, with a finer grain', () => {
  test('is built by whole days', async () => {
    const daily = {
      header: { ...hourly().header, time: { column: 'day' }, key: ['day'] },
      body: `select date_trunc('day', seen)::date as day, count(*) as n from raw.events
where seen >= $start and seen < $end group by all`,
    }
    await inWorld(EVENTS, { 'raw.events': events, 'marts.daily': daily }, async (world) => {
      await world.done()
      await insert(world, '2026-10-24 15:30Z')
      await world.done()
      await expectTruth(world)
    })
  })
})

describe('files', () => {
  const header = 'name,seen,v\n'
  const files = (checks: unknown[] = []) => ({
    header: {
      source: { from: 'drop', path: '*.csv', format: 'csv', header: true },
      time: { column: 'seen' },
      key: ['name'],
      columns: { name: { type: 'varchar' }, seen: { type: 'timestamptz' }, v: { type: 'integer', checks } },
      deliver: { to: 'app', table: 'files' },
    },
  })
  const total = {
    header: {
      materialize: 'incremental',
      time: { column: 'day', grain: 'day' },
      key: ['day'],
      allow_incomplete: true,
    },
    body: `select date_trunc('day', seen)::date as day, sum(v)::bigint as v from raw.files
where seen >= $start and seen < $end group by all`,
  }

  test('that change again and again show their newest rows alone', async () => {
    await inWorld('select 1', { 'raw.files': files(), 'marts.total': total }, async (world) => {
      world.file('a.csv', `${header}a,2026-10-24T10:00:00Z,1\n`)
      await world.done()
      for (const rows of ['b,2026-10-23T10:00:00Z,2\n', 'b,2026-10-24T23:30:00Z,3\nc,,4\n', '', 'd,,5\n']) {
        world.file('b.csv', header + rows)
        await world.done()
        await expectTruth(world)
      }
    })
  })

  test('that are mended take their quarantined rows out of quarantine', async () => {
    const checked = files([{ accepted_range: { min: 0, on_fail: 'quarantine' } }])
    await inWorld('select 1', { 'raw.files': checked }, async (world) => {
      world.file('a.csv', `${header}a,2026-10-24T10:00:00Z,1\nx,2026-10-24T10:00:00Z,-1\n`)
      await world.done()
      world.file('b.csv', `${header}b,2026-10-24T10:00:00Z,-2\n`)
      await world.done()
      const quarantined = () => world.rows('select name, v from quarantine.raw__files order by all')
      expect(await quarantined()).toEqual([
        ['b', -2],
        ['x', -1],
      ])
      world.file('b.csv', `${header}b,2026-10-24T10:00:00Z,2\n`)
      await world.done()
      expect(await quarantined()).toEqual([['x', -1]])
      world.file('a.csv', `${header}a,2026-10-24T10:00:00Z,1\nx,2026-10-24T10:00:00Z,3\n`)
      await world.done()
      expect(await quarantined()).toEqual([])
      await expectTruth(world)
    })
  })
})
