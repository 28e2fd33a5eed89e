import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeEach, describe, expect, it } from 'vitest'
import { HOUR } from '../../../examples/washrooms/fleet/settings.js'
import { type Interval, mergeIntervals } from '../../../src/domain/interval.js'
import {
  buildAsset,
  liveThrough,
  openWarehouse,
  rebuildRanges,
  rowsOf,
  smallFleet,
  wholeRange,
} from './harness.js'

/** Assets built range by range, in order, with the hours each reaches back. */
const RANGED = [
  { name: 'staging.readings', lookbackHours: 8 },
  { name: 'staging.door_counts', lookbackHours: 2 },
  { name: 'staging.levels', lookbackHours: 0 },
  { name: 'marts.traffic_hourly', lookbackHours: 0 },
] as const

const settings = smallFleet({ customers: 1, faults: { outagePerDay: 0.3, clockAhead: 0.2 } })
const range = wholeRange(settings)
const { world, messages } = liveThrough(settings)

let warehouse: DuckDBConnection

/** Rows in one table and not in the other, counted with their doubles. */
async function differences(name: string): Promise<number> {
  const [row] = await rowsOf(
    warehouse,
    `select count(*) from (
       (select * from ${name} except all select * from whole.${name})
       union all (select * from whole.${name} except all select * from ${name}))`,
  )
  return Number(row![0])
}

/** Builds everything at once from all messages and keeps it as catalog `whole`. */
beforeEach(async () => {
  warehouse = await openWarehouse(world, messages)
  await warehouse.run("attach ':memory:' as whole; create schema whole.staging; create schema whole.marts")
  for (const { name } of RANGED) {
    await buildAsset(warehouse, name, range)
    await warehouse.run(`create table whole.${name} as select * from ${name}`)
  }
})

describe('ranges of event time', () => {
  it('give the same rows in two pieces as in one', async () => {
    const half = Math.floor((range.start + range.end) / 2 / HOUR) * HOUR
    for (const { name } of RANGED) {
      await rebuildRanges(warehouse, name, [
        { start: range.start, end: half },
        { start: half, end: range.end },
      ])
      expect([name, await differences(name)]).toEqual([name, 0])
    }
  })

  it('touched by late rows are enough: rebuilding them gives what a full build gives', async () => {
    const cut = momentOfArrears()
    const early = messages.filter(({ receivedAt }) => receivedAt < cut).length
    await warehouse.run(`create table raw.all_readings as select * from raw.readings;
      delete from raw.readings where id > ${early}`)
    for (const { name } of RANGED) await buildAsset(warehouse, name, range)
    await warehouse.run(`insert into raw.readings select * from raw.all_readings where id > ${early}`)
    let touched = hoursOf(messages.slice(early).map(({ readAt }) => readAt))
    expect(touched.some(({ start }) => start < cut - 6 * HOUR)).toBe(true)
    expect(await differences('staging.readings')).toBeGreaterThan(0)
    for (const { name, lookbackHours } of RANGED) {
      const owed = reachBack(touched, lookbackHours)
      await rebuildRanges(warehouse, name, owed)
      expect([name, await differences(name)]).toEqual([name, 0])
      touched = owed
    }
  })
})

/** A moment at which many messages were stuck behind a gateway. */
function momentOfArrears(): number {
  const arrears = (at: number) =>
    messages.filter(({ receivedAt, readAt }) => receivedAt >= at && readAt < at - 8 * HOUR).length
  const moments = Array.from({ length: 100 }, (_, index) => settings.until - (index + 12) * HOUR)
  return moments.reduce((best, at) => (arrears(at) > arrears(best) ? at : best))
}

function hoursOf(instants: readonly number[]): Interval[] {
  const hours = [...new Set(instants.map((at) => Math.floor(at / HOUR) * HOUR))]
  return mergeIntervals(hours.map((start) => ({ start, end: start + HOUR })))
}

function reachBack(touched: readonly Interval[], hours: number): Interval[] {
  return mergeIntervals(
    touched.map(({ start, end }) => ({ start: start - hours * HOUR, end: Math.min(end, range.end) })),
  )
}
