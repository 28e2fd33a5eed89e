import pg from 'pg'

/** How other sessions see ours: their transactions are watched, ours only read. */
export const APPLICATION_NAME = 'millrace source'

/**
 * The texts of dates and numbers must not depend on how the server or the role is set up. The asset's own timeout
 * ends a load, so the server's does not; a lock that is not given in half a minute is an error to try again. All of it
 * ends with the transaction: behind a pooler the session is somebody else's the moment after.
 */
const SETTINGS = `
  set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
  set local bytea_output = 'hex'; set local extra_float_digits = 1; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0; set local lock_timeout = '30s'`

export const begin = (isolation: 'read committed' | 'repeatable read'): string =>
  `begin transaction isolation level ${isolation} read only; ${SETTINGS}`

/** A transaction that only looks: each of its statements sees what is there by then. */
export async function looking<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query(begin('read committed'))
  try {
    return await work()
  } finally {
    // A connection that was cut has no transaction any more.
    await client.query('rollback').catch(() => {})
  }
}

/** Opens a session for reading. `url` may carry options of its own, sslmode among them. */
export async function connectSource(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
  })
  // Without a listener a connection that breaks between two statements would end the process.
  client.on('error', () => {})
  await client.connect()
  return client
}
