import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { readHistory } from './history.js'
import type { Message } from './message.js'
import { readingsAsCopy } from './reading-copy.js'
import { readingColumns } from './schema.js'
import { World } from './world.js'

export type LiveFleet = Readonly<{
  /** Epoch ms up to which messages have arrived. */
  sentUntil(): number
  /** Sends all that arrive before `to`, in one transaction. */
  sendUntil(to: number): Promise<{ readings: number; sentUntil: number }>
  close(): Promise<void>
}>

/**
 * Takes up a fleet where its history, or the last live sender, stopped: lives its life again up to there, which
 * takes a second or two, and goes on. One sender at a time; a second one is refused.
 */
export async function openLiveFleet(options: { url: string }): Promise<LiveFleet> {
  const client = new pg.Client(options.url)
  // Lost while nothing is being sent: the next sending says so.
  client.on('error', () => {})
  await client.connect()
  try {
    const lock = await client.query<{ free: boolean }>(
      `select pg_try_advisory_lock(hashtext('washrooms live')) as free`,
    )
    if (!lock.rows[0]?.free) throw new Error('Another live fleet is sending to this database already.')
    const history = await readHistory(client)
    if (!history) throw new Error('This database has no fleet yet. Write its history first.')
    const world = new World(history.settings)
    let sentUntil = history.sentUntil
    while (world.now < sentUntil) {
      world.advance()
      world.outbox.drain(Math.min(world.now, sentUntil))
    }
    return {
      sentUntil: () => sentUntil,
      sendUntil: async (to) => {
        if (to <= sentUntil) return { readings: 0, sentUntil }
        const readings = await send(client, world, to)
        sentUntil = to
        return { readings, sentUntil }
      },
      close: () => client.end(),
    }
  } catch (error) {
    await client.end()
    throw error
  }
}

async function send(client: pg.Client, world: World, to: number): Promise<number> {
  const batches: Message[][] = []
  while (world.now < to) {
    world.advance()
    batches.push(world.outbox.drain(Math.min(world.now, to)))
  }
  batches.push(world.outbox.drain(to))
  const { rows } = await client.query<{ device_id: number }>('select device_id from fleet.silenced')
  const silenced = new Set(rows.map((row) => row.device_id))
  const heard = batches.map((messages) => messages.filter(({ deviceId }) => !silenced.has(deviceId)))
  await client.query('begin')
  try {
    const columns = (await readingColumns(client)).slice(1)
    const copy = client.query(copyFrom(`copy hardware.readings (${columns}) from stdin (format binary)`))
    await pipeline(Readable.from(readingsAsCopy(heard, null)), copy)
    const readings = copy.rowCount ?? 0
    await client.query('update fleet.history set sent_until = $1, readings = readings + $2', [
      new Date(to).toISOString(),
      readings,
    ])
    await client.query('commit')
    return readings
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

export type LiveOptions = Readonly<{
  url: string
  /** Pause between two sendings. */
  everyMs: number
  /** Fleet seconds per real second. Above 1 it catches up from the past and then keeps to the clock. */
  speed: number
  now: () => number
  signal: AbortSignal
}>

/** What arrived at each tick, for as long as the signal lets it. */
export async function* sendLive(
  options: LiveOptions,
): AsyncGenerator<{ readings: number; sentUntil: number }> {
  const fleet = await openLiveFleet(options)
  try {
    while (!options.signal.aborted) {
      const paced = fleet.sentUntil() + Math.round(options.everyMs * options.speed)
      yield await fleet.sendUntil(Math.min(options.now(), paced))
      await sleep(options.everyMs, undefined, { signal: options.signal }).catch(() => {})
    }
  } finally {
    await fleet.close()
  }
}
