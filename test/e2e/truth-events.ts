import { afterAll, beforeAll, expect } from 'vitest'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { type TruthAssets, World, type WorldOptions } from './truth-world.js'

type Work = (world: World) => Promise<void>
type InWorld = (
  setUp: string,
  assets: TruthAssets,
  work: Work,
  options?: Partial<WorldOptions>,
) => Promise<void>

/** Worlds with databases of their own, on one server for the file's tests. */
export function useWorlds(): InWorld {
  let server: TestPostgres
  let stateUrl: string
  beforeAll(async () => {
    server = await startTestPostgres()
    stateUrl = await server.createDatabase()
  })
  afterAll(() => server.stop())
  return async (setUp, assets, work, options = {}) => {
    const world = await World.open({
      sourceUrl: await server.createDatabase(),
      appUrl: await server.createDatabase(),
      stateUrl,
      now: '2026-10-27T12:00:00Z',
      ...options,
    })
    try {
      await world.source.query(setUp)
      await world.set(assets)
      await work(world)
    } finally {
      await world.close()
    }
  }
}

/** Compares every asset with a build from nothing, and every delivery with its release. */
export async function expectTruth(world: World, names = Object.keys(world.assets)): Promise<void> {
  expect(await world.tables(names)).toEqual(await world.fromScratch(names))
  expect(await world.wrongDeliveries()).toEqual([])
}

export const EVENTS = `create table events (id bigserial primary key, device int, seen timestamptz, v int);
insert into events (device, seen, v) select n % 3, timestamptz '2026-10-24 00:00Z' + make_interval(mins => n * 17), n % 7
from generate_series(1, 200) n`

export const events = {
  header: {
    source: { from: 'upstream', table: 'events', load: 'incremental', cursor: 'id' },
    key: ['id'],
    time: { column: 'seen' },
  },
}

export const hourly = (factor = 1, header: Record<string, unknown> = {}) => ({
  header: {
    materialize: 'incremental',
    time: { column: 'hour', grain: 'hour' },
    key: ['device', 'hour'],
    allow_incomplete: true,
    ...header,
  },
  body: `select device, date_trunc('hour', seen) as hour, (sum(v) * ${factor})::bigint as v, count(*) as n
from raw.events where seen >= $start and seen < $end group by all`,
})

export const insert = (world: World, at: string | null, v = 1, device = 1) =>
  world.source.query('insert into events (device, seen, v) values ($1, $2, $3)', [device, at, v])
