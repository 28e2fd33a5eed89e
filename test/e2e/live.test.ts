import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunSummary } from '../../src/app/api/shapes.js'
import type { Alert } from '../../src/domain/alert.js'
import { skipsBrowser, startChromium } from '../support/chromium.js'
import { createTestProject, type QueryJson, type RunJson, type TestProject } from '../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { type Served, serve } from '../support/serve.js'
import { appSchema, batchSql, washroomFiles } from './washroom-project.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

type Given = { project: TestProject; app: pg.Client; served: Served; messages: Message[] }
type Message = { id: string | undefined; state: string; kind: string }

const SCHEDULED = {
  ...washroomFiles,
  'assets/raw/readings.yaml': `${washroomFiles['assets/raw/readings.yaml']}schedule: '* * * * * *'\n`,
  'assets/raw/devices.yaml': `${washroomFiles['assets/raw/devices.yaml']}schedule: '* * * * * *'\n`,
}

/** A webhook's other end, which keeps what it is told. */
async function mailbox(messages: Message[]): Promise<{ url: string; sink: Server }> {
  const sink = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { state, alert } = JSON.parse(body) as { state: string; alert: Alert }
      messages.push({ id: request.headers['idempotency-key'] as string, state, kind: alert.kind })
      response.end()
    })
  })
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`, sink }
}

async function given(work: (given: Given) => Promise<void>): Promise<void> {
  const url = await server.createDatabase()
  const app = new pg.Client({ connectionString: url })
  app.on('error', () => {})
  await app.connect()
  const messages: Message[] = []
  const hook = await mailbox(messages)
  const project = createTestProject(
    {
      ...SCHEDULED,
      'millrace.yaml': `${washroomFiles['millrace.yaml']}alerts: { notify: [{ webhook: "${hook.url}" }] }\n`,
    },
    { APP_DATABASE_URL: url },
  )
  let served: Served | null = null
  try {
    await app.query(appSchema)
    await app.query(batchSql(0))
    served = await serve(project)
    await work({ project, app, served, messages })
  } finally {
    await served?.stop()
    hook.sink.close()
    await app.end()
    project.remove()
  }
}

/** Tries until it holds. */
async function eventually<T>(probe: () => Promise<T | false | null | undefined>): Promise<T> {
  for (const until = performance.now() + 60_000; performance.now() < until; ) {
    const found = await probe()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`it never came true: ${probe}`)
}

const BAD = `insert into hardware.readings (device_id, read_at, visits)
  select 3, timestamptz '2026-03-02 12:00+00' + n * interval '1 minute', -n from generate_series(1, 4) n`
/** The author learns that devices count backwards now and then. */
const MENDED = {
  'assets/staging/counts.sql': washroomFiles['assets/staging/counts.sql']!.replace(
    'visits < $most',
    'visits < $most and visits >= 0',
  ),
}

const total = async (app: pg.Client): Promise<number> => {
  const there = await app.query(`select to_regclass('insights.hourly') is not null as there`)
  if (!there.rows[0].there) return 0
  return Number((await app.query('select sum(visits) as total from insights.hourly')).rows[0].total)
}

describe('a served project', { timeout: 180_000 }, () => {
  test('builds and delivers new rows by itself, and answers commands as a project of their own does', () =>
    given(async ({ project, app, served }) => {
      const first = await eventually(() => total(app))
      await app.query(batchSql(1))
      const second = await eventually(async () => ((await total(app)) > first ? total(app) : null))
      const query = await project.json<QueryJson>('query', 'select sum(visits)::bigint from marts.hourly')
      expect(query.value.rows).toEqual([[second]])
      const run = await project.json<RunJson>('run')
      expect(run.code).toBe(0)
      const runs = await served.ask<RunSummary[]>('/runs?limit=5')
      expect(runs.find((one) => one.run === run.value.run)?.trigger).toContain('millrace')

      project.write({ 'assets/marts/broken.sql': 'select nonsense' })
      const broken = await project.run('run')
      expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('assets/marts/broken.sql')])
      await app.query(batchSql(2))
      await eventually(async () => (await total(app)) > second)
    }))

  test('comes back after kill -9 without help, and goes on where it was', () =>
    given(async ({ project, app, served }) => {
      const first = await eventually(() => total(app))
      await served.kill()
      await app.query(batchSql(1))
      const again = await serve(project)
      try {
        await eventually(async () => (await total(app)) > first)
        expect((await again.ask<{ troubles: unknown[] }>('/overview')).troubles).toEqual([])
      } finally {
        expect((await again.stop()).code).toBe(0)
      }
    }))

  test.skipIf(skipsBrowser)(
    'shows a bad batch: held with its rows, one alert, and all well again after the fix',
    () =>
      given(async ({ project, app, served, messages }) => {
        const browser = await startChromium()
        try {
          const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
          const faults: string[] = []
          page.on('pageerror', ({ message }) => faults.push(message))
          const requests = new Set<string>()
          page.on('request', (request) => requests.add(new URL(request.url()).origin))
          await page.goto(`${served.url}/#token=${served.token}`)

          // A run happens.
          await eventually(() => total(app))
          await page
            .getByText(/all \d+ .*fresh/i)
            .first()
            .waitFor()
          const good = await total(app)

          // A bad batch: held, with its rows, and readers keep what they had.
          await app.query(BAD)
          await page
            .getByText(/need.* you/i)
            .first()
            .waitFor({ timeout: 60_000 })
          await page
            .getByText(/still see release/i)
            .first()
            .waitFor()
          await page
            .getByRole('link', { name: /run \d+/i })
            .first()
            .click()
          await page.getByText('accepted_range').first().waitFor()
          await page.getByText('-4', { exact: true }).first().waitFor()
          expect(await total(app)).toBe(good)

          // One alert; somebody takes it.
          await openAlert(page)
          const roots = (await served.ask<Alert[]>('/alerts')).filter(({ cause }) => cause === null)
          expect(roots.map(({ kind, asset }) => [kind, asset])).toEqual([['held', 'staging.counts']])
          await page
            .getByRole('button', { name: /acknowledge/i })
            .first()
            .click()
          const dialog = page.getByRole('dialog')
          await dialog.getByRole('textbox').first().fill('ana')
          await dialog.locator('button[type=submit]').click()
          await page
            .getByText(/acknowledged/i)
            .first()
            .waitFor()

          // The fix: the next run passes, the alert is over.
          project.write(MENDED)
          await app.query(batchSql(3))
          await page
            .getByText(/resolved/i)
            .first()
            .waitFor({ timeout: 60_000 })
          await page.goto(served.url)
          await page
            .getByText(/all \d+ .*fresh/i)
            .first()
            .waitFor({ timeout: 60_000 })
          expect(await total(app)).toBeGreaterThan(good)
          expect(faults).toEqual([])
          expect([...requests]).toEqual([served.url])

          await eventually(async () => messages.some(({ state }) => state === 'resolved'))
          expect(messages.map(({ state }) => state)).toEqual(['firing', 'acknowledged', 'resolved'])
          expect(new Set(messages.map(({ id }) => id)).size).toBe(3)
        } finally {
          await browser.close()
        }
      }),
  )
})

async function openAlert(page: Page): Promise<void> {
  await page
    .getByRole('link', { name: /^alerts/i })
    .first()
    .click()
  await page.waitForURL(/\/alerts$/)
  await page.locator('main a[href*="/alerts/"]').first().click()
  await page.waitForURL(/\/alerts\/\d+/)
}
