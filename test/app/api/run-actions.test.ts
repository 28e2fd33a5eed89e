import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Api, RunRequestBody } from '../../../src/app/api/api.js'
import { createLocalApi } from '../../../src/app/api/local-api.js'
import type { LiveEvent } from '../../../src/app/api/shapes.js'
import type { LiveProject } from '../../../src/app/live/live.js'
import { openLiveProject } from '../../../src/app/live/open-live-project.js'
import type { RunEvent } from '../../../src/executor/events.js'
import { apiProjectFiles } from '../../conformance/api/project.js'
import { noAlerts, noReports } from './no-parts.js'
import { openTestProject } from './test-project.js'

/** Builds until it is told to stop. */
const ENDLESS = `/* @asset
description: Never done
key: [customer_id]
inputs: [staging.doors]
columns:
  customer_id: { type: varchar }
*/
export default async function* (ctx) {
  ctx.log.info('for ever')
  await new Promise((_, reject) => {
    const timer = setInterval(() => {}, 1000)
    ctx.signal.addEventListener('abort', () => { clearInterval(timer); reject(ctx.signal.reason) })
  })
  yield { customer_id: 'none' }
}
`
const request: RunRequestBody = {
  select: null,
  full: false,
  start: null,
  end: null,
  trigger: 'a test',
  accept: [],
}
const never = () => new AbortController().signal

describe('a run that goes on in a project that stays open', () => {
  let live: LiveProject
  let api: Api
  let remove: () => Promise<void>
  let outcome: Promise<unknown>
  beforeAll(async () => {
    const project = await openTestProject({
      ...apiProjectFiles,
      'assets/marts/doubled.ts': ENDLESS,
      // It waits for what never ends.
      'assets/marts/after.sql':
        '/* @asset\ndescription: After it\n*/\nselect customer_id from marts.doubled\n',
    })
    remove = project.remove
    live = await openLiveProject(project.options)
    api = createLocalApi({ live, use: (work) => live.use(work) }, { alerts: noAlerts, reports: noReports })
    await new Promise<void>((resolve, reject) => {
      const heard = (event: RunEvent) => {
        if (event.kind === 'step-log' && event.message.includes('for ever')) resolve()
      }
      outcome = api.run(request, heard, never())
      outcome.catch(reject)
    })
  })
  afterAll(async () => {
    await live?.stop(0)
    await remove?.()
  })

  test('shows the steps that go on, and those that wait', async () => {
    const detail = await api.runDetail(1)
    expect(detail.run.status).toBe('running')
    expect(detail.running).toEqual(
      expect.arrayContaining([expect.objectContaining({ asset: 'marts.doubled', phase: 'building' })]),
    )
    expect(detail.waiting).toEqual(['marts.after'])
    expect(detail.inputs['marts.after']).toEqual(['marts.doubled'])
  })

  test('is in the overview, in the queue, and in its asset’s cell of now', async () => {
    const overview = await api.overview()
    expect(overview.running.map(({ run }) => run)).toEqual([1])
    expect(overview.queue).toMatchObject([{ run: 1, trigger: 'a test' }])
    expect(await api.queue()).toMatchObject([{ run: 1 }])
    const row = overview.strip.rows.find(({ asset }) => asset === 'marts.doubled')
    expect(row?.cells.at(-1)).toMatchObject({ status: 'running', run: 1 })
  })

  test('its log can be read while it goes on', async () => {
    const lines = await api.log({ run: 1, asset: 'marts.doubled', after: 0, limit: 100 })
    expect(lines.map(({ message }) => message)).toContain('for ever')
  })

  test('is followed by events from any moment on', async () => {
    const stop = new AbortController()
    const heard: LiveEvent[] = []
    const listening = (async () => {
      for await (const event of api.events(null, stop.signal)) {
        heard.push(event)
        if (event.kind === 'run') stop.abort()
      }
    })()
    live.publish({ kind: 'run', run: 1, event: { kind: 'step-progress', asset: 'marts.doubled', rows: 5 } })
    await listening
    expect(heard.at(-1)).toMatchObject({ kind: 'run', run: 1 })
  })

  test('another one waits behind it, and leaves when its caller does', async () => {
    const gone = new AbortController()
    const second = api.run(request, () => {}, gone.signal)
    expect(await api.queue()).toMatchObject([
      { run: 1 },
      { run: null, waitsFor: 'run 1, which builds raw.doors' },
    ])
    const reason = new Error('no longer wanted')
    gone.abort(reason)
    await expect(second).rejects.toBe(reason)
    expect(await api.queue()).toHaveLength(1)
  })

  test('is cancelled by whoever asks, and has then ended as such', async () => {
    await api.cancel(1, 'ana')
    await expect(outcome).rejects.toMatchObject({ message: expect.stringContaining('ana') })
    const [run] = await api.runs({ limit: 1, before: null, status: null, asset: null })
    expect(run).toMatchObject({ run: 1, status: 'cancelled', total: 0 })
    expect((await api.overview()).running).toEqual([])
    await expect(api.cancel(1, 'ana')).rejects.toMatchObject({ code: 'RUN_NOT_GOING_ON' })
  })
})
