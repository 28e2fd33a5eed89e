// What can go wrong in a company that measures things, on request. Each incident is told in three lines: what was
// done, where it shows, how to take it back.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { project, withClient } from './app-database.mjs'

const SLOW_ASSET = 'assets/marts/washroom_status.sql'
/** What somebody's edit does to the file, and back. */
const SLOW_EDITS = [
  [
    'with clock as (',
    `with forgotten as (
  -- Two lists without a join condition, as it happens on a Friday afternoon: billions of pairs for nothing.
  select count(*) as pairs from range(80000) one(a), range(80000) two(b) where hash(a, b) = 0
),
clock as (`,
  ],
  ['from raw.washrooms w\n', 'from raw.washrooms w\ncross join forgotten\n'],
]

const INCIDENTS = {
  'bad-batch': {
    inject: async (fleet, url) => {
      const { rows } = await fleet.injectBadBatch({ url })
      return `A gateway sent ${rows.toLocaleString('en-US')} absurd readings.`
    },
    undo: async (fleet, url) => {
      const { rows } = await fleet.undoBadBatch({ url })
      return `${rows.toLocaleString('en-US')} absurd readings were taken out again.`
    },
    shows:
      'raw.readings is held by its check absurd_batch, one alert is raised, and the app keeps the last good rows.',
  },
  'slow-algorithm': {
    inject: async () =>
      edit(SLOW_EDITS)
        ? `Somebody edited ${SLOW_ASSET}: it now joins two lists without a condition.`
        : `${SLOW_ASSET} is slow already.`,
    undo: async () =>
      edit(SLOW_EDITS.map(([good, slow]) => [slow, good]))
        ? `${SLOW_ASSET} is as it was.`
        : `${SLOW_ASSET} was not slow.`,
    shows:
      'marts.washroom_status takes longer than its budget of 5 s: its rows come, and an alert with them.',
  },
  'silent-devices': {
    inject: async (fleet, url) => {
      const deviceIds = await devicesOfSomeSites(url)
      await fleet.silenceDevices({ url, deviceIds })
      return `${deviceIds.length} devices fell silent.`
    },
    undo: async (fleet, url) => {
      await fleet.silenceDevices({ url, deviceIds: [] })
      return 'All devices send again.'
    },
    shows:
      'once two hours of the fleet have gone by, marts.device_health warns (many_devices_silent) and the app shows check_sensors. A live fleet that is behind lives an hour a minute.',
  },
  'schema-change': {
    inject: async (fleet, url) => {
      await fleet.renameReadingColumn({ url, from: 'level', to: 'fill' })
      return 'The hardware team renamed hardware.readings.level to fill.'
    },
    undo: async (fleet, url) => {
      await fleet.renameReadingColumn({ url, from: 'fill', to: 'level' })
      return 'The column is called level again.'
    },
    shows: 'raw.readings stops with a column diff; everything downstream keeps its last release.',
  },
}

export const INCIDENT_NAMES = Object.keys(INCIDENTS)

/** Does or undoes one incident; gives the lines to print. */
export async function applyIncident(direction, name, fleet, url) {
  const incident = INCIDENTS[name]
  const done = await incident[direction](fleet, url)
  if (direction === 'undo') return [done, 'The next run puts things right.']
  return [done, `Where it shows: ${incident.shows}`, `Take it back: npm start -- --undo ${name}`]
}

/** Applies all edits to the asset's file, or none where they don't fit. */
function edit(edits) {
  const file = join(project, SLOW_ASSET)
  const sql = readFileSync(file, 'utf8')
  if (!edits.every(([from]) => sql.includes(from))) return false
  writeFileSync(
    file,
    edits.reduce((text, [from, to]) => text.replace(from, () => to), sql),
  )
  return true
}

/** All devices of every third site: more than a fifth of the fleet. */
function devicesOfSomeSites(url) {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      `select device_id from hardware.devices join hardware.washrooms using (washroom_id)
       where site_id in (select site_id from (select site_id, row_number() over (order by site_id) as n from hardware.sites) s where n % 3 = 0)
       order by device_id`,
    )
    return rows.map((row) => row.device_id)
  })
}
