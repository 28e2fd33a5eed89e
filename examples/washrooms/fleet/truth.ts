import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { localHour } from './calendar.js'
import { usageOf } from './dispenser.js'
import { FAULT_KINDS } from './faults.js'
import { arrivals, total } from './footfall.js'
import { Random } from './random.js'
import { DAY, type FleetSettings, HOUR } from './settings.js'
import { writeTable } from './truth-table.js'
import { type Witness, World } from './world.js'

/** How far the future is looked at for the true hours until empty. */
const HORIZON = 14 * DAY

/** Truth as columns of numbers, by table. Times are epoch ms. */
export class TruthKeeper implements Witness {
  readonly visitsTable = { washroom_id: [] as number[], hour: [] as number[], visits: [] as number[] }
  readonly levelsTable = { device_id: [] as number[], happened_at: [] as number[], level: [] as number[] }
  readonly refillsTable = {
    device_id: [] as number[],
    happened_at: [] as number[],
    before: [] as number[],
    after: [] as number[],
  }
  readonly faultsTable = {
    device_id: [] as number[],
    fault: [] as number[],
    from_at: [] as number[],
    to_at: [] as number[],
    magnitude: [] as number[],
  }

  visits(washroomId: number, hour: number, count: number): void {
    this.visitsTable.washroom_id.push(washroomId)
    this.visitsTable.hour.push(hour)
    this.visitsTable.visits.push(count)
  }

  level(deviceId: number, at: number, percent: number): void {
    this.levelsTable.device_id.push(deviceId)
    this.levelsTable.happened_at.push(at)
    this.levelsTable.level.push(percent)
  }

  refill(deviceId: number, at: number, before: number, after: number): void {
    this.refillsTable.device_id.push(deviceId)
    this.refillsTable.happened_at.push(at)
    this.refillsTable.before.push(before)
    this.refillsTable.after.push(after)
  }

  fault(deviceId: number, fault: Parameters<Witness['fault']>[1]): void {
    this.faultsTable.device_id.push(deviceId)
    this.faultsTable.fault.push(FAULT_KINDS.indexOf(fault.kind))
    this.faultsTable.from_at.push(fault.from)
    this.faultsTable.to_at.push(fault.to)
    this.faultsTable.magnitude.push(fault.magnitude)
  }
}

/** Lives a fleet's history again and writes what really happened as Parquet files into `folder`. */
export async function writeTruth(settings: FleetSettings, folder: string): Promise<void> {
  const keeper = new TruthKeeper()
  const world = new World(settings, keeper)
  while (world.now < settings.until) {
    world.advance()
    world.outbox.drain(world.now)
  }
  await saveTruth(world, keeper, folder)
}

/** Writes what `keeper` saw of `world`, and how long its dispensers will really last from now on. */
export async function saveTruth(world: World, keeper: TruthKeeper, folder: string): Promise<void> {
  const fresh = `${folder}.writing`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true })
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const time = (column: string) =>
    `case when isfinite(${column}) then make_timestamptz((${column} * 1000)::bigint) end as ${column}`
  const faults = `list_value(${FAULT_KINDS.map((kind) => `'${kind}'`)})`
  const write = (name: string, columns: Readonly<Record<string, readonly number[]>>, select: string) =>
    writeTable(connection, columns, select, `${fresh}/${name}.parquet`)
  await write(
    'visits',
    keeper.visitsTable,
    `washroom_id::integer as washroom_id, ${time('hour')}, visits::integer as visits`,
  )
  await write('levels', keeper.levelsTable, `device_id::integer as device_id, ${time('happened_at')}, level`)
  await write(
    'refills',
    keeper.refillsTable,
    `device_id::integer as device_id, ${time('happened_at')}, before, after`,
  )
  await write(
    'faults',
    keeper.faultsTable,
    `device_id::integer as device_id, ${faults}[fault::integer + 1] as fault, ${time('from_at')}, ${time('to_at')}, magnitude`,
  )
  await write(
    'hours_until_empty',
    hoursUntilEmpty(world),
    `device_id::integer as device_id, ${time('happened_at')}, level, hours`,
  )
  connection.closeSync()
  await writeFile(`${fresh}/settings.json`, `${JSON.stringify(world.settings, null, 2)}\n`)
  await rm(folder, { recursive: true, force: true })
  await rename(fresh, folder)
}

/** Hours until each dispenser would be empty if nobody refilled it; Infinity beyond the horizon. */
function hoursUntilEmpty(world: World) {
  const random = new Random(world.settings.seed)
  const left = world
    .contents()
    .map(({ device, room, content }) => ({ device, room, content, hours: Infinity, level: content }))
  for (let start = world.now; start < world.now + HORIZON; start += HOUR) {
    const local = localHour(start)
    const visits = new Map(
      world.park.washrooms.map((room) => [
        room.washroomId,
        total(arrivals(world.park, room, start, local, random)),
      ]),
    )
    for (const one of left) {
      if (one.hours < Infinity) continue
      const usage = usageOf(one.device, start, visits.get(one.room.washroomId)!, random)
      if (one.level <= usage) one.hours = (start - world.now) / HOUR + (usage > 0 ? one.level / usage : 0)
      one.level -= usage
    }
  }
  return {
    device_id: left.map(({ device }) => device.deviceId),
    happened_at: left.map(() => world.now),
    level: left.map(({ content }) => content),
    hours: left.map(({ hours }) => hours),
  }
}
