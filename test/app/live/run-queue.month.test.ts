import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { RunOutcome, RunRequestBody } from '../../../src/app/api/api.js'
import { EventHub } from '../../../src/app/live/event-hub.js'
import { RunQueue } from '../../../src/app/live/run-queue.js'
import { RunningSteps } from '../../../src/app/live/running-steps.js'
import { silentLog } from '../../../src/base/log.js'
import type { RunEvent } from '../../../src/executor/events.js'
import { buildPlan } from '../../../src/planner/build-plan.js'
import { fingerprints } from '../../../src/planner/fingerprint.js'
import type { Scheduled } from '../../../src/scheduler/scheduled.js'
import { keepSchedule } from '../../../src/scheduler/scheduler.js'
import { step } from '../../conformance/store.js'
import { asset, project } from '../../planner/project.js'
import { memoryTicks } from '../../support/memory-ticks.js'
import { VirtualClock } from '../../support/virtual-clock.js'

setFlagsFromString('--expose_gc')
const collect: () => void = runInNewContext('gc')
const heapMiB = (): number => {
  collect()
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const DAY = 86_400_000
const START = Date.UTC(2026, 2, 1)
/** `LONG=1` makes it the month it is named after. */
const DAYS = process.env.LONG === '1' ? 31 : 7
const NAMES = Array.from({ length: 4 }, (_, index) => `marts.a${index}`)
const PROJECT = project(NAMES.map((name) => asset(name)))
const VERSIONS = fingerprints(PROJECT)
const plan = (now: number) =>
  buildPlan({
    retire: true,
    project: PROJECT,
    environment: 'prod',
    versions: VERSIONS,
    states: new Map(),
    deliveries: [],
    usual: new Map(),
    now,
    options: { selected: null, full: false, window: null },
  })

/** What a run of all assets tells. */
function* eventsOf(run: number, now: number): Generator<RunEvent> {
  yield { kind: 'run-started', run, plan: plan(now) }
  for (const name of NAMES) {
    yield { kind: 'step-started', asset: name, usualMs: 5 }
    yield { kind: 'step-progress', asset: name, percent: 50 }
    yield { kind: 'step-finished', asset: name, status: 'released', record: step(name) }
  }
  yield { kind: 'run-finished', run, status: 'done', release: run, durationMs: 1 }
}

test('a month of ticks by the minute, or a week of them, leaves the heap as it was', async () => {
  const stop = new AbortController()
  const clock = new VirtualClock(START, START + DAYS * DAY, () => stop.abort())
  const hub = new EventHub(clock)
  const running = new RunningSteps()
  let runs = 0
  const perform = async (_request: RunRequestBody, emit: (event: RunEvent) => void): Promise<RunOutcome> => {
    const run = ++runs
    for (const event of eventsOf(run, clock.now())) {
      running.note(run, event, clock.now())
      hub.publish({ kind: 'run', run, event })
      emit(event)
    }
    const result = { run, status: 'done', release: run, steps: [], deliveries: [], durationMs: 1 } as const
    return { result, sources: [] }
  }
  const queue = new RunQueue({
    perform,
    clock,
    onChange: (entries) => hub.publish({ kind: 'queue', queue: entries }),
    touches: () => ({ builds: new Set(['a', 'b']), through: new Set() }),
    atOnce: 2,
  })
  const scheduled: Scheduled[] = ['asset:a', 'asset:b'].map((subject) => ({
    subject,
    schedule: { kind: 'cron', pattern: '* * * * *', catchUp: 'latest' },
  }))
  const heaps: number[] = []
  let ticks = 0
  // One who reads all the time, and one who never does.
  const reading = (async () => {
    for await (const _ of hub.events(null, stop.signal));
  })()
  const asleep = hub.events(null, stop.signal)
  void asleep.next()
  await keepSchedule(
    {
      clock,
      log: silentLog,
      ticks: memoryTicks(),
      timezone: () => 'Europe/Dublin',
      scheduled: () => scheduled,
      start: async (due) => {
        ticks += due.ticks.length
        if (due.ticks[0]!.at % (DAY / 2) === 0) heaps.push(heapMiB())
        const request = { select: null, full: false, start: null, end: null, accept: [], trigger: 'schedule' }
        const { result } = await queue.enqueue(request).outcome
        return { run: result.run, note: '' }
      },
    },
    stop.signal,
  )
  await reading
  expect(ticks).toBe(2 * DAYS * 24 * 60)
  expect(runs).toBe(DAYS * 24 * 60)
  // The first days fill what is kept for those who come back.
  const [, first = 0, ...later] = heaps
  expect(later.length).toBeGreaterThan(10)
  if (process.env.LONG === '1') process.stderr.write(`${heaps.map((mib) => mib.toFixed(2)).join(' ')}\n`)
  expect(Math.max(...later) - first).toBeLessThan(4)
})
