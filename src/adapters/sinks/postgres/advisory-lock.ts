import type { Client } from 'pg'
import { quotePostgresText } from '../../../sql/quote.js'

/** Waits until no other transaction has this turn; it is given back when the transaction ends. */
export async function takeTurn(client: Client, turn: string): Promise<void> {
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended(${quotePostgresText(`millrace ${turn}`)}, 0))`,
  )
}
