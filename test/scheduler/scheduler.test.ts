import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/adapters/state/postgres/store.js'
import type { StateStore } from '../../src/adapters/state/store.js'
import { appError } from '../../src/app/errors.js'
import { silentLog } from '../../src/base/log.js'
import type { CatchUp } from '../../src/domain/schedule.js'
import type { DueTicks, Scheduled, TickOutcome } from '../../src/scheduler/scheduled.js'
import { keepSchedule } from '../../src/scheduler/scheduler.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { VirtualClock } from '../support/virtual-clock.js'

const MINUTE = 60_000
const NINE = Date.UTC(2026, 0, 5, 9)
/** `09:15` of the test's day. */
const clockOf = (at: number) => new Date(at).toISOString().slice(11, 16)
const at = (time: string) => Date.parse(`2026-01-05T${time}:00Z`)

const every = (minutes: number, catchUp: CatchUp = 'latest', subject = 'asset:a.a'): Scheduled => ({
  subject,
  schedule: { kind: 'cron', pattern: `*/${minutes} * * * *`, catchUp },
})

let server: TestPostgres
let store: StateStore
let projects = 0
const open = () =>
  openPostgresStore({
    url: server.url,
    project: `schedule ${projects}`,
    environment: 'prod',
    processName: 'a test',
    log: silentLog,
  })

beforeAll(async () => {
  server = await startTestPostgres()
})
beforeEach(async () => {
  await store?.close()
  projects++
  store = await open()
})
afterAll(async () => {
  await store?.close()
  await server.stop()
})

type Day = Readonly<{
  from?: string
  until: string
  scheduled: readonly Scheduled[] | ((now: number) => readonly Scheduled[])
  /** How long a start takes, in minutes, or what it does instead. */
  start?: (due: DueTicks, clock: VirtualClock) => Promise<TickOutcome>
  lane?: (subject: string) => string
  using?: StateStore
  putBack?: Readonly<{ at: string; minutes: number }>
}>

/** Lets the schedule run for a part of a virtual day; returns what was started when, in words. */
async function during({
  from = '09:00',
  until,
  scheduled,
  start,
  lane,
  using = store,
  putBack,
}: Day): Promise<string[]> {
  const stop = new AbortController()
  const clock = new VirtualClock(at(from), at(until), () => stop.abort())
  const shown = () =>
    putBack && clock.now() >= at(putBack.at) ? clock.now() - putBack.minutes * MINUTE : clock.now()
  const started: string[] = []
  await keepSchedule(
    {
      clock: {
        now: shown,
        monotonic: () => clock.monotonic(),
        sleep: (ms, signal) => clock.sleep(ms, signal),
      },
      log: silentLog,
      ticks: clock.wrap(using.ticks),
      timezone: () => 'UTC',
      scheduled: () => (typeof scheduled === 'function' ? scheduled(clock.now()) : scheduled),
      start: async (due) => {
        const ticks = due.ticks.map(({ subject, at }) => `${subject.slice(6)}@${clockOf(at)}`)
        started.push(`${clockOf(shown())} ${ticks.join(' ')}${due.missed ? ' missed' : ''}`)
        return start ? start(due, clock) : { run: null, note: '' }
      },
      ...(lane && { lane }),
      longestSleepMs: 7 * MINUTE,
    },
    stop.signal,
  )
  return started
}
const taking =
  (minutes: number): NonNullable<Day['start']> =>
  async (_due, clock) => {
    await clock.sleep(minutes * MINUTE)
    return { run: 1, note: '' }
  }
const recordsOf = async (subject = 'asset:a.a') =>
  [...(await store.ticks.latest(subject, 99))]
    .reverse()
    .map(({ at, status, note }) => `${clockOf(at)} ${status}${note && `: ${note}`}`)

describe('a schedule', () => {
  test('starts each tick at its moment, and nothing that was before it was first seen', async () => {
    expect(await during({ from: '09:03', until: '09:59', scheduled: [every(15)] })).toEqual([
      '09:15 a.a@09:15',
      '09:30 a.a@09:30',
      '09:45 a.a@09:45',
    ])
    expect(await recordsOf()).toEqual(['09:15 done', '09:30 done', '09:45 done'])
  })

  test('makes one run of everything that is due at one moment', async () => {
    const scheduled = [every(20), every(30, 'latest', 'asset:b.b'), every(60, 'latest', 'asset:c.c')]
    expect(await during({ until: '10:10', scheduled })).toEqual([
      '09:20 a.a@09:20',
      '09:30 b.b@09:30',
      '09:40 a.a@09:40',
      '10:00 a.a@10:00 b.b@10:00 c.c@10:00',
    ])
  })

  test('keeps what has another lane apart', async () => {
    const scheduled = [every(30), every(30, 'latest', 'asset:b.b')]
    expect(await during({ until: '09:40', scheduled, lane: (subject) => subject })).toEqual([
      '09:30 a.a@09:30',
      '09:30 b.b@09:30',
    ])
  })

  test('merges what comes while a run of the same subject goes on, and lets others begin', async () => {
    const scheduled = [every(10), every(30, 'latest', 'asset:b.b')]
    expect(await during({ until: '10:15', scheduled, start: taking(35) })).toEqual([
      '09:10 a.a@09:10',
      '09:30 b.b@09:30',
      '09:45 a.a@09:40',
      '10:05 b.b@10:00',
    ])
    expect(await recordsOf()).toEqual([
      '09:10 done',
      '09:40 done: stands for all ticks since 2026-01-05T09:20:00.000Z',
    ])
  })

  test('notes runs that could not begin, and goes on', async () => {
    let tries = 0
    const start = async () => {
      if (++tries === 1) throw new Error('the disk is full')
      return { run: 7, note: 'held' }
    }
    await during({ until: '09:25', scheduled: [every(10)], start })
    expect(await recordsOf()).toEqual(['09:10 done: could not be made: the disk is full', '09:20 done: held'])
    expect(await store.ticks.latest('asset:a.a', 1)).toMatchObject([{ run: 7 }])
  })

  test('tries again what could not begin for a reason that passes', async () => {
    let tries = 0
    const start = async () => {
      if (++tries < 4) throw appError('QUEUE_FULL', { waiting: 100 })
      return { run: 7, note: '' }
    }
    await during({ until: '09:15', scheduled: [every(10)], start })
    expect(await recordsOf()).toEqual(['09:10 done'])
    expect(await store.ticks.latest('asset:a.a', 1)).toMatchObject([{ run: 7 }])
  })

  test('loses no tick that waits for a run when its timetable is edited', async () => {
    const scheduled = (now: number) => [now < at('09:25') ? every(10) : every(60)]
    expect(await during({ until: '10:10', scheduled, start: taking(35) })).toEqual([
      '09:10 a.a@09:10',
      '09:45 a.a@09:30 missed',
    ])
    expect(await recordsOf()).toEqual([
      '09:10 done',
      '09:30 done: stands for all ticks since 2026-01-05T09:20:00.000Z',
    ])
  })

  test('leaves a tick out that waits for a run when its subject is taken off the schedule', async () => {
    const scheduled = (now: number) =>
      now < at('09:25') ? [every(10)] : now < at('09:32') ? [every(60)] : []
    expect(await during({ until: '09:50', scheduled, start: taking(35) })).toEqual(['09:10 a.a@09:10'])
    expect(await recordsOf()).toEqual([
      '09:10 done',
      '09:30 left_out: stands for all ticks since 2026-01-05T09:20:00.000Z; it is no longer scheduled',
    ])
  })

  test('goes on at once after a clock that was ahead is put right', async () => {
    const putBack = { at: '09:25', minutes: 5 * 60 }
    expect(await during({ until: '09:51', scheduled: [every(10)], putBack })).toEqual([
      '09:10 a.a@09:10',
      '09:20 a.a@09:20',
      '04:30 a.a@04:30',
      '04:40 a.a@04:40',
      '04:50 a.a@04:50',
    ])
  })

  test('follows another timetable from when it changed', async () => {
    const scheduled = (now: number) => [every(now < at('09:32') ? 10 : 15)]
    expect(await during({ until: '10:10', scheduled })).toEqual([
      '09:10 a.a@09:10',
      '09:20 a.a@09:20',
      '09:30 a.a@09:30',
      '09:45 a.a@09:45',
      '10:00 a.a@10:00',
    ])
  })

  test('goes on after the state was out of reach', async () => {
    let broken = 3
    const failing: StateStore = {
      ...store,
      ticks: {
        ...store.ticks,
        claim: async (claims) => {
          if (broken-- > 0) throw new Error('no connection')
          return store.ticks.claim(claims)
        },
      },
    }
    expect(await during({ until: '09:15', scheduled: [every(10)], using: failing })).toEqual([
      '09:10 a.a@09:10',
    ])
  })
})

describe('after nothing ran for a while', () => {
  const missing = async (catchUp: CatchUp, start?: Day['start']) => {
    await during({ until: '09:15', scheduled: [every(10, catchUp)] })
    return during({ from: '09:55', until: '10:15', scheduled: [every(10, catchUp)], ...(start && { start }) })
  }
  test('latest makes one run of all that was missed', async () => {
    expect(await missing('latest')).toEqual(['09:55 a.a@09:50 missed', '10:00 a.a@10:00', '10:10 a.a@10:10'])
  })
  test('all makes one run each, oldest first, and nothing is passed over', async () => {
    expect(await missing('all')).toEqual([
      '09:55 a.a@09:20 missed',
      '09:55 a.a@09:30 missed',
      '09:55 a.a@09:40 missed',
      '09:55 a.a@09:50 missed',
      '10:00 a.a@10:00',
      '10:10 a.a@10:10',
    ])
    expect(await recordsOf()).toHaveLength(7)
  })
  test('all does not give up older ticks for those that come while it catches up', async () => {
    const minutes = (await missing('all', taking(4))).map((line) => line.slice(0, 15))
    expect(minutes).toEqual([
      '09:55 a.a@09:20',
      '09:59 a.a@09:30',
      '10:03 a.a@09:40',
      '10:07 a.a@09:50',
      '10:11 a.a@10:10',
    ])
  })
  test('none leaves them out and says so', async () => {
    expect(await missing('none')).toEqual(['10:00 a.a@10:00', '10:10 a.a@10:10'])
    expect((await recordsOf())[1]).toBe(
      '09:50 left_out: missed while nothing ran; stands for all ticks since 2026-01-05T09:20:00.000Z',
    )
  })
  test('a subject that was away meanwhile has missed nothing', async () => {
    await during({ until: '09:15', scheduled: [every(10)] })
    await during({ from: '09:16', until: '09:25', scheduled: [] })
    expect(await during({ from: '09:55', until: '10:05', scheduled: [every(10)] })).toEqual([
      '10:00 a.a@10:00',
    ])
  })
  test('so is a machine that slept', async () => {
    const stop = new AbortController()
    const clock = new VirtualClock(at('09:00'), at('10:05'), () => stop.abort())
    let asleep = false
    const started: string[] = []
    await keepSchedule(
      {
        // At 09:12 the machine goes to sleep for half an hour.
        clock: {
          now: () => clock.now(),
          monotonic: () => clock.monotonic(),
          sleep: (ms, signal) => {
            const extra = !asleep && clock.now() >= at('09:12') ? 30 * MINUTE : 0
            if (extra > 0) asleep = true
            return clock.sleep(ms + extra, signal)
          },
        },
        log: silentLog,
        ticks: clock.wrap(store.ticks),
        timezone: () => 'UTC',
        scheduled: () => [every(10, 'none')],
        start: async ({ ticks }) => {
          started.push(clockOf(ticks[0]!.at))
          return { run: null, note: '' }
        },
      },
      stop.signal,
    )
    expect(started).toEqual(['09:10', '09:50', '10:00'])
  })
})

describe('a run that was cut off', () => {
  /** Starts one at 09:10 that does not end before the process does. */
  const cutOff = async (catchUp: CatchUp, scheduled = [every(10, catchUp)]) => {
    const dying = await open()
    const stop = new AbortController()
    const clock = new VirtualClock(NINE, at('09:12'), () => {})
    const going = new Promise<void>((resolve) => {
      void keepSchedule(
        {
          clock,
          log: silentLog,
          ticks: clock.wrap(dying.ticks),
          timezone: () => 'UTC',
          scheduled: () => scheduled,
          start: () => {
            resolve()
            return new Promise(() => {})
          },
        },
        stop.signal,
      )
    })
    await going
    await dying.close()
  }
  test('is made again, with what was missed since', async () => {
    await cutOff('latest')
    expect(await during({ from: '09:45', until: '09:55', scheduled: [every(10)] })).toEqual([
      '09:45 a.a@09:10 a.a@09:40 missed',
      '09:50 a.a@09:50',
    ])
    expect((await recordsOf()).map((line) => line.slice(0, 10))).toEqual([
      '09:10 done',
      '09:40 done',
      '09:50 done',
    ])
  })
  test('is made again by itself where each tick counts', async () => {
    await cutOff('all')
    expect(await during({ from: '09:35', until: '09:39', scheduled: [every(10, 'all')] })).toEqual([
      '09:35 a.a@09:10 missed',
      '09:35 a.a@09:20 missed',
      '09:35 a.a@09:30 missed',
    ])
  })
  test('is made again even where what was missed is left out', async () => {
    await cutOff('none')
    expect(await during({ from: '09:35', until: '09:39', scheduled: [every(10, 'none')] })).toEqual([
      '09:35 a.a@09:10 missed',
    ])
  })
  test('is left out where its subject is scheduled no more', async () => {
    await cutOff('latest')
    expect(await during({ from: '09:35', until: '09:39', scheduled: [] })).toEqual([])
    expect(await recordsOf()).toEqual(['09:10 left_out: it is no longer scheduled'])
  })
  test('by a stop is given back, and made at the next start', async () => {
    const stopped = async (_due: DueTicks, clock: VirtualClock): Promise<TickOutcome> => {
      await clock.sleep(6 * MINUTE)
      throw new Error('stopping')
    }
    // The test's day ends, which stops the schedule, while the run goes on.
    await during({ until: '09:12', scheduled: [every(10)], start: stopped })
    expect(await recordsOf()).toEqual(['09:10 due'])
    expect(await during({ from: '09:17', until: '09:19', scheduled: [every(10)] })).toEqual([
      '09:17 a.a@09:10 missed',
    ])
  })
})

test('two processes share the ticks: each has one of them', async () => {
  const other = await open()
  const days = await Promise.all(
    [store, other].map((using) => during({ until: '10:30', scheduled: [every(5)], using })),
  )
  const ticks = days.flat().map((line) => line.slice(6))
  expect(new Set(ticks).size).toBe(ticks.length)
  expect((await recordsOf()).length).toBeLessThanOrEqual(18)
  await other.close()
})
