import pg from 'pg'
import { z } from 'zod'
import type { Clock } from '../../../base/clock.js'
import type { Logger } from '../../../base/log.js'
import { retry } from '../../../base/retry.js'
import { stateError } from '../errors.js'
import { connectionOptions, only, translated, WAIT } from './database.js'
import { isPooled } from './pooled.js'

/** First key of the advisory locks that owners hold; the second is the owner's number. */
export const OWNER_LOCK = 7_234_003

/**
 * Whether the owner in `column` lives: somebody holds the advisory lock of its number in this database. Looked
 * up, not tried: a try that succeeds would make the owner look alive to the next process for a moment.
 */
export const isAlive = (column: string): string =>
  `exists (select from pg_locks l where l.locktype = 'advisory' and l.classid = ${OWNER_LOCK}
     and l.objid = ${column}::oid and l.objsubid = 2 and l.granted
     and l.database = (select oid from pg_database where datname = current_database()))`

/**
 * A connection that proves that this process lives: it holds the advisory lock of its owner number, and Postgres
 * lets go of it when the process dies, however it dies. Opened when first needed; opened again, with the same
 * number, when the connection breaks.
 */
export class Session {
  #opening: Promise<pg.Client> | undefined
  #owner: number | undefined
  #closed = false

  constructor(
    private readonly url: string,
    private readonly target: string,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** This process's number, once its proof of life is held. */
  async owner(): Promise<number> {
    this.#opening ??= this.#open()
    try {
      await this.#opening
    } catch (error) {
      this.#opening = undefined
      throw error
    }
    // Set by the first successful open.
    return this.#owner!
  }

  /** The number, if this process ever needed one. */
  get knownOwner(): number | null {
    return this.#owner ?? null
  }

  async close(): Promise<void> {
    this.#closed = true
    const client = await this.#opening?.catch(() => undefined)
    await client?.end().catch(() => {})
  }

  #open(): Promise<pg.Client> {
    return retry(() => translated(() => this.#connect(), this.target), { ...WAIT, clock: this.clock })
  }

  async #connect(): Promise<pg.Client> {
    const options = { ...connectionOptions(this.url), application_name: 'millrace session' }
    const client = new pg.Client(options)
    client.on('error', (error) => this.log.debug({ err: error }, 'the session with the state broke'))
    try {
      await client.connect()
      if (await isPooled(client, options)) throw stateError('STATE_POOLED', { target: this.target })
      await client.query(SETTINGS)
      this.#owner ??= await newOwner(client)
      // Shared, because the connection that broke may not have ended at the server yet.
      await client.query('select pg_advisory_lock_shared($1, $2)', [OWNER_LOCK, this.#owner])
      client.once('end', () => this.#lost())
      return client
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
  }

  /** Opened again at once, so that others don't take this process for dead longer than they must. */
  #lost(): void {
    if (this.#closed) return
    this.#opening = this.#open()
    this.#opening.catch(() => {
      this.#opening = undefined
    })
  }
}

/**
 * The session idles on purpose. A machine that vanishes without a word is noticed within a minute; otherwise its
 * locks would stay for hours.
 */
const SETTINGS = `set idle_session_timeout = 0; set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10;
  set tcp_keepalives_count = 3`

async function newOwner(client: pg.Client): Promise<number> {
  const { rows } = await client.query(`select nextval('millrace_state.owners')::int as owner`)
  return only(z.object({ owner: z.number() }), rows, 'owners').owner
}
