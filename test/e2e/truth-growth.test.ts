import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { World } from './truth-world.js'

/** `TRUTH_RERUNS=100 TRUTH_ROWS=400000` for the long version. */
const reruns = Number(process.env.TRUTH_RERUNS ?? 8)
const rows = Number(process.env.TRUTH_ROWS ?? 30_000)

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

test('reruns keep the warehouse within twice its first size, whether rows changed or not', {
  timeout: 600_000,
}, async () => {
  const url = await server.createDatabase()
  const world = await World.open({
    sourceUrl: url,
    appUrl: url,
    stateUrl: await server.createDatabase(),
    now: '2026-10-27T12:00:00Z',
  })
  try {
    await world.source.query(
      `create table readings as select n as id, n % 50 as device, timestamptz '2026-10-01' + make_interval(mins => n) as seen,
         md5(n::text) as note from generate_series(1, ${rows}) n`,
    )
    await world.set({
      'raw.readings': {
        header: {
          source: { from: 'upstream', table: 'readings' },
          key: ['id'],
          time: { column: 'seen' },
        },
      },
      'marts.hourly': {
        header: {
          materialize: 'incremental',
          time: { column: 'hour', grain: 'hour' },
          key: ['device', 'hour'],
          allow_incomplete: true,
          deliver: { to: 'app', table: 'hourly' },
        },
        body: `select device, date_trunc('hour', seen) as hour, count(*) as n, max(note) as note from raw.readings
where seen >= $start and seen < $end group by all`,
      },
    })
    const size = () => statSync(join(world.root, '.millrace/warehouse.duckdb')).size
    await world.done()
    await world.release()
    const first = size()
    for (let rerun = 0; rerun < reruns; rerun++) await world.done()
    await world.release()
    expect(size(), 'reruns with nothing new').toBeLessThanOrEqual(2 * first)
    const sizes: number[] = []
    for (let rerun = 0; rerun < reruns; rerun++) {
      await world.source.query(`update readings set note = note || 'x' where id % 97 = $1`, [rerun % 97])
      await world.done(rerun % 3 === 0 ? { full: true } : {})
      sizes.push(size())
    }
    await world.release()
    sizes.push(size())
    expect(Math.max(...sizes), 'reruns over changed rows').toBeLessThanOrEqual(2 * first)
  } finally {
    await world.close()
  }
})
