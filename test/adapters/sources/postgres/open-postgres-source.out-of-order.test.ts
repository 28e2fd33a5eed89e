import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestPostgres, type TestPostgres } from '../../../support/postgres.js'
import { Loader, openClient, sourceAsset } from './support.js'

let postgres: TestPostgres
let url: string
beforeAll(async () => {
  postgres = await startTestPostgres()
  url = await postgres.createDatabase()
})
afterAll(() => postgres.stop())

const TABLE = 'public.events'

async function freshTable(client: pg.Client): Promise<void> {
  await client.query(`drop table if exists ${TABLE};
    create table ${TABLE} (id bigserial primary key, writer text, at timestamptz not null default now())`)
}

async function withSessions<T>(count: number, work: (sessions: pg.Client[]) => Promise<T>): Promise<T> {
  const sessions = await Promise.all(Array.from({ length: count }, () => openClient(url)))
  try {
    return await work(sessions)
  } finally {
    await Promise.all(sessions.map((session) => session.end()))
  }
}

const upstreamIds = async (client: pg.Client) =>
  (await client.query<{ id: string }>(`select id from ${TABLE} order by id`)).rows.map(({ id }) => id)
const loadedIds = async (loader: Loader) =>
  (await loader.query('select id from live order by id')).map(([id]) => id)

describe.each([['id'], ['at']])('transactions that commit out of order, read by %s', (cursor) => {
  const asset = sourceAsset({ table: TABLE, load: 'incremental', cursor })

  it('a row committed after later ones were loaded is read at the next load', () =>
    withSessions(2, async ([slow, quick]) => {
      await freshTable(quick!)
      const loader = await Loader.open(asset, url)
      await slow!.query('begin')
      await slow!.query(`insert into ${TABLE} (writer) values ('slow')`)
      await quick!.query(`insert into ${TABLE} (writer) values ('quick'), ('quick')`)
      await loader.load()
      expect(await loadedIds(loader)).toEqual(['2', '3'])
      await slow!.query('commit')
      await loader.load()
      expect(await loadedIds(loader)).toEqual(['1', '2', '3'])
    }))

  it('one that stays open over many loads holds the position back, and loses nothing when it ends', () =>
    withSessions(2, async ([slow, quick]) => {
      await freshTable(quick!)
      const loader = await Loader.open(asset, url)
      await loader.load()
      await slow!.query('begin')
      await slow!.query(`insert into ${TABLE} (writer) values ('slow')`)
      for (let load = 0; load < 25; load++) {
        await quick!.query(`insert into ${TABLE} (writer) select 'quick' from generate_series(1, 5)`)
        await loader.load()
      }
      expect(JSON.stringify(loader.position).length).toBeLessThan(5000)
      await slow!.query(`insert into ${TABLE} (writer) values ('slow, later')`)
      await slow!.query('commit')
      await loader.load()
      expect(await loadedIds(loader)).toEqual(await upstreamIds(quick!))
    }))

  it('a transaction that is rolled back or prepared leaves nothing behind and loses nothing', () =>
    withSessions(2, async ([slow, quick]) => {
      await freshTable(quick!)
      const loader = await Loader.open(asset, url)
      await slow!.query(`begin; insert into ${TABLE} (writer) values ('never')`)
      await quick!.query(`insert into ${TABLE} (writer) values ('quick')`)
      await loader.load()
      await slow!.query('rollback')
      await loader.load()
      expect(await loadedIds(loader)).toEqual(['2'])
    }))
})

it('a transaction prepared between two loads holds the position back until it is committed', async () => {
  const own = await startTestPostgres()
  const client = await openClient(own.url)
  await client.query(`alter system set max_prepared_transactions = 4`)
  await client.end()
  await own.kill()
  await own.start()
  const slow = await openClient(own.url)
  const quick = await openClient(own.url)
  try {
    await freshTable(quick)
    const loader = await Loader.open(
      sourceAsset({ table: TABLE, load: 'incremental', cursor: 'id' }),
      own.url,
    )
    await slow.query(`begin; insert into ${TABLE} (writer) values ('slow')`)
    await quick.query(`insert into ${TABLE} (writer) values ('quick')`)
    await loader.load()
    await slow.query(`prepare transaction 'both'`)
    await loader.load()
    await quick.query(`insert into ${TABLE} (writer) values ('quick')`)
    await loader.load()
    await slow.query(`commit prepared 'both'`)
    await loader.load()
    expect(await loadedIds(loader)).toEqual(['1', '2', '3'])
  } finally {
    await slow.end()
    await quick.end()
    await own.stop()
  }
})

it('when nothing is open any more, nothing is read again', () =>
  withSessions(2, async ([slow, quick]) => {
    await freshTable(quick!)
    const loader = await Loader.open(sourceAsset({ table: TABLE, load: 'incremental', cursor: 'id' }), url)
    await slow!.query(`begin; insert into ${TABLE} (writer) values ('slow')`)
    await quick!.query(`insert into ${TABLE} (writer) values ('quick')`)
    await loader.load()
    expect((await loader.load()).rows).toBe(1)
    await slow!.query('commit')
    expect((await loader.load()).rows).toBe(2)
    expect((await loader.load()).rows).toBeNull()
  }))

describe('any interleaving of writers and loads', () => {
  it.each([1, 2, 3, 4])('loses no row and doubles none (seed %i)', (seed) =>
    withSessions(4, async (writers) => {
      const random = generator(seed)
      const observer = await openClient(url)
      await freshTable(observer)
      const cursor = seed % 2 === 0 ? 'id' : 'at'
      const loader = await Loader.open(sourceAsset({ table: TABLE, load: 'incremental', cursor }), url)
      const open = writers.map(() => false)
      for (let move = 0; move < 100; move++) {
        const writer = Math.floor(random() * writers.length)
        const session = writers[writer]!
        const dice = random()
        if (dice < 0.2) await loader.load()
        else if (!open[writer]) {
          await session.query('begin')
          open[writer] = true
          // Some draw their number, or their time, long before they write.
          if (dice < 0.5) await session.query(`select nextval('${TABLE}_id_seq')`)
        } else if (dice < 0.75) await session.query(`insert into ${TABLE} (writer) values ('w${writer}')`)
        else {
          await session.query(dice < 0.95 ? 'commit' : 'rollback')
          open[writer] = false
        }
      }
      for (const session of writers) await session.query('commit')
      await loader.load()
      expect(await loadedIds(loader)).toEqual(await upstreamIds(observer))
      await observer.end()
    }),
  )
})

/** Reproducible numbers from 0 to 1. */
function generator(seed: number): () => number {
  let state = seed * 2654435761
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
