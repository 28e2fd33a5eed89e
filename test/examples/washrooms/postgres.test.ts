import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeHistory } from '../../../examples/washrooms/fleet/history.js'
import {
  BAD_BATCH_ROWS,
  injectBadBatch,
  renameReadingColumn,
  silenceDevices,
  undoBadBatch,
} from '../../../examples/washrooms/fleet/incidents.js'
import { openLiveFleet, sendLive } from '../../../examples/washrooms/fleet/live.js'
import { HOUR } from '../../../examples/washrooms/fleet/settings.js'
import { startTestPostgres, type TestPostgres } from '../../support/postgres.js'

const until = Date.parse('2024-05-13T10:00:00Z')
const small = { seed: 11, days: 2, customers: 1, until }

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<Record<string, unknown>>(sql)
  await client.end()
  return rows
}
const one = async (url: string, sql: string) => Object.values((await query(url, sql))[0]!)[0]
const CONTENT = `select md5(string_agg(r::text, '' order by id)) from hardware.readings r`
const CONTENT_BUT_ID = `select md5(string_agg((to_jsonb(r) - 'id')::text, '' order by received_at, device_id, read_at, id)) from hardware.readings r`

describe('the fleet in a database', () => {
  it('writes its history once, with a truth beside it, and the same for the same seed', async () => {
    const [first, second] = [await server.createDatabase(), await server.createDatabase()]
    const truth = join(mkdtempSync(join(tmpdir(), 'washrooms-truth-')), 'truth')
    const outcome = await writeHistory({ url: first, truth, ...small })
    expect(outcome).toMatchObject({ written: true, sentUntil: until })
    expect(outcome.readings).toBe(Number(await one(first, 'select count(*) from hardware.readings')))
    expect(existsSync(join(truth, 'levels.parquet'))).toBe(true)
    rmSync(join(truth, '..'), { recursive: true })
    await writeHistory({ url: second, ...small })
    expect(await one(second, CONTENT)).toBe(await one(first, CONTENT))
    const again = await writeHistory({ url: first, ...small, seed: 12 })
    expect(again).toMatchObject({ written: false, readings: outcome.readings, settings: { seed: 11 } })
    expect(await writeHistory({ url: first, ...small, seed: 12, replace: true })).toMatchObject({
      written: true,
    })
    expect(await one(first, CONTENT)).not.toBe(await one(second, CONTENT))
  })

  it('has nothing from after its end, and ids in order of arrival', async () => {
    const url = await server.createDatabase()
    await writeHistory({ url, ...small })
    expect(
      await one(url, `select max(received_at) < '${new Date(until).toISOString()}' from hardware.readings`),
    ).toBe(true)
    const disorder = `select count(*)::int from (select received_at < lag(received_at) over (order by id) as wrong from hardware.readings) x where wrong`
    expect(await one(url, disorder)).toBe(0)
    expect(await one(url, disorder.replaceAll('received_at', 'read_at'))).toBeGreaterThan(50)
  })

  it('goes on live the same way whatever the steps', async () => {
    const [steps, leap] = [await server.createDatabase(), await server.createDatabase()]
    for (const url of [steps, leap]) await writeHistory({ url, ...small })
    for (const minutes of [7, 90, 91, 400]) {
      const fleet = await openLiveFleet({ url: steps })
      expect((await fleet.sendUntil(until + minutes * 60_000)).sentUntil).toBe(until + minutes * 60_000)
      await fleet.close()
    }
    const fleet = await openLiveFleet({ url: leap })
    const sent = await fleet.sendUntil(until + 400 * 60_000)
    expect(sent.readings).toBeGreaterThan(1000)
    await expect(openLiveFleet({ url: leap })).rejects.toThrow('Another live fleet')
    await fleet.close()
    expect(await one(steps, CONTENT_BUT_ID)).toBe(await one(leap, CONTENT_BUT_ID))
    expect(await one(leap, 'select readings::int from fleet.history')).toBe(
      await one(leap, 'select count(*)::int from hardware.readings'),
    )
  })

  it('keeps to the clock once it has caught up with it', async () => {
    const url = await server.createDatabase()
    await writeHistory({ url, ...small })
    const stop = new AbortController()
    const ticks = sendLive({
      url,
      everyMs: 1,
      speed: 3_600_000,
      now: () => until + HOUR,
      signal: stop.signal,
    })
    expect((await ticks.next()).value).toMatchObject({ sentUntil: until + HOUR })
    expect((await ticks.next()).value).toEqual({ readings: 0, sentUntil: until + HOUR })
    stop.abort()
    expect((await ticks.next()).done).toBe(true)
  })

  it('needs a history before it can go on', async () => {
    await expect(openLiveFleet({ url: await server.createDatabase() })).rejects.toThrow('no fleet yet')
  })
})

describe('incidents', () => {
  it('send a bad batch, the same for the same fleet, and take exactly that out again', async () => {
    const [first, second] = [await server.createDatabase(), await server.createDatabase()]
    for (const url of [first, second]) await writeHistory({ url, ...small })
    const before = await one(first, CONTENT)
    const batch = await injectBadBatch({ url: first })
    expect(batch.rows).toBe(BAD_BATCH_ROWS)
    await injectBadBatch({ url: second })
    expect(await one(first, CONTENT)).toBe(await one(second, CONTENT))
    const bad = await query(
      first,
      `select count(*) filter (where device_id is null)::int as nameless, count(*) filter (where device_id > 900000)::int as unknown,
         min(people_in) as least from hardware.readings where id >= ${batch.firstId}`,
    )
    expect(bad[0]).toMatchObject({ least: 5000 })
    expect(bad[0]!.nameless).toBeGreaterThan(200)
    expect(bad[0]!.unknown).toBeGreaterThan(300)
    await injectBadBatch({ url: first })
    expect(await undoBadBatch({ url: first })).toEqual({ rows: BAD_BATCH_ROWS })
    expect(await undoBadBatch({ url: first })).toEqual({ rows: 0 })
    expect(await one(first, CONTENT)).toBe(before)
  })

  it('silence devices and let them speak again; a renamed column does not stop the fleet', async () => {
    const url = await server.createDatabase()
    await writeHistory({ url, ...small })
    await silenceDevices({ url, deviceIds: [1001] })
    await renameReadingColumn({ url, from: 'level', to: 'fill' })
    const heard = `select count(*)::int from hardware.readings where device_id = 1001`
    const before = await one(url, heard)
    const fleet = await openLiveFleet({ url })
    await fleet.sendUntil(until + HOUR)
    expect(await one(url, heard)).toBe(before)
    await silenceDevices({ url, deviceIds: [] })
    await fleet.sendUntil(until + 3 * HOUR)
    await fleet.close()
    expect(await one(url, heard)).toBeGreaterThan(Number(before))
    expect(await one(url, 'select count(fill) > 0 from hardware.readings')).toBe(true)
  })
})
