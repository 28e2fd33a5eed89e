import pg from 'pg'
import { expect, test } from 'vitest'
import { startTestPostgres } from './postgres.js'

test('a throw-away server answers, and another one with a password does too', async () => {
  for (const tcp of [false, true]) {
    const server = await startTestPostgres({ tcp })
    const client = new pg.Client({ connectionString: await server.createDatabase() })
    await client.connect()
    const { rows } = await client.query('select current_database() as name')
    expect(rows).toEqual([{ name: 'test_1' }])
    await client.end()
    await server.stop()
  }
})
