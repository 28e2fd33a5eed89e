import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { parse } from 'yaml'
import { filterFill } from '../../../examples/washrooms/algorithms/fill-filter.js'
import { visitsByWashroom } from '../../../examples/washrooms/algorithms/visit-forecast.js'
import type { Message } from '../../../examples/washrooms/fleet/message.js'
import {
  type FleetOptions,
  type FleetSettings,
  fleetSettings,
  HOUR,
} from '../../../examples/washrooms/fleet/settings.js'
import { registerColumns } from '../../../examples/washrooms/fleet/truth-table.js'
import { World } from '../../../examples/washrooms/fleet/world.js'

export const EXAMPLE = fileURLToPath(new URL('../../../examples/washrooms/', import.meta.url))

export type Range = Readonly<{ start: number; end: number }>

/** Ten days are few for what happens once a month, so that happens more often here. */
const EAGER_FAULTS = {
  clockBehind: 0.05,
  stuckPerDay: 0.015,
  silentPerDay: 0.015,
  driftPerDay: 0.006,
  outagePerDay: 0.06,
}

/** Three customers, 27 washrooms, 108 devices, ten days that end on a fixed day. */
export const smallFleet = (overrides: Partial<FleetOptions> = {}) =>
  fleetSettings({
    seed: 11,
    days: 10,
    customers: 3,
    until: Date.parse('2024-05-24T00:00:00Z'),
    faults: EAGER_FAULTS,
    ...overrides,
  })

/** Everything the fleet's rows can give, in event time. */
export const wholeRange = ({ from, until }: FleetSettings): Range => ({ start: from - 3 * HOUR, end: until })

/** Messages of a fleet's history in order of arrival, and the world that sent them. */
export function liveThrough(settings: FleetSettings, witness?: ConstructorParameters<typeof World>[1]) {
  const world = new World(settings, witness)
  const messages: Message[] = []
  while (world.now < settings.until) {
    world.advance()
    messages.push(...world.outbox.drain(world.now))
  }
  return { world, messages }
}

/** A DuckDB with the raw tables of a fleet, in the project's time zone, as the engine's sessions are. */
export async function openWarehouse(world: World, messages: readonly Message[]): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(
    "set timezone = 'Europe/Dublin'; create schema raw; create schema staging; create schema marts",
  )
  await insertReadings(connection, messages)
  await dimension(
    connection,
    'customers',
    'customer_id integer, name varchar',
    world.park.customers.map((one) => [one.customerId, one.name]),
  )
  await dimension(
    connection,
    'sites',
    'site_id integer, customer_id integer, name varchar',
    world.park.sites.map((one) => [one.siteId, one.customerId, one.name]),
  )
  await dimension(
    connection,
    'washrooms',
    'washroom_id integer, site_id integer, name varchar',
    world.park.washrooms.map((one) => [one.washroomId, one.siteId, one.name]),
  )
  await dimension(
    connection,
    'devices',
    'device_id integer, washroom_id integer, kind varchar, capacity double',
    world.park.devices.map((one) => [one.deviceId, one.washroomId, one.kind, one.capacity]),
  )
  return connection
}

async function dimension(
  connection: DuckDBConnection,
  name: string,
  columns: string,
  rows: readonly (readonly (string | number | null)[])[],
) {
  const literal = (value: string | number | null) =>
    value === null ? 'null' : typeof value === 'number' ? `${value}` : `'${value.replaceAll("'", "''")}'`
  await connection.run(`create table raw.${name} (${columns})`)
  await connection.run(`insert into raw.${name} values ${rows.map((row) => `(${row.map(literal)})`)}`)
}

const MISSING = -1e300
const FIRMWARES = ['1.8.2', '2.4.6', '3.0.1']

async function insertReadings(connection: DuckDBConnection, messages: readonly Message[]): Promise<void> {
  const orMissing = (value: number | null) => value ?? MISSING
  const source = registerColumns(connection, {
    id: messages.map((_, index) => index + 1),
    device_id: messages.map((one) => one.deviceId),
    read_at: messages.map((one) => one.readAt),
    received_at: messages.map((one) => one.receivedAt),
    people_in: messages.map((one) => orMissing(one.peopleIn)),
    people_out: messages.map((one) => orMissing(one.peopleOut)),
    level: messages.map((one) => orMissing(one.level)),
    battery_mv: messages.map((one) => one.batteryMv),
    firmware: messages.map((one) => FIRMWARES.indexOf(one.firmware)),
  })
  const time = (column: string) => `make_timestamptz((${column} * 1000)::bigint) as ${column}`
  const maybe = (column: string, type: string) => `nullif(${column}, ${MISSING})::${type} as ${column}`
  await connection.run(`create table raw.readings as select id::bigint as id, device_id::integer as device_id,
    ${time('read_at')}, ${time('received_at')}, ${maybe('people_in', 'integer')}, ${maybe('people_out', 'integer')},
    ${maybe('level', 'double')}, battery_mv::integer as battery_mv,
    list_value(${FIRMWARES.map((one) => `'${one}'`)})[firmware::integer + 1] as firmware from ${source}()`)
}

type Header = {
  materialize: string
  time?: { column: string }
  key: string[]
  columns: Record<string, { checks?: unknown[] } | null>
  checks?: unknown[]
}

/** A SQL asset as its file has it. */
export function assetFile(name: string): { header: Header; sql: string } {
  const text = readFileSync(`${EXAMPLE}assets/${name.replace('.', '/')}.sql`, 'utf8')
  const end = text.indexOf('*/')
  // The header is ours and checked by the project loader's own tests.
  return { header: parse(text.slice(text.indexOf('@asset') + 6, end)) as Header, sql: text.slice(end + 2) }
}

const VARS = (parse(readFileSync(`${EXAMPLE}millrace.yaml`, 'utf8')) as { vars: Record<string, number> }).vars

/** The statement with its parameters filled in. */
export function statement(name: string, range: Range): string {
  const time = (instant: number) => `'${new Date(instant).toISOString()}'::timestamptz`
  let { sql } = assetFile(name)
  for (const [key, value] of Object.entries({ ...VARS, start: time(range.start), end: time(range.end) }))
    sql = sql.replaceAll(new RegExp(`\\$${key}\\b`, 'g'), `${value}`)
  return sql
}

/** Builds an asset's table; rows its checks would set aside go to `quarantine`. Returns how many those were. */
export async function buildAsset(connection: DuckDBConnection, name: string, range: Range): Promise<number> {
  await connection.run(`create or replace table ${name} as ${statement(name, range)}`)
  const conditions = quarantineConditions(name)
  let aside = 0
  for (const condition of conditions)
    aside += (await connection.run(`delete from ${name} where ${condition}`)).rowsChanged
  return aside
}

/** Replaces the rows of some ranges of event time, as a run does after late rows. */
export async function rebuildRanges(
  connection: DuckDBConnection,
  name: string,
  ranges: readonly Range[],
): Promise<void> {
  const column = assetFile(name).header.time!.column
  for (const range of ranges) {
    await connection.run(
      `delete from ${name} where epoch_ms(${column}) >= ${range.start} and epoch_ms(${column}) < ${range.end}`,
    )
    await connection.run(`insert into ${name} ${statement(name, range)}`)
  }
  for (const condition of quarantineConditions(name))
    await connection.run(`delete from ${name} where ${condition}`)
}

function quarantineConditions(name: string): string[] {
  const { header } = assetFile(name)
  const listed = [
    ...Object.entries(header.columns).flatMap(([column, spec]) =>
      (spec?.checks ?? []).map((check) => ({ column, check })),
    ),
    ...(header.checks ?? []).map((check) => ({ column: '', check })),
  ]
  return listed.flatMap(({ column, check }) => {
    if (typeof check !== 'object' || check === null) return []
    const [kind, options] = Object.entries(check)[0] as [string, Record<string, unknown>]
    if (options.on_fail !== 'quarantine') return []
    if (kind === 'relationships') return [`${column} not in (select ${options.field} from ${options.to})`]
    if (kind === 'not_null') return [`${column} is null`]
    if (kind === 'accepted_range') return [`${column} < ${options.min} or ${column} > ${options.max}`]
    return [
      `rowid in (${String(options.sql).replace('select *', 'select rowid').replace('from this', `from ${name}`)})`,
    ]
  })
}

/** `marts.fill_level` without a worker: the same functions on the same rows. */
export async function buildFillLevel(connection: DuckDBConnection): Promise<void> {
  const traffic = await rowsOf(
    connection,
    'select washroom_id, epoch_ms(hour)::double, visits from marts.traffic_hourly',
  )
  const visitsOf = visitsByWashroom(
    traffic.map(([washroomId, hour, visits]) => ({ washroomId: washroomId!, hour: hour!, visits: visits! })),
  )
  const levels = await rowsOf(
    connection,
    `select reading_id::double, device_id, washroom_id, epoch_ms(read_at)::double, level, sent_level
     from staging.levels order by device_id, read_at, reading_id`,
  )
  const columns = {
    reading_id: [] as number[],
    level: [] as number[],
    level_sd: [] as number[],
    per_visit: [] as number[],
    refill: [] as number[],
    added: [] as number[],
    believed: [] as number[],
    sensor_error: [] as number[],
  }
  for (let from = 0; from < levels.length; ) {
    let to = from
    while (to < levels.length && levels[to]![1] === levels[from]![1]) to++
    const device = levels.slice(from, to)
    const readings = device.map((row) => ({ readAt: row[3]!, level: row[4]!, sent: row[5]! }))
    filterFill(readings, visitsOf(device[0]![2]!), { fullPercent: VARS.full_percent! }).forEach(
      (estimate, index) => {
        columns.reading_id.push(device[index]![0]!)
        columns.level.push(estimate.level)
        columns.level_sd.push(estimate.sd)
        columns.per_visit.push(estimate.perVisit)
        columns.refill.push(estimate.refill ? 1 : 0)
        columns.added.push(estimate.added)
        columns.believed.push(estimate.believed ? 1 : 0)
        columns.sensor_error.push(estimate.sensorError)
      },
    )
    from = to
  }
  const source = registerColumns(connection, columns)
  await connection.run(`create or replace table marts.fill_level as
    select l.reading_id, l.device_id, l.customer_id, l.washroom_id, l.kind, l.read_at, l.level as measured, f.level, f.level_sd,
      f.per_visit, f.refill = 1 as refill, f.added, f.believed = 1 as believed, f.sensor_error
    from ${source}() f join staging.levels l on l.reading_id = f.reading_id::bigint`)
}

/** Rows of numbers. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<number[][]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRowsJS() as number[][]
}
