import { Client } from 'pg'
import { messageOf } from '../../../base/errors.js'
import type { Logger } from '../../../base/log.js'
import { type LockHolder, lockHolder } from './lock-holders.js'
import { isLockTimeout, translateConnectError, translateError } from './translate-error.js'

const CONNECT_TIMEOUT_MS = 10_000
/** A server that vanished without a word is noticed after this and ten probes, a second apart. */
const KEEP_ALIVE_MS = 30_000

/**
 * Settings of one transaction, local to it so that poolers between us and the server are not left changed.
 * Statements may take an hour, a first delivery is one; a lock may not. `jit` costs more than it gives for the
 * short statements of a delivery, and random reads are priced for a table that is in memory, or the planner
 * reads a whole table to change five thousand of its rows.
 */
const SETTINGS = [
  "set local timezone = 'UTC'",
  "set local datestyle = 'ISO, YMD'",
  "set local intervalstyle = 'postgres'",
  'set local extra_float_digits = 1',
  'set local client_min_messages = warning',
  "set local statement_timeout = '1h'",
  "set local idle_in_transaction_session_timeout = '10min'",
  'set local jit = off',
  'set local random_page_cost = 1.1',
  "set local work_mem = '64MB'",
].join('; ')

/** How long one try of a delivery waits for rows that another session holds. */
const LOCK_TIMEOUT_MS = 10_000

export type SessionOptions = Readonly<{
  url: string
  connection: string
  log: Logger
  lockTimeoutMs?: number | undefined
}>

export type WorkOptions = Readonly<{
  signal: AbortSignal
  /** What is being worked on, for messages. */
  table: () => string
  /** The tables that are touched: who holds one of them is told where it could not be had. */
  targets?: () => readonly string[]
}>

/** One warm connection to the app's database: opened at first use, opened again after it was lost. */
export class PostgresSession {
  #client: Client | null = null
  #ending: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: SessionOptions) {}

  /**
   * Runs `work` in a transaction: committed if it resolves, rolled back if it rejects, cut off with the
   * signal's reason when that is aborted.
   */
  async transaction<T>(
    work: (client: Client) => Promise<T>,
    options: WorkOptions & { readOnly?: boolean },
  ): Promise<T> {
    options.signal.throwIfAborted()
    const client = await this.#open(options.signal)
    const aborted = rejectOnAbort(options.signal, () => this.#cutOff(client))
    try {
      const done = inTransaction(client, work, this.#begin(options.readOnly ?? false))
      done.catch(() => {})
      return await Promise.race([done, aborted.promise])
    } catch (cause) {
      if (options.signal.aborted) throw options.signal.reason
      const isUsable = await rollBack(client)
      if (!isUsable) this.#forget(client)
      const holder = isUsable && isLockTimeout(cause) ? await holderOf(client, options) : null
      throw translateError(cause, this.options.connection, holder?.table ?? options.table(), holder?.words)
    } finally {
      aborted.dispose()
    }
  }

  /** Like `transaction`, read-only, for work that yields; a consumer that stops early ends the connection. */
  async *stream<T>(work: (client: Client) => AsyncIterable<T>, options: WorkOptions): AsyncGenerator<T> {
    options.signal.throwIfAborted()
    const client = await this.#open(options.signal)
    const aborted = rejectOnAbort(options.signal, () => this.#cutOff(client))
    let isDone = false
    try {
      await client.query(this.#begin(true))
      yield* work(client)
      await client.query('commit')
      isDone = true
    } catch (cause) {
      if (options.signal.aborted) throw options.signal.reason
      throw translateError(cause, this.options.connection, options.table())
    } finally {
      aborted.dispose()
      if (!isDone) this.#forget(client)
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    this.#client = null
    await Promise.all([client?.end().catch(() => {}), this.#ending])
  }

  #begin(readOnly: boolean): string {
    const isolation = readOnly ? 'repeatable read read only' : 'read committed'
    const lockTimeout = `set local lock_timeout = ${this.options.lockTimeoutMs ?? LOCK_TIMEOUT_MS}`
    return `begin isolation level ${isolation}; ${SETTINGS}; ${lockTimeout}`
  }

  async #open(signal: AbortSignal): Promise<Client> {
    if (this.#client) return this.#client
    const client = this.#makeClient()
    const aborted = rejectOnAbort(signal, () => destroySocket(client))
    try {
      const connected = client.connect()
      connected.catch(() => {})
      await Promise.race([connected, aborted.promise])
    } catch (cause) {
      destroySocket(client)
      if (signal.aborted) throw signal.reason
      throw translateConnectError(cause, this.options.connection)
    } finally {
      aborted.dispose()
    }
    this.#client = client
    return client
  }

  #makeClient(): Client {
    const client = new Client({
      connectionString: this.options.url,
      application_name: 'millrace delivery',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    })
    // An idle connection that breaks is no failure: the next transaction opens another.
    client.on('error', (error) => {
      this.options.log.debug(
        { connection: this.options.connection, error: messageOf(error) },
        'connection lost',
      )
      this.#forget(client)
    })
    client.on('end', () => this.#forget(client))
    return client
  }

  #forget(client: Client): void {
    if (this.#client === client) this.#client = null
    destroySocket(client)
  }

  /**
   * Ends the connection at once. A server that is busy with a long statement would not notice before its end,
   * so it is told through a second connection; its locks are gone when that returns.
   */
  #cutOff(client: Client): void {
    const pid = (client as unknown as { processID: number | null }).processID // typed nowhere, set by the handshake
    this.#forget(client)
    if (pid !== null) this.#ending = Promise.all([this.#ending, this.#terminate(pid)])
  }

  async #terminate(pid: number): Promise<void> {
    const client = this.#makeClient()
    try {
      await client.connect()
      await client.query('select pg_terminate_backend($1)', [pid])
    } catch (error) {
      this.options.log.debug(
        { error: messageOf(error) },
        'could not stop a cut-off delivery; it ends by itself',
      )
    } finally {
      await client.end().catch(() => {})
    }
  }
}

async function inTransaction<T>(
  client: Client,
  work: (client: Client) => Promise<T>,
  begin: string,
): Promise<T> {
  await client.query(begin)
  const result = await work(client)
  await client.query('commit')
  return result
}

/** False where the connection is of no use any more. */
async function rollBack(client: Client): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  )
}

/** Looked up after the wait was given up; a look that fails leaves the server's own words. */
async function holderOf(client: Client, { targets }: WorkOptions): Promise<LockHolder | null> {
  return lockHolder(client, targets?.() ?? []).catch(() => null)
}

/** `end()` waits for the server's goodbye, which a hanging server never says. */
function destroySocket(client: Client): void {
  const { connection } = client as unknown as { connection?: { stream?: { destroy(): void } } } // pg's own socket
  connection?.stream?.destroy()
}

function rejectOnAbort(signal: AbortSignal, onAbort: () => void) {
  let listener = () => {}
  const promise = new Promise<never>((_resolve, reject) => {
    listener = () => {
      onAbort()
      reject(signal.reason)
    }
    signal.addEventListener('abort', listener, { once: true })
  })
  promise.catch(() => {})
  return { promise, dispose: () => signal.removeEventListener('abort', listener) }
}
