import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckResult } from '../../src/domain/check.js'
import type { Plan } from '../../src/planner/plan.js'
import { createTestProject, type RunJson, statuses, type TestProject } from '../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

const counts = (checks: string) => `/* @asset
description: Readings by hour
materialize: incremental
time: { column: read_at, grain: hour }
allow_incomplete: true
checks: [${checks}]
*/
select device_id, read_at, visits from raw.readings where read_at >= $start and read_at < $end
`
const busy = (checks: string) => `/* @asset
description: Devices that were ever busy
key: [device_id]
checks: [${checks}]
deliver: { to: app, table: public.busy }
*/
select device_id, max(visits) as visits from staging.counts group by all
`
const readings = (...rows: string[]) => `${['device_id,read_at,visits', ...rows].join('\n')}\n`

type Step = RunJson['steps'][number] & { checks: readonly CheckResult[]; judgedRelease: number | null }
type Ran = Omit<RunJson, 'steps'> & { steps: readonly Step[] }

/** A source of files, a table built by range, a table on top that the app gets; released once. */
async function released(work: (project: TestProject) => Promise<void>): Promise<void> {
  const [state, app] = [await server.createDatabase(), await server.createDatabase()]
  const project = createTestProject(
    {
      'millrace.yaml': `name: checks\nstate: "${state}"\nconnections:\n  drop: { type: files, path: in }\n  app: { type: postgres, url: "${app}" }\n`,
      'assets/raw/readings.yaml':
        "description: Readings\nsource: { from: drop, path: '*.csv' }\ntime: { column: read_at }\ncolumns: { read_at: timestamptz }\n",
      'assets/staging/counts.sql': counts(''),
      'assets/marts/busy.sql': busy('row_count: { min: 1 }'),
      'in/day1.csv': readings('1,2026-03-01T08:00:00Z,5', '2,2026-03-01T09:00:00Z,-3'),
    },
    {},
  )
  try {
    expect((await project.json<Ran>('run')).code).toBe(0)
    await work(project)
  } finally {
    project.remove()
  }
}

const step = ({ value }: { value: Ran }, asset: string): Step =>
  value.steps.find((each) => each.asset === asset)!
const planned = async (project: TestProject, ...args: string[]) =>
  (await project.json<Plan>('plan', ...args)).value.steps.map(({ asset, action, reasons }) => ({
    asset,
    action,
    reasons,
  }))

describe('checks that change while their asset need not be built', () => {
  test('judge the released rows once, which the plan shows before', async () => {
    await released(async (project) => {
      project.write({ 'assets/marts/busy.sql': busy('row_count: { min: 2 }') })
      expect(await planned(project, '--select', 'marts.busy')).toEqual([
        {
          asset: 'marts.busy',
          action: 'judge',
          reasons: [
            { kind: 'follows', inputs: ['staging.counts'] },
            { kind: 'checks_changed', checks: ['row_count'] },
          ],
        },
      ])
      const ran = await project.json<Ran>('run')
      expect(ran.code).toBe(0)
      expect(ran.value.release).toBeNull()
      expect(step(ran, 'marts.busy')).toMatchObject({
        status: 'unchanged',
        reason: 'nothing it reads changed; judged again by row_count: passed',
        judgedRelease: 1,
        checks: [{ check: 'row_count', status: 'passed', value: 2 }],
        metrics: { 'check:row_count': 2 },
      })
      const again = await project.json<Ran>('run')
      expect(step(again, 'marts.busy')).toMatchObject({
        status: 'unchanged',
        checks: [],
        judgedRelease: null,
      })
      expect((await planned(project)).map(({ action }) => action)).toEqual(['load', 'follow', 'follow'])
    })
  })

  test('hold released rows that fail until rows or check are put right; what reads them is kept back', async () => {
    await released(async (project) => {
      const range = (min: number) => counts(`accepted_range: { column: visits, min: ${min} }`)
      project.write({
        'assets/staging/counts.sql': range(0),
        'assets/marts/busy.sql': busy('row_count: { min: 1 }').replace('max(visits)', 'min(visits)'),
      })
      const held = await project.json<Ran>('run')
      expect(held.code).toBe(3)
      expect(held.value.release).toBeNull()
      expect(statuses(held.value)).toEqual({
        'raw.readings': 'unchanged',
        'staging.counts': 'held',
        'marts.busy': 'skipped',
      })
      expect(step(held, 'staging.counts')).toMatchObject({ judgedRelease: 1, checks: [{ failedRows: 1 }] })
      expect(step(held, 'staging.counts').reason).toMatch(/; readers have seen these rows since release 1$/)
      // The one that reads them, asked for alone, is kept back as well.
      const alone = await project.json<Ran>('run', '--select', 'marts.busy')
      expect(alone.code).toBe(3)
      expect(step(alone, 'marts.busy')).toMatchObject({
        status: 'skipped',
        reason: 'staging.counts, which it reads, is held by accepted_range:visits',
      })
      expect((await planned(project))[1]).toMatchObject({
        action: 'judge',
        reasons: [{ kind: 'follows' }, { kind: 'checks_failed', checks: ['accepted_range:visits'] }],
      })
      const text = await project.run('run')
      expect(text.code).toBe(3)
      expect(text.stdout).toContain(
        'readers have seen these rows since release 1. What reads them is not built',
      )
      project.write({ 'assets/staging/counts.sql': range(-5) })
      const mended = await project.json<Ran>('run')
      expect(mended.code).toBe(0)
      expect(statuses(mended.value)).toMatchObject({
        'staging.counts': 'unchanged',
        'marts.busy': 'released',
      })
    })
  })

  test('judge all the rows there will be when a part of them is built; let pass once, they are not asked again', async () => {
    await released(async (project) => {
      project.write({
        'assets/staging/counts.sql': counts('accepted_range: { column: visits, min: 0 }'),
        'in/day2.csv': readings('1,2026-03-02T08:00:00Z,7'),
      })
      const held = await project.json<Ran>('run')
      expect(held.code).toBe(3)
      expect(step(held, 'staging.counts')).toMatchObject({
        status: 'held',
        judgedRelease: null,
        checks: [{ failedRows: 1, rows: 3 }],
      })
      const accepted = await project.json<Ran>('run', '--accept', 'accepted_range:visits')
      expect(accepted.code).toBe(0)
      expect(step(accepted, 'staging.counts').status).toBe('released')
      project.write({ 'in/day3.csv': readings('1,2026-03-03T08:00:00Z,9') })
      const next = await project.json<Ran>('run')
      expect(step(next, 'staging.counts')).toMatchObject({ status: 'released', checks: [{ rows: 1 }] })
    })
  })

  test('hold and let go deliveries', async () => {
    await released(async (project) => {
      const held = busy('row_count: { min: 3, on_fail: hold_delivery }')
      project.write({
        'assets/marts/busy.sql': held.replace('public.busy }', 'public.busy_too }'),
      })
      const ran = await project.json<Ran>('run')
      expect(ran.code).toBe(0)
      expect(step(ran, 'marts.busy')).toMatchObject({ status: 'unchanged', judgedRelease: 1 })
      expect(ran.value.deliveries).toMatchObject([
        { delivery: 'marts.busy>app:public.busy_too', status: 'held' },
      ])
      // A repair is no way round it.
      const repair = await project.json<{ repaired: unknown[] }>('check', '--delivered', '--repair')
      expect(repair.value.repaired).toEqual([])
      project.write({
        'assets/marts/busy.sql': busy('row_count: { min: 2, on_fail: hold_delivery }').replace(
          'public.busy }',
          'public.busy_too }',
        ),
      })
      const mended = await project.json<Ran>('run')
      expect(mended.value.deliveries).toMatchObject([
        { delivery: 'marts.busy>app:public.busy_too', status: 'delivered', inserted: 2 },
      ])
    })
  })

  test('leave a passed rule alone when only another one changes', async () => {
    await released(async (project) => {
      project.write({ 'assets/marts/busy.sql': busy('row_count: { min: 1 }, unique: [visits]') })
      const ran = await project.json<Ran>('run')
      expect(step(ran, 'marts.busy').checks.map(({ check }) => check)).toEqual(['unique:visits'])
      const { value } = await project.json<{ results: CheckResult[] }>('check', 'marts.busy', '--rows')
      expect(value.results.map(({ check }) => check)).toContain('row_count')
    })
  })
})
