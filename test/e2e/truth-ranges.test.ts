import { describe, expect, test } from 'vitest'
import { EVENTS, events, expectTruth, hourly, insert, useWorlds } from './truth-events.js'
import type { TruthAsset, World } from './truth-world.js'

const inWorld = useWorlds()

const rowsTold = (result: Awaited<ReturnType<World['run']>>, asset: string) =>
  result.steps.find((step) => step.asset === asset)?.rows

/** Rows of events as they are, by range. */
const copied = (body: string, header: Record<string, unknown> = {}): TruthAsset => ({
  header: {
    materialize: 'incremental',
    time: { column: 'seen', grain: 'hour' },
    allow_incomplete: true,
    ...header,
  },
  body,
})

const RANGE = 'seen >= $start and seen < $end'

/** Late rows in ranges of their own, all loaded by one run. */
async function comeLate(world: World): Promise<void> {
  for (const at of ['2026-10-23 10:05Z', '2026-10-24 15:05Z', '2026-10-25 20:05Z']) await insert(world, at)
}

describe('rows outside the range they were made for', () => {
  const ahead = copied(
    `select id, device, seen, v from raw.events where ${RANGE}
union all select id, device, seen + interval 30 days, v from raw.events where ${RANGE} and id % 50 = 0`,
  )

  test('are left out by a first build, a later one, --full and a part alike, and told with their number', async () => {
    const assets = { 'raw.events': events, 'marts.ahead': ahead }
    await inWorld(EVENTS, assets, async (world) => {
      const first = await world.done()
      expect(rowsTold(first, 'marts.ahead')).toBe(200)
      expect(world.warnings).toEqual([
        expect.stringMatching(
          /^marts\.ahead: 4 rows, the first at 2026-11-23T15:10:00\.000Z, lie outside .* seen >= \$start and seen < \$end/,
        ),
      ])
      expect(first.steps[1]?.reason).toContain('4 rows')
      expect(first.steps[1]?.metrics).toContainEqual({ name: 'rows_left_out', value: 4 })
      await expectTruth(world)
      await comeLate(world)
      const later = await world.done()
      expect(world.warnings).toEqual([])
      expect(later.steps[1]?.metrics).toContainEqual({ name: 'rows_out', value: 10 })
      await expectTruth(world)
      const full = await world.done({ full: true })
      expect(rowsTold(full, 'marts.ahead')).toBe(203)
      expect(world.warnings).toHaveLength(1)
      await expectTruth(world)
      await world.done({ start: '2026-10-24', end: '2026-10-25' })
      expect(world.warnings).toEqual([expect.stringContaining('marts.ahead: 1 row, at 2026-11-23')])
      await expectTruth(world)
    })
  })

  test('that are not complete yet come in their turn, and nothing is said', async () => {
    const open = copied('select id, device, seen, v from raw.events where seen >= $start', {
      allow_incomplete: false,
    })
    const assets = { 'raw.events': events, 'marts.open': open }
    await inWorld(
      EVENTS,
      assets,
      async (world) => {
        world.now = Date.parse('2026-10-25T10:30:00Z')
        await world.done()
        expect(world.warnings).toEqual([])
        expect(await world.rows(`select max(seen) < '2026-10-25 10:00:00Z' from marts.open`)).toEqual([
          [true],
        ])
        await expectTruth(world)
        world.now = Date.parse('2026-10-27T12:00:00Z')
        await world.done()
        await expectTruth(world)
      },
      { now: '2026-10-25T10:30:00Z' },
    )
  })

  test('of a statement that names no range at all are those of other ranges, and nothing is said', async () => {
    const all = copied('select id, device, seen, v from raw.events')
    await inWorld(EVENTS, { 'raw.events': events, 'marts.all': all }, async (world) => {
      await world.done()
      await comeLate(world)
      await world.done()
      expect(world.warnings).toEqual([])
      await expectTruth(world)
    })
  })

  test('are not there where nothing is complete yet', async () => {
    const all = copied('select id, device, seen, v from raw.events', { allow_incomplete: false })
    await inWorld(
      EVENTS,
      { 'raw.events': events, 'marts.all': all },
      async (world) => {
        await world.done()
        expect(await world.rows('select count(*) from marts.all')).toEqual([[0]])
        world.now = Date.parse('2026-10-27T12:00:00Z')
        await world.done()
        await expectTruth(world)
      },
      { now: '2026-10-24T00:10:00Z' },
    )
  })
})

describe('TypeScript assets', () => {
  const typed = (loop: string, header: Record<string, unknown> = {}): TruthAsset => ({
    header: {
      materialize: 'incremental',
      inputs: ['raw.events'],
      time: { column: 'seen', grain: 'hour' },
      allow_incomplete: true,
      columns: { id: { type: 'bigint' }, seen: { type: 'timestamptz' }, v: { type: 'integer' } },
      ...header,
    },
    body: `export default async function* (ctx: any) {\n${loop}\n}`,
    ts: true,
  })
  const everything = `for await (const row of ctx.input('raw.events')) yield { id: row.id, seen: row.seen, v: row.v }`

  for (const materialize of ['incremental', 'append'])
    test(`that yield every row for every range have each once in a table that is ${materialize}`, async () => {
      const assets = { 'raw.events': events, 'marts.all': typed(everything, { materialize }) }
      await inWorld(EVENTS, assets, async (world) => {
        await world.done()
        expect(world.warnings).toEqual([])
        await comeLate(world)
        await world.done()
        expect(world.warnings).toEqual([
          expect.stringContaining('yield only rows whose seen lies in ctx.interval'),
        ])
        expect(await world.rows('select count(*), count(distinct id) from marts.all')).toEqual([[203, 203]])
        await expectTruth(world)
      })
    })

  test('that yield rows beyond their interval, or without a time, are told of it', async () => {
    const beyond = typed(`for await (const row of ctx.input('raw.events', { interval: ctx.interval })) {
  yield { id: row.id, seen: row.seen, v: row.v }
  if (Number(row.id) % 100 === 0) yield { id: row.id, seen: null, v: row.v }
  if (Number(row.id) === 150) yield { id: row.id, seen: new Date(row.seen.getTime() + 86_400_000 * 9), v: row.v }
}`)
    await inWorld(EVENTS, { 'raw.events': events, 'marts.beyond': beyond }, async (world) => {
      const first = await world.done()
      expect(rowsTold(first, 'marts.beyond')).toBe(200)
      expect(world.warnings).toEqual([
        expect.stringContaining('marts.beyond: 1 row, at 2026-11-03'),
        expect.stringContaining('marts.beyond: 2 rows have no seen and are left out'),
      ])
      await comeLate(world)
      await world.done()
      await expectTruth(world)
    })
  })
})

describe('rows without a time', () => {
  const timeless = (header: Record<string, unknown> = {}) =>
    copied(
      `select id, device, seen, v from raw.events where (${RANGE}) or seen is null or seen = 'infinity'`,
      header,
    )
  const withTimeless = `${EVENTS}; insert into events (device, seen, v) values (1, null, 1), (1, null, 1), (2, 'infinity', 2)`

  for (const materialize of ['incremental', 'append'])
    test(`are left out of a table that is ${materialize}, always, and told`, async () => {
      const assets = { 'raw.events': events, 'marts.timeless': timeless({ materialize }) }
      await inWorld(withTimeless, assets, async (world) => {
        const first = await world.done()
        expect(rowsTold(first, 'marts.timeless')).toBe(200)
        const told = expect.stringContaining('marts.timeless: 3 rows have no seen and are left out')
        expect(world.warnings).toEqual([told])
        await insert(world, null)
        await comeLate(world)
        await world.done()
        expect(world.warnings).toHaveLength(1)
        expect(await world.rows('select count(*) from marts.timeless')).toEqual([[203]])
        await expectTruth(world)
      })
    })

  test('are held by a check that wants one, and let go by one that lets them pass once', async () => {
    const columns = { seen: { checks: ['not_null'] } }
    const assets = { 'raw.events': events, 'marts.timeless': timeless({ columns }) }
    await inWorld(withTimeless, assets, async (world) => {
      const held = await world.run()
      expect(held.steps[1]).toMatchObject({ status: 'held', reason: expect.stringContaining('not_null') })
      await world.done({ accept: ['not_null'] })
      expect(await world.rows('select count(*) from marts.timeless')).toEqual([[200]])
    })
  })

  test('are set aside by a check that says so', async () => {
    const columns = { seen: { checks: [{ not_null: { on_fail: 'quarantine' } }] } }
    const assets = { 'raw.events': events, 'marts.timeless': timeless({ columns }) }
    await inWorld(withTimeless, assets, async (world) => {
      await world.done()
      const aside = 'select count(*) from quarantine.marts__timeless where seen is null'
      expect(await world.rows(aside)).toEqual([[2]])
      await insert(world, null)
      await insert(world, '2026-10-24 15:05Z')
      await world.done()
      expect(await world.rows(aside)).toEqual([[3]])
      await expectTruth(world)
    })
  })
})

describe('a time cut coarser than the grain', () => {
  for (const cut of ['day', 'week', 'quarter', 'year'])
    test(`to the ${cut} keeps the rows of the first, begun one from the first build on`, async () => {
      const key = ['device', 'at']
      const time = { column: 'at', grain: 'hour' }
      const body = `select device, date_trunc('${cut}', seen) as at, sum(v)::bigint as v, count(*) as n
from raw.events where ${RANGE} group by all`
      const assets = { 'raw.events': events, 'marts.cut': copied(body, { time, key }) }
      await inWorld(EVENTS.replace('2026-10-24 00:00Z', '2026-10-24 09:00Z'), assets, async (world) => {
        await world.done()
        expect(world.warnings).toEqual([])
        expect(await world.rows('select sum(n) from marts.cut')).toEqual([[200]])
        for (const at of ['2026-10-24 15:05Z', '2026-10-24 02:10Z', '2026-08-20 09:00Z']) {
          await insert(world, at)
          await world.done()
          expect(world.warnings).toEqual([])
          await expectTruth(world)
        }
      })
    })

  test('in place of a finer one keeps every row', async () => {
    const assets = { 'raw.events': events, 'marts.hourly': hourly() }
    await inWorld(EVENTS.replace('2026-10-24 00:00Z', '2026-10-24 09:00Z'), assets, async (world) => {
      await world.done()
      const daily = { ...hourly(), body: hourly().body.replace(`'hour'`, `'day'`) }
      await world.change('marts.hourly', daily)
      await world.done()
      expect(await world.rows('select sum(n) from marts.hourly')).toEqual([[200]])
      await insert(world, '2026-10-24 15:05Z')
      await world.done()
      await expectTruth(world)
    })
  })
})

describe('a statement that gives rows for hours in which nothing came', () => {
  const time = { column: 'hour', grain: 'hour' }
  const zeros = (rows: string, hour: string) =>
    `with hours as (select unnest(generate_series($start, $end - interval 1 hour, interval 1 hour)) as hour)
select hour, coalesce(n, 0) as n from hours left join
(select ${hour} as hour, count(*) as n from ${rows} where ${hour} >= $start and ${hour} < $end group by all) using (hour)`

  test('gives those of a silence too, however late it is over', async () => {
    const body = zeros('raw.events', `date_trunc('hour', seen)`)
    const assets = { 'raw.events': events, 'marts.zeros': copied(body, { time, key: ['hour'] }) }
    await inWorld(EVENTS, assets, async (world) => {
      await world.done()
      for (const at of ['2026-10-27 08:05Z', '2026-10-22 10:05Z', '2026-10-24 15:05Z']) {
        await insert(world, at)
        await world.done()
        await expectTruth(world)
      }
    })
  })

  test('gives those of all of the last day of what it reads', async () => {
    const daily = (type: string) => ({
      header: { ...hourly().header, time: { column: 'day', grain: 'day' }, key: ['day'] },
      body: `select date_trunc('day', seen)::${type} as day, count(*) as n from raw.events
where ${RANGE} group by all`,
    })
    const spread = (input: string) =>
      copied(
        `select day + to_hours(h::int) as hour, n / 24 as n from ${input}, range(24) as t(h)
where day + to_hours(h::int) >= $start and day + to_hours(h::int) < $end`,
        { time, key: ['hour'] },
      )
    const assets = {
      'raw.events': events,
      'marts.daily': daily('timestamptz'),
      'marts.dated': daily('date'),
      'marts.spread': spread('marts.daily'),
      'marts.spread_dated': spread('marts.dated'),
    }
    await inWorld(EVENTS, assets, async (world) => {
      await world.done()
      expect(await world.rows('select count(*) from marts.spread_dated')).toEqual([[24 * 3]])
      for (const at of ['2026-10-26 12:05Z', '2026-10-24 15:05Z']) {
        await insert(world, at)
        await world.done()
        await expectTruth(world)
      }
    })
  })
})
