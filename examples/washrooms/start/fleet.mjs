// The fleet's side of the example: its history once, then what it has measured since, then live.
import { join } from 'node:path'
import { project, withClient } from './app-database.mjs'

const HOUR = 3_600_000
/** A live example has so much to live through at once, an hour a minute, before it keeps to the clock. */
const AHEAD_HOURS = 12
export const SPEED = 60
export const EVERY_MS = 2_000

/** History first; an app that has one gets what was measured since. `live` leaves the last hours to be sent live. */
export async function prepareFleet(fleet, url, { days, live, told }) {
  const until = Date.now() - (live ? AHEAD_HOURS * HOUR : 0)
  if (!(await hasHistory(url))) {
    const truth = join(project, 'data', 'truth')
    const settings = { url, truth, until, ...(days && { days }) }
    await told('The fleet writes its history', async () => (await fleet.writeHistory(settings)).readings)
    return
  }
  await told('The fleet sends what it has measured since', () => catchUp(fleet, url, until))
}

async function catchUp(fleet, url, until) {
  const live = await fleet.openLiveFleet({ url })
  try {
    return (await live.sendUntil(until)).readings
  } finally {
    await live.close()
  }
}

/** Sends on until the signal is aborted. A database that is away for a while is tried again. */
export async function keepSending(fleet, url, signal, onSent) {
  while (!signal.aborted) {
    try {
      for await (const sent of fleet.sendLive({
        url,
        everyMs: EVERY_MS,
        speed: SPEED,
        now: Date.now,
        signal,
      }))
        onSent(sent)
    } catch (error) {
      onSent({ error })
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
    }
  }
}

function hasHistory(url) {
  return withClient(url, async (client) => {
    const { rows } = await client.query("select to_regclass('hardware.readings') is not null as there")
    return rows[0].there
  })
}
