import pg from 'pg'
import { readHistory } from './history.js'
import { buildPark } from './park.js'
import { PURPOSE, Random } from './random.js'
import { readingColumns } from './schema.js'
import { HOUR } from './settings.js'

export const BAD_BATCH_ROWS = 5_000

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function fleetOf(client: pg.Client) {
  const history = await readHistory(client)
  if (!history) throw new Error('This database has no fleet yet. Write its history first.')
  return history
}

/**
 * A gateway gone mad: 5,000 rows for the last two hours, most with counts a thousand times too high, some for
 * devices nobody knows, some without a device. The same fleet and seed give the same rows.
 */
export function injectBadBatch(options: {
  url: string
  seed?: number
}): Promise<{ rows: number; firstId: number; lastId: number }> {
  return withClient(options.url, async (client) => {
    const { settings, sentUntil } = await fleetOf(client)
    await undoIncident(client, 'bad-batch')
    const random = new Random(options.seed ?? settings.seed)
    const counters = buildPark(settings, random).devices.filter(({ kind }) => kind === 'door_counter')
    random.at(PURPOSE.incident, 1, 0)
    const rows = Array.from({ length: BAD_BATCH_ROWS }, () => {
      const fate = random.unit()
      const device =
        fate < 0.06 ? null : fate < 0.16 ? 900_000 + random.integer(1, 50) : random.pick(counters).deviceId
      const readAt = new Date(sentUntil - Math.floor(random.between(0, 2 * HOUR))).toISOString()
      const peopleIn = random.integer(5, 60) * 1000
      return [
        device,
        readAt,
        new Date(sentUntil).toISOString(),
        peopleIn,
        peopleIn - 1000,
        null,
        3300,
        '1.8.2',
      ]
    })
    const columns = (await readingColumns(client)).slice(1)
    const inserted = await client.query<{ id: string }>(
      `insert into hardware.readings (${columns})
       select * from jsonb_to_recordset($1::jsonb) as row(
         a integer, b timestamptz, c timestamptz, d integer, e integer, f double precision, g integer, h text)
       returning id`,
      [JSON.stringify(rows.map(([a, b, c, d, e, f, g, h]) => ({ a, b, c, d, e, f, g, h })))],
    )
    const ids = inserted.rows.map((row) => Number(row.id))
    await client.query('insert into fleet.incidents (name, at, ids) values ($1, $2, $3)', [
      'bad-batch',
      new Date(sentUntil).toISOString(),
      ids,
    ])
    return { rows: ids.length, firstId: Math.min(...ids), lastId: Math.max(...ids) }
  })
}

/** Takes the bad batch out again, as the hardware team would after repairing the gateway. */
export function undoBadBatch(options: { url: string }): Promise<{ rows: number }> {
  return withClient(options.url, async (client) => ({ rows: await undoIncident(client, 'bad-batch') }))
}

async function undoIncident(client: pg.Client, name: string): Promise<number> {
  const gone = await client.query(
    `with incident as (delete from fleet.incidents where name = $1 returning ids)
     delete from hardware.readings using incident where id = any(ids)`,
    [name],
  )
  return gone.rowCount ?? 0
}

/** Devices that send nothing from now on; an empty list lets all of them speak again. */
export function silenceDevices(options: { url: string; deviceIds: readonly number[] }): Promise<void> {
  return withClient(options.url, async (client) => {
    await fleetOf(client)
    await client.query('delete from fleet.silenced')
    await client.query('insert into fleet.silenced select unnest($1::integer[])', [options.deviceIds])
  })
}

/** The hardware team renames a column without a word: `renameReadingColumn({ url, from: 'level', to: 'fill' })`. */
export function renameReadingColumn(options: { url: string; from: string; to: string }): Promise<void> {
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
  return withClient(options.url, async (client) => {
    await client.query(
      `alter table hardware.readings rename column ${quoted(options.from)} to ${quoted(options.to)}`,
    )
  })
}
