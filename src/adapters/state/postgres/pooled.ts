import pg from 'pg'
import { z } from 'zod'

/** Others may use a pooler at the same moment and take the session first. */
const TRIES = 5

/**
 * Whether `client` has no session of its own: a pooler gives it to others between two statements. A pooler makes up
 * the number by which a statement is cancelled, so one that is the server's own means no pooler at all; behind one, a
 * second connection that gets the first one's session is the proof.
 */
export async function isPooled(client: pg.Client, options: pg.ClientConfig): Promise<boolean> {
  const { processID } = client as unknown as { processID: number | null } // typed nowhere, set by the handshake
  if ((await backendPid(client)) === processID) return false
  const second = new pg.Client(options)
  second.on('error', () => {})
  await second.connect()
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const pid = await backendPid(client)
      if (pid === (await backendPid(second))) return true
    }
    return false
  } finally {
    await second.end().catch(() => {})
  }
}

async function backendPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query('select pg_backend_pid() as pid')
  return z.object({ pid: z.number() }).parse(rows[0]).pid
}
