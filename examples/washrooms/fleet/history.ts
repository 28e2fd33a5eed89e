import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Message } from './message.js'
import { readingsAsCopy } from './reading-copy.js'
import { FLEET_TABLES, HARDWARE_TABLES, insertPark, readingColumns } from './schema.js'
import { type FleetOptions, type FleetSettings, fleetSettings } from './settings.js'
import { saveTruth, TruthKeeper } from './truth.js'
import { World } from './world.js'

export type HistoryOptions = FleetOptions &
  Readonly<{
    url: string
    /** Folder for the ground truth; absent: the truth is not kept. */
    truth?: string
    /** Write anew over a fleet that is already there. */
    replace?: boolean
  }>

export type HistoryOutcome = Readonly<{
  /** False where the database already has a fleet's history; nothing was written then. */
  written: boolean
  settings: FleetSettings
  readings: number
  /** Epoch ms up to which messages have arrived. */
  sentUntil: number
  seconds: number
}>

/**
 * Writes a fleet and all it sent until `until` into the app's database, in one transaction: the whole history
 * or none of it. The same settings give the same rows and ids.
 */
export async function writeHistory(options: HistoryOptions): Promise<HistoryOutcome> {
  const began = performance.now()
  const client = new pg.Client(options.url)
  await client.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('washrooms fleet'))`)
    const before = await readHistory(client)
    if (before && !options.replace) {
      await client.query('rollback')
      return { written: false, ...before, seconds: (performance.now() - began) / 1000 }
    }
    await client.query('drop schema if exists fleet cascade; drop schema if exists hardware cascade')
    await client.query(HARDWARE_TABLES + FLEET_TABLES)
    const settings = fleetSettings(options)
    const keeper = options.truth === undefined ? undefined : new TruthKeeper()
    const world = new World(settings, keeper)
    await insertPark(client, world.park)
    const readings = await copyHistory(client, world)
    await finishReadings(client, settings, readings)
    await client.query('commit')
    if (keeper && options.truth !== undefined) await saveTruth(world, keeper, options.truth)
    return {
      written: true,
      settings,
      readings,
      sentUntil: settings.until,
      seconds: (performance.now() - began) / 1000,
    }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    await client.end()
  }
}

/** What a database's fleet was made from and how far it has sent; null where there is none. */
export async function readHistory(
  client: pg.Client,
): Promise<{ settings: FleetSettings; readings: number; sentUntil: number } | null> {
  const there = await client.query<{ found: string | null }>(`select to_regclass('fleet.history') as found`)
  if (!there.rows[0]?.found) return null
  const { rows } = await client.query<{ settings: FleetSettings; sent_until: Date; readings: string }>(
    'select settings, sent_until, readings from fleet.history',
  )
  const row = rows[0]
  return row
    ? { settings: row.settings, readings: Number(row.readings), sentUntil: row.sent_until.getTime() }
    : null
}

async function copyHistory(client: pg.Client, world: World): Promise<number> {
  const columns = await readingColumns(client)
  // The table is of this transaction, so its rows can be written as if they had been there for ever.
  const copy = client.query(
    copyFrom(`copy hardware.readings (${columns}) from stdin (format binary, freeze)`),
  )
  await pipeline(
    Readable.from(readingsAsCopy(hoursOf(world), 1), { objectMode: true, highWaterMark: 4 }),
    copy,
  )
  return copy.rowCount ?? 0
}

function* hoursOf(world: World): Generator<readonly Message[]> {
  while (world.now < world.settings.until) {
    world.advance()
    yield world.outbox.drain(world.now)
  }
}

async function finishReadings(client: pg.Client, settings: FleetSettings, readings: number): Promise<void> {
  await client.query('set local maintenance_work_mem = 256_000')
  await client.query('alter table hardware.readings add primary key (id)')
  await client.query(`select setval('hardware.readings_id_seq', $1)`, [Math.max(1, readings)])
  await client.query('insert into fleet.history (settings, sent_until, readings) values ($1, $2, $3)', [
    JSON.stringify(settings),
    new Date(settings.until).toISOString(),
    readings,
  ])
}
