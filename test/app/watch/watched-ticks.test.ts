import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { watchedTicks } from '../../../src/app/watch/watched-ticks.js'
import { brokenRunNote } from '../../../src/domain/schedule.js'
import { startTestPostgres, type TestPostgres } from '../../support/postgres.js'
import { watchedProject } from '../watched-project.js'

const MINUTE = 60_000
const HOURLY = `/* @asset
description: All visits
schedule: '0 * * * *'
*/
select sum(visits)::bigint as visits from marts.hourly
`
const AT = Date.UTC(2026, 2, 2, 10)
const SUBJECT = 'asset:marts.daily'

let server: TestPostgres
let given: Awaited<ReturnType<typeof watchedProject>>
beforeAll(async () => {
  server = await startTestPostgres({ tcp: true })
})
afterAll(() => server.stop())
beforeEach(async () => {
  given = await watchedProject({
    stateUrl: await server.createDatabase(),
    files: { 'assets/marts/daily.sql': HOURLY },
  })
})
afterEach(() => given.close())

const ticks = (now: number, since = AT - 10 * MINUTE) => watchedTicks(given.session, now, since)

test('a moment that nobody took waits, from the moment on and not before', async () => {
  expect(await ticks(AT - 1)).toEqual([])
  const waiting = { asset: 'marts.daily', at: AT, state: 'waiting', run: null, usualMs: null }
  expect(await ticks(AT + 3 * MINUTE)).toEqual([waiting])
  // What passed before this process kept the schedule is caught up, not late.
  expect(await ticks(AT + 3 * MINUTE, AT + MINUTE)).toEqual([])
})

test('one that was taken goes on until its run has ended, however it ended', async () => {
  const store = await given.session.services.store()
  await store.ticks.follow([{ subject: SUBJECT, timetable: 'x' }], AT - 1)
  await store.ticks.claim([{ subject: SUBJECT, at: AT, status: 'running', note: '' }])
  expect(await ticks(AT + MINUTE)).toMatchObject([{ at: AT, state: 'running', run: null }])
  await store.ticks.began([{ subject: SUBJECT, at: AT }], 7)
  expect(await ticks(AT + 90 * MINUTE)).toMatchObject([{ at: AT, state: 'running', run: 7 }])
  await store.ticks.settle([{ subject: SUBJECT, at: AT }], { status: 'done', run: 7, note: 'failed' })
  expect(await ticks(AT + 30 * MINUTE)).toEqual([])
  expect(await ticks(AT + 61 * MINUTE)).toMatchObject([{ at: AT + 60 * MINUTE, state: 'waiting' }])
})

test('while another asset is built, one that was not begun is told: they would go side by side', async () => {
  const store = await given.session.services.store()
  const other = { subject: 'asset:raw.readings', at: AT }
  await store.ticks.follow([{ subject: other.subject, timetable: 'x' }], AT - 1)
  await store.ticks.claim([{ ...other, status: 'running', note: '' }])
  expect(await ticks(AT + 3 * MINUTE)).toMatchObject([{ asset: 'marts.daily', state: 'waiting', run: null }])
})

test('one whose run could not be made is told until there is one, or the asset is built by hand', async () => {
  const store = await given.session.services.store()
  const tick = { subject: SUBJECT, at: AT }
  await store.ticks.follow([{ subject: SUBJECT, timetable: 'x' }], AT - 1)
  await store.ticks.claim([{ ...tick, status: 'running', note: 'stands for all ticks since 09:00' }])
  await store.ticks.settle([tick], { status: 'done', run: null, note: brokenRunNote('The disk is full.') })
  expect(await ticks(AT + MINUTE)).toMatchObject([{ at: AT, state: 'broken', reason: 'The disk is full.' }])
  await given.run()
  expect(await ticks(AT + MINUTE)).toEqual([])
})
