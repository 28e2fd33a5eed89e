import { expect, test } from 'vitest'
import { MemoryShare, queryBytes } from '../../../../../src/adapters/engines/duckdb/query/memory-share.js'

const MIB = 2 ** 20
const forever = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
const never = new AbortController().signal

test('a query is stopped when the process has grown by more than the share since it began', async () => {
  let resident = 500 * MIB
  const gauge = {
    residentBytes: () => {
      resident += 30 * MIB
      return resident
    },
    cachedBytes: async () => 0,
  }
  await expect(new MemoryShare(gauge, 100 * MIB).within(never, forever)).rejects.toMatchObject({
    code: 'ENGINE_QUERY_TOO_HEAVY',
    message: expect.stringContaining('100 MiB'),
  })
})

test('what the process keeps of the warehouse’s own pages is nobody’s memory', async () => {
  let looks = 0
  let resident = 0
  const gauge = {
    residentBytes: () => resident,
    cachedBytes: async () => {
      looks++
      const cached = resident
      resident = 900 * MIB
      return cached
    },
  }
  const share = new MemoryShare(gauge, 100 * MIB)
  const done = await share.within(never, async (signal) => {
    await expect.poll(() => looks).toBeGreaterThan(2)
    return signal.aborted
  })
  expect(done).toBe(false)
})

test('the share is a quarter of the engine’s memory, at least 256 MiB and at most 1 GiB', () => {
  expect([64, 2048, 12_000].map((mebibytes) => queryBytes(mebibytes * MIB) / MIB)).toEqual([256, 512, 1024])
})
