import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportMethods } from '../../src/app/reports.js'
import { runProject } from '../../src/app/run-project.js'
import { openSession, type Session } from '../../src/app/session.js'
import type { Clock } from '../../src/base/clock.js'
import { systemClock } from '../../src/base/clock.js'
import { MillraceError } from '../../src/base/errors.js'
import { createLog } from '../../src/base/log.js'
import type { Diagnostic } from '../../src/domain/diagnostic.js'
import type { ReportRecord } from '../../src/domain/report.js'
import { printed } from '../project/fixture.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { removeProject } from '../support/remove-project.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

const NOW = Date.parse('2024-02-06T10:00:00Z')
const clock: Clock = { ...systemClock, now: () => NOW }
const signal = new AbortController().signal

const CONFIG = `name: small
tenant: customer_id
timezone: Europe/Dublin
state: "\${STATE_URL}"
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb, memory_limit: 512MB }
connections:
  drop: { type: files, path: ./incoming }
`
const FILES: Readonly<Record<string, string>> = {
  'millrace.yaml': CONFIG,
  'assets/raw/visits.yaml': `description: Visits
source: { from: drop, path: 'visits/*.csv', format: csv }
columns:
  customer_id: { type: VARCHAR }
  room: { type: VARCHAR }
  came_at: { type: TIMESTAMP WITH TIME ZONE }
  visits: { type: BIGINT }
`,
  'assets/raw/customers.yaml': `description: Customers
source: { from: drop, path: 'customers/*.csv', format: csv }
columns:
  customer_id: { type: VARCHAR }
  name: { type: VARCHAR }
`,
  'assets/raw/kinds.yaml': `description: Kinds of rooms
source: { from: drop, path: 'kinds/*.csv', format: csv }
`,
  'assets/marts/traffic.sql': `/* @asset
description: Visits per room and day
time: { column: day }
checks:
  - failed_rows: { name: too_many, sql: select * from this where visits > 999999, on_fail: block }
*/
select customer_id, room, date_trunc('day', came_at) as day, sum(visits)::bigint as visits
from raw.visits group by all
`,
  'assets/marts/rooms.sql': `/* @asset
description: Rooms
materialize: view
*/
select distinct customer_id, room from raw.visits
`,
  'reports/weekly.md': `---
title: Your week, {{ period.label }}
for_each: tenant
period: week
schedule: '0 7 * * 1'
locale: en-IE
tenant_name: customer.name
---

\`\`\`sql customer
select name from raw.customers
\`\`\`

\`\`\`sql total
select sum(visits) filter (day >= $start) as visits, sum(visits) filter (day < $start) as before,
  avg(visits * 1.1) as mean
from marts.traffic where day >= $previous_start and day < $end
\`\`\`

\`\`\`value total
numbers: [{ value: visits, label: Visits, previous: before, better: higher }]
\`\`\`

**{{ total.visits | number }}** visits, {{ total.mean | number:6 }} on average.

\`\`\`sql daily
select day, room, visits from marts.traffic join marts.rooms using (customer_id, room)
where day >= $start and day < $end
\`\`\`

\`\`\`chart line
data: daily
x: day
y: visits
series: room
title: Rooms, day by day
\`\`\`

\`\`\`table daily
\`\`\`
`,
}

const A_ROWS = [
  'a,Hall,2024-01-24T10:00:00Z,50',
  'a,Hall,2024-01-29T10:00:00Z,7',
  'a,Hall,2024-01-30T10:00:00Z,8',
  'a,Hall,2024-02-02T10:00:00Z,9',
  'a,"<img src=x onerror=alert(1)>",2024-01-31T10:00:00Z,3',
]
const CANARY = 'canary-b51c'
const CANARY_NUMBER = '730917'
const B_ROWS = [
  ...['2024-01-29', '2024-01-30', '2024-02-01'].map(
    (day) => `b,${CANARY} room,${day}T09:00:00Z,${CANARY_NUMBER}`,
  ),
  `,${CANARY} nobody,2024-01-29T09:00:00Z,${CANARY_NUMBER}`,
]

type Given = Readonly<{
  root: string
  /** Where its state is. */
  url: string
  write(file: string, text: string): void
  /** Opens the project as it is now, runs it, and works on it. */
  use<T>(work: (session: Session) => Promise<T>, run?: boolean): Promise<T>
}>

async function project(files: Readonly<Record<string, string>>, work: (given: Given) => Promise<void>) {
  const root = mkdtempSync(join(tmpdir(), 'millrace-reports-'))
  const url = await server.createDatabase()
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  for (const [file, text] of Object.entries({ ...FILES, ...files })) write(file, text)
  const use: Given['use'] = async (inside, run = true) => {
    const session = await openSession({
      ...{ folder: root, environment: 'prod', env: { STATE_URL: url }, clock, processName: 'a test' },
      log: (home) => createLog({ level: 'debug', file: join(home, 'millrace.log') }),
    }).catch((error: unknown) => {
      // A mistake of the test's own project should say which.
      const told = error instanceof MillraceError ? (error.params.diagnostics as Diagnostic[]) : []
      throw new Error(printed(told), { cause: error })
    })
    try {
      const request = { select: null, full: false, start: null, end: null, trigger: 'a test', accept: [] }
      if (run) await runProject(session, request, () => undefined, signal)
      return await inside(session)
    } finally {
      await session.close()
    }
  }
  try {
    await work({ root, url, write, use })
  } finally {
    removeProject(root)
  }
}

const csv = (head: string, rows: readonly string[]): string => `${[head, ...rows].join('\n')}\n`
const visits = (rows: readonly string[]) => csv('customer_id,room,came_at,visits', rows)
const data = (rows: readonly string[], customers: readonly string[] = []) => ({
  'incoming/visits/1.csv': visits(rows),
  'incoming/customers/1.csv': csv('customer_id,name', ['a,Acme & Sons', ...customers]),
  'incoming/kinds/1.csv': csv('kind', ['hall', 'yard']),
})

const methods = (session: Session) => reportMethods({ live: null, use: (work) => work(session) })
const render = (
  session: Session,
  change: Partial<Parameters<ReturnType<typeof methods>['render']>[0]> = {},
  emit: () => void = () => undefined,
) =>
  methods(session).render(
    { report: 'weekly', tenant: null, period: '2024-W05', out: null, ...change },
    emit,
    signal,
  )
const statuses = (records: readonly ReportRecord[]) => records.map(({ tenant, status }) => [tenant, status])
const page = (root: string, tenant: string, period = '2024-W05') =>
  readFileSync(join(root, '.millrace/reports/weekly', tenant, `${period}.html`), 'utf8')
const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof MillraceError ? error.code : String(error)),
  )

/** Every file below a folder whose bytes hold the text. What is gone by the time it is looked at holds nothing. */
function filesWith(folder: string, text: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesWith(path, text)
    return existsSync(path) && readFileSync(path).includes(text) ? [path] : []
  })
}

/** Files of a project, but the warehouse's own and the other tenant's pages, that hold something of its rows. */
function straysOf(root: string): string[] {
  const found = [CANARY, String(CANARY_NUMBER)].flatMap((text) => filesWith(join(root, '.millrace'), text))
  return found.filter((path) => !path.includes('/reports/weekly/b/') && !path.includes('/warehouse.duckdb'))
}

/** Tables of the state in which some row, written out, holds one of the texts. */
async function stateWith(url: string, texts: readonly (string | number)[]): Promise<string[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    expect(tables.length).toBeGreaterThan(5)
    const found: string[] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`)
      for (const { text } of rows)
        if (texts.some((each) => text.includes(String(each)))) found.push(`${name}: ${text}`)
    }
    return found
  } finally {
    await client.end()
  }
}

describe('a report of one tenant', () => {
  it('is the same, byte for byte, whether another tenant has rows or not, and holds none of them', async () => {
    const pages: string[] = []
    for (const rows of [A_ROWS, [...B_ROWS.slice(0, 2), ...A_ROWS, ...B_ROWS.slice(2)]]) {
      const others = rows.length > A_ROWS.length ? [`b,${CANARY} Ltd`] : []
      await project(data(rows, others), async ({ root, url, use }) => {
        const strays: string[] = []
        await use(async (session) => {
          // Looked for while the pages are made, too: what is removed afterwards was there.
          const look = () => void strays.push(...straysOf(root))
          expect(statuses(await render(session, {}, look))).toEqual(
            others.length > 0
              ? [
                  ['a', 'rendered'],
                  ['b', 'rendered'],
                ]
              : [['a', 'rendered']],
          )
        })
        pages.push(page(root, 'a'))
        if (others.length === 0) return
        expect(page(root, 'b')).toContain(CANARY)
        expect([...strays, ...straysOf(root)]).toEqual([])
        // Of another tenant the state knows the id, which its records are kept under, and nothing from its rows.
        expect(await stateWith(url, [CANARY, CANARY_NUMBER])).toEqual([])
      })
    }
    expect(pages[0]).toBe(pages[1])
    expect(pages[0]).toContain('Acme &amp; Sons')
    expect(pages[0]).not.toContain(CANARY)
  }, 60_000)

  it('says what happened, asks nothing of the network, and escapes what comes from rows', async () => {
    await project(data(A_ROWS), async ({ root, use }) => {
      await use(async (session) => {
        const [record] = await render(session)
        expect(record).toMatchObject({
          status: 'rendered',
          release: 1,
          file: 'weekly/a/2024-W05.html',
          message: '',
        })
        expect(record?.bytes).toBe(statSync(join(root, '.millrace/reports', record?.file ?? '')).size)
      })
      const html = page(root, 'a')
      expect(html).toContain('Your week, 2024-W05')
      expect(html).toContain('29 January – 4 February 2024')
      expect(html).toContain('<b>27</b>')
      expect(html).toContain('-46%')
      expect(html).toContain('from release 1')
      expect(html).toContain('Europe/Dublin')
      expect(html).toContain('&lt;img src=x')
      expect(html).not.toMatch(/<(script|img|link|iframe|object|embed)\b/i)
      expect(html).not.toMatch(/(?:src|href)="(?!#|data:)|url\((?!#)|@import/i)
      // Thursday has no row and is a gap, not a zero.
      expect(html).toMatch(/<th scope="row">Thu[^<]*<\/th><td class="n">–<\/td>/)
    })
  }, 30_000)

  it('goes to DIR/NAME/ID/PERIOD.html; ids become safe names', async () => {
    const rows = [
      ...A_ROWS,
      ...['..', '../../x', 'A', "o'neil"].map((id) => `${id},R,2024-01-30T10:00:00Z,1`),
    ]
    await project(data(rows), async ({ root, use }) => {
      const out = join(root, 'out')
      await use(async (session) => {
        const [one] = await render(session, { tenant: 'a', out })
        expect(one?.file).toBe('weekly/a/2024-W05.html')
        await render(session, { out })
      })
      expect(readdirSync(join(out, 'weekly')).sort()).toEqual([
        '%2e%2e',
        '%2e.%2f..%2fx',
        'A',
        'a',
        'o%27neil',
      ])
      expect(readdirSync(root)).not.toContain('x')
    })
  }, 30_000)
})

describe('rendering', () => {
  it('leaves alone what would come out the same, and makes anew what would not', async () => {
    await project(data(A_ROWS), async ({ write, root, use }) => {
      await use(async (session) => {
        expect(statuses(await render(session))).toEqual([['a', 'rendered']])
        expect(statuses(await render(session))).toEqual([['a', 'unchanged']])
        rmSync(join(root, '.millrace/reports/weekly/a/2024-W05.html'))
        expect(statuses(await render(session))).toEqual([['a', 'rendered']])
      })
      write('reports/weekly.md', FILES['reports/weekly.md']!.replace('Your week', 'Last week'))
      await use(
        async (session) => expect(statuses(await render(session))).toEqual([['a', 'rendered']]),
        false,
      )
      expect(page(root, 'a')).toContain('Last week')
      write('incoming/visits/2.csv', visits(['a,Hall,2024-02-03T10:00:00Z,100']))
      await use(async (session) => {
        const [record] = await render(session)
        expect(record).toMatchObject({ status: 'rendered', release: 2 })
      })
    })
  }, 30_000)

  it('holds a report while something behind it is held, and the last good page stays', async () => {
    await project(data(A_ROWS), async ({ write, root, use }) => {
      await use(async (session) => void (await render(session)))
      const good = page(root, 'a')
      write('incoming/visits/2.csv', visits(['a,Hall,2024-01-30T11:00:00Z,5000000']))
      await use(async (session) => {
        const [record] = await render(session)
        expect(record).toMatchObject({ tenant: 'a', status: 'held', file: null })
        expect(record?.message).toMatch(/^marts\.traffic is held since run 2: /)
        const [summary] = await methods(session).reports()
        expect(summary?.latest).toMatchObject({ period: '2024-W05', rendered: 0, held: 1, failed: 0 })
        expect(await methods(session).reportHtml({ report: 'weekly', tenant: 'a', period: '2024-W05' })).toBe(
          good,
        )
      })
      expect(page(root, 'a')).toBe(good)
    })
  }, 30_000)

  it('holds a report of what was never released', async () => {
    await project(data(A_ROWS), async ({ use }) => {
      await use(async (session) => {
        expect((await render(session)).map(({ status, message }) => [status, message])).toEqual([
          ['held', 'marts.rooms was never released, so there is nothing to show yet.'],
        ])
      }, false)
    })
  }, 30_000)

  it('says in words that there is no data, and why', async () => {
    await project(data(A_ROWS), async ({ root, use }) => {
      await use(async (session) => {
        for (const period of ['2023-W30', '2024-W10'])
          expect(statuses(await render(session, { period }))).toEqual([['a', 'no_data']])
      })
      expect(page(root, 'a', '2023-W30')).toContain('the records begin on 24 January 2024')
      expect(page(root, 'a', '2024-W10')).toContain('the records end on 2 February 2024')
    })
  }, 30_000)

  it('refuses an asset without the tenant column, unless it is shared', async () => {
    const query = '```sql kinds\nselect kind from raw.kinds\n```\n\n```table kinds\n```\n'
    const text = `${FILES['reports/weekly.md']}\n${query}`
    await project({ ...data(A_ROWS), 'reports/weekly.md': text }, async ({ write, root, use }) => {
      await use(async (session) => {
        expect(await codeOf(render(session))).toBe('REPORT_INVALID')
        const { diagnostics } = await methods(session).report('weekly')
        expect(diagnostics).toMatchObject([
          { code: 'REPORT_TENANT_COLUMN_MISSING', file: 'reports/weekly.md' },
        ])
        expect(diagnostics[0]?.line).toBe(text.split('\n').indexOf('select kind from raw.kinds') + 1)
      })
      write(
        'reports/weekly.md',
        text.replace('for_each: tenant', 'for_each: tenant\nshared: [raw.kinds, marts.traffic]'),
      )
      await use(
        async (session) => expect(statuses(await render(session))).toEqual([['a', 'rendered']]),
        false,
      )
      expect(page(root, 'a')).toContain('yard')
    })
  }, 30_000)

  it('tells columns and formats that do not fit, at their lines, before anything is made', async () => {
    const text = FILES['reports/weekly.md']!.replace('y: visits', 'y: visitors')
      .replace('total.visits | number', 'total.visits | date')
      .replace('as before,', 'as before, vists,')
    await project({ ...data(A_ROWS), 'reports/weekly.md': text }, async ({ root, use }) => {
      await use(async (session) => {
        expect(await codeOf(render(session))).toBe('REPORT_INVALID')
        const { diagnostics } = await methods(session).report('weekly')
        expect(diagnostics.map(({ code, line }) => [code, line])).toEqual([
          ['REPORT_SQL_UNBOUND', text.split('\n').findIndex((line) => line.includes('vists')) + 1],
          ['REPORT_COLUMN_UNKNOWN', text.split('\n').indexOf('y: visitors') + 1],
        ])
      })
      expect(existsSync(join(root, '.millrace/reports'))).toBe(false)
    })
  }, 30_000)

  it('one tenant’s failing query does not keep the others from their report', async () => {
    const text = FILES['reports/weekly.md']!.replace(
      'select name from',
      `select name, error_if(name = 'Bad') as e from`,
    )
    const failing = text.replace(
      `error_if(name = 'Bad') as e`,
      `case when name = 'Bad' then cast(name as integer) else 1 end as e`,
    )
    const rows = [...A_ROWS, 'c,Hall,2024-01-30T10:00:00Z,1']
    await project({ ...data(rows, ['c,Bad']), 'reports/weekly.md': failing }, async ({ use }) => {
      await use(async (session) => {
        const records = await render(session)
        expect(statuses(records)).toEqual([
          ['a', 'rendered'],
          ['c', 'failed'],
        ])
        expect(records[1]?.message).toMatch(/Bad/)
      })
    })
  }, 30_000)

  it('says what it does not know: report, tenant, period, page', async () => {
    await project(data(A_ROWS), async ({ use }) => {
      await use(async (session) => {
        const api = methods(session)
        expect(await codeOf(render(session, { report: 'weekley' }))).toBe('REPORT_UNKNOWN')
        expect(await codeOf(render(session, { tenant: 'nobody' }))).toBe('TENANT_UNKNOWN')
        expect(await codeOf(render(session, { period: '2024-02' }))).toBe('PERIOD_INVALID')
        const html = (period: string, tenant: string | null = 'a') =>
          codeOf(api.reportHtml({ report: 'weekly', tenant, period }))
        expect(await html('2024-W05')).toBe('REPORT_NOT_RENDERED')
        await render(session)
        expect(await html('../../a/2024-W05')).toBe('REPORT_NOT_RENDERED')
        expect(await html('2024-W05', '../a')).toBe('REPORT_NOT_RENDERED')
        expect(await html('2024-W05', null)).toBe('REPORT_NOT_RENDERED')
        expect(await html('2024-W05')).toBe('no error')
      })
    })
  }, 30_000)

  it('without for_each makes one page of all rows', async () => {
    const text = `---\ntitle: All\nperiod: month\n---\n\n\`\`\`sql t\nselect count(distinct customer_id) as n from marts.traffic\n\`\`\`\n\n{{ t.n }} customers\n`
    await project({ ...data([...A_ROWS, ...B_ROWS]), 'reports/weekly.md': text }, async ({ root, use }) => {
      await use(async (session) => {
        expect(statuses(await render(session, { period: null }))).toEqual([[null, 'rendered']])
        expect(await codeOf(render(session, { tenant: 'a', period: null }))).toBe('TENANT_NOT_ASKED')
      })
      expect(readFileSync(join(root, '.millrace/reports/weekly/2024-01.html'), 'utf8')).toContain(
        '2 customers',
      )
    })
  }, 30_000)

  it('knows its reports and when they are next due', async () => {
    await project(data(A_ROWS), async ({ use }) => {
      await use(async (session) => {
        await render(session)
        expect(await methods(session).reports()).toEqual([
          {
            ...{ report: 'weekly', title: 'Your week, …', file: 'reports/weekly.md' },
            ...{ forEachTenant: true, period: 'week', schedule: '0 7 * * 1', tenants: 1 },
            nextTick: Date.parse('2024-02-12T07:00:00Z'),
            inputs: ['marts.rooms', 'marts.traffic', 'raw.customers'],
            latest: { period: '2024-W05', at: NOW, rendered: 1, held: 0, failed: 0 },
          },
        ])
      })
    })
  }, 30_000)
})
