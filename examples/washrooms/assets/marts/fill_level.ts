/* @asset
description: >
  What is really in every dispenser at every reading, by a Kalman filter per device that knows how many people came
  by, finds refills as change points, doesn't listen to frozen sensors and takes drift off (algorithms/fill-filter.ts
  explains it). A filter carries its past forward, so a late row changes all that comes after it: the table is made
  anew whenever levels or traffic change.
owner: data
tags: [marts]
materialize: table
inputs: [staging.levels, marts.traffic_hourly]
time: { column: read_at }
key: [reading_id]
columns:
  reading_id: { type: BIGINT, description: The reading it belongs to, checks: [not_null, unique] }
  device_id: { type: INTEGER, checks: [not_null] }
  customer_id: { type: INTEGER, checks: [not_null] }
  washroom_id: { type: INTEGER, checks: [not_null] }
  kind: { type: VARCHAR }
  read_at: { type: TIMESTAMP WITH TIME ZONE, checks: [not_null] }
  measured: { type: DOUBLE, description: "What the sensor said, percent" }
  level: { type: DOUBLE, description: "What is in it, percent", checks: [not_null, { accepted_range: { min: 0, max: 100 } }] }
  level_sd: { type: DOUBLE, description: "Standard deviation of level, percent" }
  per_visit: { type: DOUBLE, description: Percent that one visit takes }
  refill: { type: BOOLEAN, description: Refilled since the reading before }
  added: { type: DOUBLE, description: Percent filled in }
  believed: { type: BOOLEAN, description: False where the reading was taken for an outlier or a frozen sensor }
  sensor_error: { type: DOUBLE, description: "What the sensor was found to be off by after refills, percent" }
schedule: '0-59/2 * * * *'
budget: { duration: 30s }
deliver: { to: lake, path: fill_level.parquet }
*/

import type { Context, NewRow, Row, Rows } from 'millrace'
import { filterFill, type LevelReading, type VisitsBetween } from '../../algorithms/fill-filter.js'
import { visitsByWashroom } from '../../algorithms/visit-forecast.js'

type Level = Row<'staging.levels'>

export default async function* (ctx: Context<'marts.fill_level'>): Rows<'marts.fill_level'> {
  const traffic: { washroomId: number; hour: number; visits: number }[] = []
  for await (const row of ctx.input('marts.traffic_hourly', { columns: ['washroom_id', 'hour', 'visits'] }))
    traffic.push({ washroomId: row.washroom_id, hour: row.hour.getTime(), visits: row.visits })
  const visitsOf = visitsByWashroom(traffic)
  // One device's rows at a time are in memory.
  let rows: Level[] = []
  const filtered = () => estimates(rows, visitsOf(rows[0]!.washroom_id), ctx.vars.full_percent)
  for await (const row of ctx.input('staging.levels', { orderBy: ['device_id', 'read_at', 'reading_id'] })) {
    if (rows.length > 0 && rows[0]!.device_id !== row.device_id) {
      yield filtered()
      rows = []
    }
    rows.push(row)
  }
  if (rows.length > 0) yield filtered()
}

function estimates(
  rows: readonly Level[],
  visits: VisitsBetween,
  full: number,
): NewRow<'marts.fill_level'>[] {
  const readings: LevelReading[] = rows.map((row) => ({
    readAt: row.read_at.getTime(),
    level: row.level,
    sent: row.sent_level,
  }))
  return filterFill(readings, visits, { fullPercent: full }).map((estimate, index) => {
    const { reading_id, device_id, customer_id, washroom_id, kind, read_at, level } = rows[index]!
    return {
      reading_id,
      device_id,
      customer_id,
      washroom_id,
      kind,
      read_at,
      measured: level,
      level: estimate.level,
      level_sd: estimate.sd,
      per_visit: estimate.perVisit,
      refill: estimate.refill,
      added: estimate.added,
      believed: estimate.believed,
      sensor_error: estimate.sensorError,
    }
  })
}
