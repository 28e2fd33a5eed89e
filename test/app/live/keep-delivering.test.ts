import { describe, expect, test } from 'vitest'
import { stateError } from '../../../src/adapters/state/errors.js'
import { keepDelivering } from '../../../src/app/live/keep-delivering.js'
import type { LiveProject } from '../../../src/app/live/live.js'
import { systemClock } from '../../../src/base/clock.js'
import { silentLog } from '../../../src/base/log.js'

describe('looking for deliveries that wait', () => {
  test('goes on after the state was away', async () => {
    const stop = new AbortController()
    const asked: string[] = []
    const answers = [
      () => Promise.reject(stateError('STATE_UNREACHABLE', { target: 'a state', detail: 'it is away' })),
      () => Promise.resolve([]),
    ]
    const use = async () => {
      asked.push('deliveries')
      const answer = answers.shift()
      if (answers.length === 0) stop.abort()
      return answer?.()
    }
    // All that this loop touches of a live project.
    const live = {
      use,
      queue: () => [],
      session: { services: { clock: { ...systemClock, sleep: async () => {} }, log: silentLog } },
    } as unknown as LiveProject
    await keepDelivering(live, stop.signal)
    expect(asked).toHaveLength(2)
  })

  test('goes on while the clock is put back', async () => {
    const stop = new AbortController()
    let past = 0
    let tries = 0
    const clock = {
      now: () => -past,
      monotonic: () => past,
      sleep: async (ms: number) => {
        past += ms
        if (past > 120_000) stop.abort()
      },
    }
    const live = {
      use: async () => [{ asset: 'marts.a' }],
      queue: () => [],
      enqueue: () => {
        if (++tries === 2) stop.abort()
        return { outcome: Promise.resolve() }
      },
      session: { services: { clock, log: silentLog } },
    } as unknown as LiveProject
    await keepDelivering(live, stop.signal)
    expect(tries).toBe(2)
  })
})
