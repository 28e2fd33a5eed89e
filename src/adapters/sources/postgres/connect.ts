import pg from 'pg'

/** How other sessions see ours: their transactions are watched, ours only read. */
export const APPLICATION_NAME = 'millrace source'

/**
 * The texts of dates and numbers must not depend on how the server or the role is set up. The asset's own timeout
 * ends a load, so the server's does not; a lock that is not given in half a minute is an error to try again.
 */
const SESSION = `
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set bytea_output = 'hex';
  set extra_float_digits = 1; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
  set lock_timeout = '30s'; set default_transaction_read_only = on`

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
  await client.query(SESSION)
  return client
}
