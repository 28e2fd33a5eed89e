import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { alertMethods } from '../../src/app/alerts.js'
import { sendDue } from '../../src/app/send-due.js'
import { watchProject } from '../../src/app/watch-project.js'
import { header, startMailServer } from '../adapters/notifiers/mail/server.js'
import { startWebhookServer } from '../adapters/notifiers/webhook/server.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { stepOf } from '../watch/given.js'
import { watchedProject } from './watched-project.js'

const HOUR = 3_600_000
const signal = new AbortController().signal
const BAD = ['1,7,10', '2,,20', '3,,30']
const GOOD = ['1,7,10', '2,8,20', '3,9,30']

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres({ tcp: true })
})
afterAll(() => server.stop())

describe('a project that is watched', () => {
  let hook: Awaited<ReturnType<typeof startWebhookServer>>
  let given: Awaited<ReturnType<typeof watchedProject>>
  beforeEach(async () => {
    hook = await startWebhookServer()
    given = await watchedProject({
      stateUrl: await server.createDatabase(),
      alerts: `alerts: { notify: [{ webhook: "${hook.url}/team" }, { webhook: "${hook.url}/all", severity: info }] }\n`,
    })
  })
  afterEach(async () => {
    await given.close()
    await hook.stop()
  })
  const posted = () =>
    hook.posted.map(({ path, body }) => {
      const { state, alert, caused } = JSON.parse(body)
      return [path, alert.key, state, caused.length]
    })
  const open = () => alertMethods(given.session).alerts({ states: null, asset: null, limit: 99 })

  test('raises one alert for a held asset with what it broke below, tells it once, and resolves it', async () => {
    await given.run()
    expect(await given.look()).toEqual([])
    await given.readings(BAD)
    await given.run()
    const changed = await given.look()
    expect(changed.every(({ state, kind }) => state === 'firing' && kind === 'held')).toBe(true)
    const root = (await open()).find(({ cause }) => cause === null)!
    expect(root).toMatchObject({
      key: 'held:staging.visits',
      severity: 'error',
      title: 'staging.visits is held: 2 of 3 rows have no washroom_id (check not_null:washroom_id)',
    })
    expect(root.effect).toMatch(/^Readers still see release 1 \(\d\d:\d\d\)\.$/)
    expect(root.next).toContain('--accept not_null:washroom_id')
    const { caused } = await alertMethods(given.session).alert(root.id)
    expect(caused.map(({ key }) => key)).toContain('held:marts.daily')
    expect((await open()).filter(({ cause }) => cause === null)).toHaveLength(1)

    expect(await given.look()).toEqual([])
    expect(await sendDue(given.session, signal)).toEqual({ sent: 2, waiting: 0, givenUp: 0 })
    expect(await sendDue(given.session, signal)).toEqual({ sent: 0, waiting: 0, givenUp: 0 })
    expect(posted().sort()).toEqual([
      ['/all', 'held:staging.visits', 'firing', caused.length],
      ['/team', 'held:staging.visits', 'firing', caused.length],
    ])

    await given.readings(GOOD)
    await given.run()
    await given.look()
    expect(await open()).toEqual([])
    await sendDue(given.session, signal)
    expect(
      posted()
        .slice(2)
        .map(([, key, state]) => [key, state]),
    ).toEqual([
      ['held:staging.visits', 'resolved'],
      ['held:staging.visits', 'resolved'],
    ])
  })

  test('looks at a run that ended after later ones were looked at', async () => {
    await given.run()
    const store = await given.session.services.store()
    const at = Date.parse('2026-03-01T10:00:00Z')
    const [slow, quick] = [
      await store.beginRun({ trigger: 'slow', at }),
      await store.beginRun({ trigger: 'quick', at }),
    ]
    const end = async (run: number, asset: string) => {
      const { run: _run, ...step } = stepOf(asset)
      await store.recordSteps(run, [step])
      await store.finishRun(run, { status: 'done', release: null, at })
      await given.look()
      return (await store.alerts.looked()).run
    }
    expect(await end(quick.run, 'raw.visits')).toBe(slow.run - 1)
    expect(await end(slow.run, 'marts.daily')).toBe(quick.run)
  })

  test('tells of a warning where the check hardly ever failed before, and not of its daily life', async () => {
    const crowded = ['1,7,600']
    const keys = async () => {
      await given.run()
      await given.look()
      return (await open()).map(({ key, severity }) => [key, severity])
    }
    const told = [['check_value:staging.visits:crowded', 'warning']]
    await given.readings(['1,7,10'])
    expect(await keys()).toEqual([])
    await given.readings(crowded)
    expect(await keys()).toEqual(told)
    // Nothing new is known of it: it stays.
    expect(await keys()).toEqual(told)
    await given.readings([...crowded, '2,7,700'])
    expect(await keys()).toEqual(told)
    await given.readings(GOOD)
    expect(await keys()).toEqual([])
    await given.readings(crowded)
    expect(await keys()).toEqual(told)
    await given.readings(GOOD)
    expect(await keys()).toEqual([])
    await given.readings(crowded)
    expect(await keys()).toEqual([])
  })

  test('tells of a step that takes longer every day, though no run is unusual', async () => {
    await given.run()
    const store = await given.session.services.store()
    for (let day = 0; day < 70; day++) {
      given.clock.forward(24 * HOUR)
      const at = given.clock.now()
      const { run } = await store.beginRun({ trigger: 'test', at })
      const durationMs = 20_000 * 1.01 ** day
      const step = { durationMs, startedAt: at, metrics: [{ name: 'duration_ms', value: durationMs }] }
      await store.recordSteps(run, [stepOf('marts.hourly', step)])
      await given.look()
    }
    expect((await open()).filter(({ kind }) => kind === 'slow')).toMatchObject([
      { key: 'slowdown:marts.hourly', state: 'firing', severity: 'warning' },
    ])
    await sendDue(given.session, signal)
    expect(
      posted().filter(([path, key]) => path === '/team' && key === 'slowdown:marts.hourly'),
    ).toHaveLength(1)
  })

  test('tells of a check that fails and lets the rows pass, unless it is a warning that always failed', async () => {
    await given.readings(['1,7,1000'])
    await given.run()
    await given.look()
    expect(await open()).toMatchObject([
      {
        kind: 'check_value',
        severity: 'error',
        effect: 'The rows were released all the same: readers see them.',
      },
    ])
  })

  test('is looked at by several processes at once without doubling anything', async () => {
    await given.run()
    await given.readings(BAD)
    await given.run()
    const sessions = [given.session, await given.open(), await given.open()]
    const now = given.clock.now()
    await Promise.all([...sessions, ...sessions].map((session) => watchProject(session, now)))
    const keys = (await open()).map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    await Promise.all([...sessions, ...sessions].map((session) => sendDue(session, signal)))
    expect(posted()).toHaveLength(2)
  })

  test('keeps a message for a channel that is down, and sends it under the same id when it is up', async () => {
    await given.readings(BAD)
    await given.run()
    await given.look()
    hook.answer(503)
    expect(await sendDue(given.session, signal)).toEqual({ sent: 0, waiting: 2, givenUp: 0 })
    expect(await sendDue(given.session, signal)).toEqual({ sent: 0, waiting: 0, givenUp: 0 })
    hook.answer(204)
    given.clock.forward(20_000)
    expect(await sendDue(given.session, signal)).toEqual({ sent: 2, waiting: 0, givenUp: 0 })
    const ids = hook.posted.map(({ headers }) => headers['idempotency-key'])
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^washrooms-prod-\d+-firing$/)
    expect(hook.posted).toHaveLength(4)
  })

  test('gives a message up after a day, and says so', async () => {
    await given.readings(BAD)
    await given.run()
    await given.look()
    hook.answer(500)
    await sendDue(given.session, signal)
    given.clock.forward(25 * HOUR)
    expect(await sendDue(given.session, signal)).toEqual({ sent: 0, waiting: 0, givenUp: 2 })
    const { alerts } = await given.session.services.store()
    expect(await alerts.messages({ alert: null, limit: 9 })).toMatchObject([
      { status: 'given_up', attempts: 2 },
      { status: 'given_up', attempts: 2 },
    ])
    const told = (await open()).flatMap(({ events }) => events.map(({ note }) => note))
    expect(
      told.filter((note) => /^not told to webhook:127.0.0.1:\d+#\w+: .* answers 500$/.test(note)),
    ).toHaveLength(2)
  })

  test('sends nothing that is silenced, and tells after the silence what still goes on', async () => {
    const methods = alertMethods(given.session)
    await methods.silence({
      assets: 'staging.*',
      kind: null,
      until: given.clock.now() + HOUR,
      by: 'ana',
      reason: 'we move',
    })
    await given.readings(BAD)
    await given.run()
    await given.look()
    await sendDue(given.session, signal)
    expect(posted()).toEqual([])
    given.clock.forward(HOUR + 1)
    await given.look()
    await sendDue(given.session, signal)
    expect(posted().map(([, key, state]) => [key, state])).toEqual([
      ['held:staging.visits', 'firing'],
      ['held:staging.visits', 'firing'],
    ])
  })

  test('is acknowledged by somebody, once or again, and not after it is over', async () => {
    const methods = alertMethods(given.session)
    await given.readings(BAD)
    await given.run()
    await given.look()
    await sendDue(given.session, signal)
    const { id } = (await open()).find(({ cause }) => cause === null)!
    expect(await methods.acknowledge(id, 'ana', 'a bad batch')).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'ana',
    })
    await methods.acknowledge(id, 'ben', 'mine now')
    await sendDue(given.session, signal)
    expect(posted().filter(([, , state]) => state === 'acknowledged')).toHaveLength(2)
    await given.readings(GOOD)
    await given.run()
    await given.look()
    await expect(methods.acknowledge(id, 'ana', '')).rejects.toMatchObject({ code: 'ALERT_RESOLVED' })
    await expect(methods.acknowledge(999, 'ana', '')).rejects.toMatchObject({ code: 'ALERT_UNKNOWN' })
    await expect(methods.alert(999)).rejects.toMatchObject({ code: 'ALERT_UNKNOWN' })
    await expect(methods.unsilence(999)).rejects.toMatchObject({ code: 'SILENCE_UNKNOWN' })
    for (const assets of ["x'; drop", '', 'a b'])
      await expect(
        methods.silence({ assets, kind: null, until: given.clock.now() + 1, by: 'a', reason: '' }),
      ).rejects.toMatchObject({ code: 'SILENCE_INVALID' })
    // No date can be written of it, and Postgres would round it.
    await expect(
      methods.silence({ assets: '*', kind: null, until: Number.MAX_SAFE_INTEGER, by: 'a', reason: '' }),
    ).rejects.toMatchObject({ code: 'SILENCE_INVALID', message: /after the year 9999/ })
  })

  test('says that the project on disk is broken while the last good one runs on', async () => {
    const broken = { code: 'PROJECT_INVALID', message: 'The project has a mistake.' }
    const [alert] = await watchProject(given.session, given.clock.now(), { broken })
    expect(alert).toMatchObject({ key: 'project', asset: null, state: 'firing' })
    const [over] = await watchProject(given.session, given.clock.now())
    expect(over).toMatchObject({ key: 'project', state: 'resolved' })
  })

  test('tells of moments of the schedule that were not kept, where a scheduler runs', async () => {
    const now = given.clock.now()
    const tick = {
      asset: 'marts.daily',
      at: now - 5 * 60_000,
      state: 'waiting' as const,
      run: null,
      usualMs: null,
    }
    const [alert] = await watchProject(given.session, now, { ticks: [tick] })
    expect(alert).toMatchObject({
      kind: 'never_started',
      severity: 'error',
      effect: 'Readers have seen nothing of it yet.',
    })
    // A command without a scheduler does not know better.
    expect(await given.look()).toEqual([])
    const [over] = await watchProject(given.session, now, { ticks: [] })
    expect(over).toMatchObject({ kind: 'never_started', state: 'resolved' })
  })
})

test('alerts are mailed too, to the assets and severities that a route names', async () => {
  const mail = await startMailServer()
  const given = await watchedProject({
    stateUrl: await server.createDatabase(),
    alerts: `alerts:
  smtp: ${mail.url}
  from: millrace@example.com
  notify:
    - { mail: [ana@example.com], assets: 'staging.*', severity: error }
    - { mail: ben@example.com, assets: 'marts.*' }
    - { mail: eve@example.com, severity: critical }
`,
  })
  try {
    await given.readings(BAD)
    await given.run()
    await given.look()
    await sendDue(given.session, signal)
    expect(mail.mails.map((text) => [header(text, 'To'), header(text, 'Subject')])).toEqual([
      [
        'ana@example.com',
        'Held: staging.visits — 2 of 3 rows have no washroom_id (check not_null:washroom_id)',
      ],
    ])
  } finally {
    await given.close()
    await mail.stop()
  }
})
