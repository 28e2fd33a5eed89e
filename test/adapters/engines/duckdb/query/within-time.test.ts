import { expect, test } from 'vitest'
import { withinTime } from '../../../../../src/adapters/engines/duckdb/query/within-time.js'

const never = new Promise<never>(() => {})
const signal = new AbortController().signal

test('a query that goes on too long is told so, and one whose turn never came that others go on', async () => {
  await expect(
    withinTime(20, signal, async (_, begun) => {
      begun()
      return never
    }),
  ).rejects.toMatchObject({ code: 'ENGINE_QUERY_TOO_LONG' })
  await expect(withinTime(20, signal, () => never)).rejects.toMatchObject({ code: 'ENGINE_QUERIES_BUSY' })
})

test('the work is told to end when the time is over', async () => {
  let told: unknown = null
  await withinTime(20, signal, async (limited, begun) => {
    begun()
    await new Promise<void>((resolve) => limited.addEventListener('abort', () => resolve(), { once: true }))
    told = limited.reason
  }).catch(() => undefined)
  expect(told).toMatchObject({ code: 'ENGINE_QUERY_TOO_LONG' })
})
