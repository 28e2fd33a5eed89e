import { readFile } from 'node:fs/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Message } from '../fleet/message.js'
import type { FleetSettings } from '../fleet/settings.js'
import { registerColumns } from '../fleet/truth-table.js'
import { World } from '../fleet/world.js'
import { COMPARISONS, type Comparison } from './queries.js'

export type ScoreLine = Omit<Comparison, 'sql'> & Readonly<{ ours: number | null; naive: number | null }>
export type Score = Readonly<{ settings: FleetSettings; readings: number; lines: readonly ScoreLine[] }>

const TRUTHS = ['visits', 'levels', 'refills', 'faults', 'hours_until_empty'] as const
const RESULTS = ['traffic_hourly', 'fill_level', 'refills', 'hours_until_empty', 'device_health'] as const

/**
 * Compares what Millrace delivered as Parquet into `lake` with the ground truth in `truth`, beside what one gets
 * from the readings as they were sent. Those are lived through again, so no database is needed.
 */
export async function score(options: { lake: string; truth: string }): Promise<Score> {
  // Written by the fleet itself.
  const settings = JSON.parse(await readFile(`${options.truth}/settings.json`, 'utf8')) as FleetSettings
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  try {
    await connection.run("set timezone = 'Europe/Dublin'")
    for (const name of TRUTHS) await open(connection, `truth_${name}`, `${options.truth}/${name}.parquet`)
    for (const name of RESULTS) await open(connection, name, `${options.lake}/${name}.parquet`)
    const readings = await insertRaw(connection, settings)
    const lines: ScoreLine[] = []
    for (const { sql, ...comparison } of COMPARISONS) {
      const [row] = (await connection.runAndReadAll(sql)).getRowsJS()
      lines.push({ ...comparison, ours: figure(row?.[0]), naive: figure(row?.[1]) })
    }
    return { settings, readings, lines }
  } finally {
    connection.closeSync()
  }
}

const figure = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value)

async function open(connection: DuckDBConnection, name: string, path: string): Promise<void> {
  await connection.run(`create view ${name} as select * from read_parquet('${path.replaceAll("'", "''")}')`)
}

/** The readings as they were sent, for the naive way. */
async function insertRaw(connection: DuckDBConnection, settings: FleetSettings): Promise<number> {
  const world = new World(settings)
  const columns = {
    device_id: [] as number[],
    read_at: [] as number[],
    people_in: [] as number[],
    level: [] as number[],
  }
  const add = ({ deviceId, readAt, peopleIn, level }: Message) => {
    columns.device_id.push(deviceId)
    columns.read_at.push(readAt)
    columns.people_in.push(peopleIn ?? Infinity)
    columns.level.push(level ?? Infinity)
  }
  while (world.now < settings.until) {
    world.advance()
    world.outbox.drain(world.now).forEach(add)
  }
  const source = registerColumns(connection, columns)
  await connection.run(`create table raw_readings as select device_id::integer as device_id,
    make_timestamptz((read_at * 1000)::bigint) as read_at,
    nullif(people_in, 'infinity')::integer as people_in, nullif(level, 'infinity') as level from ${source}()`)
  await connection.run('create table raw_devices (device_id integer, washroom_id integer, kind varchar)')
  const devices = world.park.devices.map((one) => `(${one.deviceId}, ${one.washroomId}, '${one.kind}')`)
  await connection.run(`insert into raw_devices values ${devices}`)
  return columns.device_id.length
}
