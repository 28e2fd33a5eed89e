import { expect, test } from 'vitest'
import type { Api } from '../../src/app/api/api.js'
import { Cancelled } from '../../src/app/live/run-queue.js'
import { systemClock } from '../../src/base/clock.js'
import type { RunEvent } from '../../src/executor/events.js'
import { StartedRuns, type Told } from '../../src/server/started-runs.js'

const REQUEST = { select: null, full: false, start: null, end: null, trigger: 'a test', accept: [] }
const RELEASED: RunEvent = { kind: 'released', release: 7, assets: ['marts.visits'], durationMs: 3 }

/** A run that tells `events` and then goes on until it is cut off. */
const goingOn = (events: readonly RunEvent[]): Pick<Api, 'run'> => ({
  run: (_request, emit, signal) => {
    for (const event of events) emit(event)
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  },
})

const startedRuns = (api: Pick<Api, 'run'>) =>
  new StartedRuns(api, systemClock, (error) => {
    throw error
  })

async function lastTold(runs: StartedRuns, ticket: string): Promise<Told | undefined> {
  let last: Told | undefined
  for await (const told of runs.follow(ticket, 0, new AbortController().signal)) last = told
  return last
}

test('a run cancelled before its release is said to have released nothing', async () => {
  const runs = startedRuns(goingOn([]))
  const ticket = await runs.start(REQUEST)
  runs.cancel(ticket, 'ana')
  expect((await lastTold(runs, ticket))?.data).toMatchObject({
    code: 'RUN_CANCELLED',
    detail: 'The run was cancelled by ana.',
    hint: 'Nothing of it was released; readers see what they saw before.',
  })
})

test('a run cancelled while it delivers is said to have released', async () => {
  const runs = startedRuns(goingOn([RELEASED]))
  const ticket = await runs.start(REQUEST)
  runs.cancel(ticket, 'ana')
  expect((await lastTold(runs, ticket))?.data).toMatchObject({
    code: 'RUN_CANCELLED',
    detail: 'The run was cancelled by ana after release 7.',
    hint: expect.stringContaining('Release 7 stands'),
  })
})

test('the queue’s own cancel says the same of what was released', async () => {
  let cancel = () => {}
  const runs = startedRuns({
    run: (_request, emit) => {
      emit(RELEASED)
      return new Promise((_, reject) => {
        cancel = () => reject(new Cancelled('bea'))
      })
    },
  })
  const ticket = await runs.start(REQUEST)
  cancel()
  expect((await lastTold(runs, ticket))?.data).toMatchObject({
    detail: 'The run was cancelled by bea after release 7.',
  })
})
