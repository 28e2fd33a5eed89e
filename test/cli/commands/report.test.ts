import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReportSummary } from '../../../src/app/api/shapes.js'
import type { ReportRecord } from '../../../src/domain/report.js'
import { createTestProject, type TestProject } from '../../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../../support/postgres.js'
import { serve } from '../../support/serve.js'

const IDS = ['a', 'A', 'a/b', '..', 'é', 'x'.repeat(300)]
const HEAD = 'customer_id,room,came_at,visits\n'
const ROWS = IDS.map((id, index) => `${id},Hall,2024-01-30T10:00:00Z,${index + 1}\n`).join('')

const reportOf = (period: string) => `---
title: Your ${period}
for_each: tenant
period: ${period}
---

\`\`\`sql total
select sum(visits) as visits, max(100 // (visits - 900)) as odd from marts.traffic
where day >= $start and day < $end
\`\`\`

{{ total.visits }} visits, {{ total.odd }}
`

const FILES = {
  'millrace.yaml': `name: small
tenant: customer_id
timezone: Europe/Dublin
state: "\${STATE_URL}"
connections:
  drop: { type: files, path: ./incoming }
`,
  'assets/raw/visits.yaml': `description: Visits
source: { from: drop, path: '*.csv', format: csv }
columns:
  customer_id: { type: VARCHAR }
  came_at: { type: TIMESTAMP WITH TIME ZONE }
  visits: { type: BIGINT }
`,
  'assets/marts/traffic.sql': `/* @asset
description: Visits per room and day
checks:
  - failed_rows: { name: too_many, sql: select * from this where visits > 99999, on_fail: block }
*/
select customer_id, room, date_trunc('day', came_at) as day, sum(visits)::bigint as visits
from raw.visits group by all
`,
  'reports/weekly.md': reportOf('week'),
  'reports/daily.md': reportOf('day'),
  'reports/monthly.md': reportOf('month'),
  'reports/quarterly.md': reportOf('quarter'),
  'reports/yearly.md': reportOf('year'),
  // Nobody's rows, and everybody's.
  'assets/marts/nobody.sql':
    '/* @asset\ndescription: nobody\n*/\nselect customer_id, visits from raw.visits where false\n',
  'reports/empty.md':
    '---\ntitle: E\nfor_each: tenant\nperiod: week\n---\n\n```sql q\nselect visits from marts.nobody\n```\n\n```table q\n```\n',
  'reports/wrong.md':
    '---\ntitle: W\nfor_each: tenant\nperiod: week\n---\n\n```sql q\nselect vists from marts.traffic\n```\n\n```table q\n```\n',
  'incoming/1.csv': HEAD + ROWS,
}

type Failure = Readonly<{ error: { code: string } }>

describe('millrace report', () => {
  let state: TestPostgres
  let project: TestProject
  beforeAll(async () => {
    state = await startTestPostgres()
    project = createTestProject(FILES, { STATE_URL: await state.createDatabase() })
  })
  afterAll(async () => {
    project.remove()
    await state.stop()
  })
  const page = (out: string, ...path: string[]) => readFileSync(join(project.root, out, ...path), 'utf8')

  test('says that nothing was released yet, with exit code 3, and then lists what there is', async () => {
    const { code, stdout } = await project.run('report', 'weekly', '--period', '2024-W05')
    expect([code, stdout]).toEqual([
      3,
      'weekly 2024-W05: 0 made, 1 held, last good ones stay; 1 report in all.\n',
    ])
    expect((await project.run('run')).code).toBe(0)
    const { value } = await project.json<readonly ReportSummary[]>('report')
    expect(value.map(({ report }) => report)).toEqual([
      'daily',
      'empty',
      'monthly',
      'quarterly',
      'weekly',
      'wrong',
      'yearly',
    ])
  })

  test('writes DIR/NAME/ID/PERIOD.html for every tenant, whatever the ids are', async () => {
    const out = join(project.root, 'pages')
    const { code, value } = await project.json<ReportRecord[]>(
      ...['report', 'weekly', '--period', '2024-W05', '--out', out],
    )
    expect(code).toBe(0)
    expect(new Set(value.map(({ tenant }) => tenant))).toEqual(new Set(IDS))
    expect(value.every(({ status }) => status === 'rendered')).toBe(true)
    expect(readdirSync(join(out, 'weekly'))).toHaveLength(IDS.length)
    for (const { tenant, file } of value)
      expect(page('pages', file ?? '')).toContain(`<p>${IDS.indexOf(tenant ?? '') + 1} visits`)
    expect(page('pages', 'weekly', 'a', '2024-W05.html')).toContain('<p>1 visits')
    // A file system that does not tell letter case apart gets another name for it.
    if (!existsSync(join(out, 'WEEKLY')))
      expect(page('pages', 'weekly', 'A', '2024-W05.html')).toContain('<p>2 visits')
  })

  test('makes days, weeks, months, quarters and years', async () => {
    for (const [name, period] of [
      ['daily', '2024-01-30'],
      ['monthly', '2024-01'],
      ['quarterly', '2024-Q1'],
      ['yearly', '2024'],
    ] as const) {
      const { code, value } = await project.json<ReportRecord[]>(
        ...['report', name, '--tenant', 'a', '--period', period],
      )
      expect([code, value.map(({ status, file }) => [status, file])]).toEqual([
        0,
        [['rendered', `${name}/a/${period}.html`]],
      ])
    }
  })

  test('a period that is not over, or has no rows, is a page that says so', async () => {
    const { code, value } = await project.json<ReportRecord[]>(
      ...['report', 'weekly', '--tenant', 'a', '--period', '2999-W05'],
    )
    expect([code, value[0]?.status]).toEqual([0, 'no_data'])
    const html = page('.millrace/reports', value[0]?.file ?? '')
    expect(html).toContain('There is no data for')
    expect(html).toContain('The period was not over when this was made.')
  })

  test('a report of assets that hold no tenant makes nothing, and says so', async () => {
    const { code, stdout } = await project.run('report', 'empty')
    expect([code, stdout]).toEqual([0, 'empty: no tenant has rows in what it reads; nothing was made.\n'])
  })

  test('says what is wrong with a question, with exit code 2', async () => {
    const weekly = (period: string) => ['weekly', '--period', period]
    for (const [words, expected] of [
      [['weekley'], 'REPORT_UNKNOWN'],
      [['wrong', '--period', '2024-W05'], 'REPORT_INVALID'],
      [[...weekly('2024-W05'), '--tenant', 'nobody'], 'TENANT_UNKNOWN'],
      [[...weekly('2024-W05'), '--tenant', `a' or 1=1 --`], 'TENANT_UNKNOWN'],
      [weekly('2024-W54'), 'PERIOD_INVALID'],
      [weekly('2024-02'), 'PERIOD_INVALID'],
      [weekly('../2024-W05'), 'PERIOD_INVALID'],
      [weekly(''), 'PERIOD_INVALID'],
      [[...weekly('2024-W05'), '--out', join(project.root, 'millrace.yaml')], 'REPORT_FOLDER_UNWRITABLE'],
    ] as const) {
      const { code, value } = await project.json<Failure>('report', ...words)
      expect([words, code, value.error.code]).toEqual([words, 2, expected])
    }
  })

  test('one tenant’s failure is exit code 1; the others have their pages', async () => {
    project.write({
      'incoming/2.csv': `${HEAD}big,Hall,2024-03-05T10:00:00Z,9\na,Hall,2024-03-05T10:00:00Z,7\n`,
    })
    project.write({
      'reports/daily.md': reportOf('day').replace(
        'max(100 // (visits - 900))',
        `max(cast(case when customer_id = 'big' then 'no number' else '1' end as integer))`,
      ),
    })
    expect((await project.run('run')).code).toBe(0)
    const { code, value } = await project.json<ReportRecord[]>(
      ...['report', 'daily', '--period', '2024-03-05', '--out', join(project.root, 'failing')],
    )
    expect(code).toBe(1)
    const statusOf = (tenant: string) => value.find((each) => each.tenant === tenant)?.status
    expect([statusOf('big'), statusOf('a')]).toEqual(['failed', 'rendered'])
  })

  test('with a server running: the same pages in the same places; held inputs keep the last good ones', async () => {
    const server = await serve(project)
    try {
      const out = join(project.root, 'served')
      const words = ['report', 'weekly', '--period', '2024-W05', '--out', out]
      const made = await project.json<ReportRecord[]>(...words)
      expect([made.code, made.value.length]).toEqual([0, IDS.length + 1])
      for (const { file } of made.value) expect(existsSync(join(out, file ?? ''))).toBe(true)
      const good = page('served', 'weekly', 'a', '2024-W05.html')
      expect(good).toContain('<p>1 visits')
      project.write({ 'incoming/3.csv': `${HEAD}a,Hall,2024-01-31T10:00:00Z,5000000\n` })
      expect((await project.run('run')).code).toBe(3)
      const held = await project.json<ReportRecord[]>(...words)
      expect([held.code, new Set(held.value.map(({ status }) => status))]).toEqual([3, new Set(['held'])])
      expect(held.value[0]?.message).toMatch(/^marts\.traffic is held since run \d+: /)
      expect(page('served', 'weekly', 'a', '2024-W05.html')).toBe(good)
      const unknown = await project.json<Failure>('report', 'weekly', '--period', 'x')
      expect([unknown.code, unknown.value.error.code]).toEqual([2, 'PERIOD_INVALID'])
    } finally {
      await server.stop()
    }
  })
}, 120_000)
