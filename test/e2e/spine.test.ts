import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createTestProject,
  type QueryJson,
  type RunJson,
  statuses,
  type TestProject,
} from '../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { appSchema, batchSql, washroomFiles } from './washroom-project.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

const ASSETS = ['staging.counts', 'marts.hourly', 'marts.daily', 'marts.running', 'marts.busy']

type Washrooms = { project: TestProject; app: pg.Client; rows(sql: string): Promise<unknown[][]> }

/** Where Millrace starts and ends a Postgres of its own; making one costs as much as all else of a first run. */
const EMBEDDED = { 'millrace.yaml': washroomFiles['millrace.yaml']! }
const ELSEWHERE = EMBEDDED['millrace.yaml'].replace('state: embedded', `state: "\${STATE_URL}"`)

/** The small project with its app's database, one batch of readings in it. Its state is kept beside, unless `files` say else. */
async function washrooms(
  work: (given: Washrooms) => Promise<void>,
  files: Record<string, string> = {},
): Promise<void> {
  const url = await server.createDatabase()
  const app = new pg.Client({ connectionString: url })
  // A server that stops ends its clients; the statement that notices says so.
  app.on('error', () => {})
  await app.connect()
  const project = createTestProject(
    { ...washroomFiles, 'millrace.yaml': ELSEWHERE, ...files },
    { APP_DATABASE_URL: url, STATE_URL: await server.createDatabase() },
  )
  const rows = async (text: string) => (await app.query({ text, rowMode: 'array' })).rows as unknown[][]
  try {
    await app.query(appSchema)
    await app.query(batchSql(0))
    await work({ project, app, rows })
  } finally {
    await app.end()
    project.remove()
  }
}

/** Every asset's rows, asked at once. */
async function tablesOf(project: TestProject): Promise<unknown> {
  const each = ASSETS.map(
    (asset) => `select '${asset}' as asset, to_json(t)::varchar as text from ${asset} t`,
  )
  const sql = `${each.join(' union all ')} order by all`
  const { value } = await project.json<QueryJson>('query', sql, '--limit', '100000')
  expect(new Set(value.rows.map(([asset]) => asset))).toEqual(new Set(ASSETS))
  return value.rows
}

describe('the way of a row', () => {
  test('a first run releases everything and delivers it; a second finds nothing to do', async () => {
    await washrooms(async ({ project, rows }) => {
      const first = await project.json<RunJson>('run')
      expect(first.value.steps.filter(({ status }) => status !== 'released')).toEqual([])
      expect(first.code).toBe(0)
      const [[total]] = (await rows('select sum(visits) from insights.hourly')) as [[string]]
      const [[raw]] = (await rows(
        'select sum(visits) from (select max(visits) as visits from hardware.readings group by device_id, read_at) r',
      )) as [[string]]
      expect(total).toBe(raw)
      const second = await project.json<RunJson>('run')
      expect(second.value.release).toBeNull()
      expect(new Set(Object.values(statuses(second.value)))).toEqual(new Set(['unchanged']))
    }, EMBEDDED)
  })

  test('late rows and repeats end in the same tables as one run over everything', async () => {
    const finals: unknown[] = []
    for (const inSteps of [true, false]) {
      await washrooms(async ({ project, app, rows }) => {
        for (let batch = 1; batch <= 3; batch++) {
          if (inSteps) expect((await project.run('run')).code).toBe(0)
          await app.query(batchSql(batch))
        }
        expect((await project.run('run')).code).toBe(0)
        const delivered = await rows('select * from insights.hourly order by device_id, hour')
        finals.push({ tables: await tablesOf(project), delivered })
      })
    }
    expect(finals[0]).toEqual(finals[1])
  })

  test('a row that comes late is delivered as one changed row', async () => {
    await washrooms(async ({ project, app }) => {
      await project.run('run')
      await app.query(
        "insert into hardware.readings (device_id, read_at, visits) values (1, '2026-03-01 00:59:59+00', 6)",
      )
      const { value } = await project.json<RunJson>('run')
      const hourly = value.deliveries.find(({ delivery }) => delivery.includes('insights.hourly'))
      expect(hourly).toMatchObject({ status: 'delivered', deleted: 0 })
      expect(hourly!.inserted + hourly!.updated).toBe(1)
    })
  })

  test('rows that vanish upstream of a full load vanish in the app too', async () => {
    await washrooms(async ({ project, app, rows }) => {
      await project.run('run')
      await app.query('delete from hardware.devices where device_id = 3')
      expect((await project.run('run')).code).toBe(0)
      expect(await rows('select count(*)::int from insights.hourly where device_id = 3')).toEqual([[0]])
    })
  })
})

describe('what does not pass stays out', () => {
  test('a bad batch is held, the app keeps the last good rows, and a fix lets everything through', async () => {
    await washrooms(async ({ project, app, rows }) => {
      await project.run('run')
      const before = await rows('select * from insights.hourly order by 1, 2, 3')
      await app.query(
        "insert into hardware.readings (device_id, read_at, visits) select 1, timestamptz '2026-03-02 10:00+00' + make_interval(mins => n), -5 from generate_series(1, 10) n",
      )
      const held = await project.json<RunJson>('run')
      expect(held.code).toBe(3)
      expect(statuses(held.value)).toMatchObject({ 'staging.counts': 'held', 'marts.hourly': 'skipped' })
      expect(await rows('select * from insights.hourly order by 1, 2, 3')).toEqual(before)
      const look = await project.run('check', 'staging.counts', '--rows')
      expect(look.stdout).toContain('"visits":-5')
      await app.query('update hardware.readings set visits = 5 where visits < 0')
      // An append-only source does not see the update: the corrected rows are sent again.
      await app.query(
        'insert into hardware.readings (device_id, read_at, visits) select device_id, read_at, visits from hardware.readings where visits = 5 and read_at > $1',
        ['2026-03-02 10:00+00'],
      )
      const mended = await project.json<RunJson>('run', '--full')
      expect(mended.code).toBe(0)
      expect(
        await rows("select sum(visits)::int from insights.hourly where hour = '2026-03-02 10:00+00'"),
      ).toEqual([[50]])
    })
  })

  test('a step that fails takes down only what reads it', async () => {
    const broken = `/* @asset
materialize: table
*/
select device_id, error('no such luck') as x from marts.hourly
`
    await washrooms(
      async ({ project }) => {
        const { code, value } = await project.json<RunJson>('run')
        expect(code).toBe(1)
        expect(statuses(value)).toMatchObject({
          'marts.broken': 'failed',
          'marts.after': 'skipped',
          'marts.daily': 'released',
        })
        expect(value.steps.find(({ asset }) => asset === 'marts.broken')?.error?.code).toBe(
          'ENGINE_STATEMENT_FAILED',
        )
      },
      {
        'assets/marts/broken.sql': broken,
        'assets/marts/after.sql': '/* @asset\nmaterialize: table\n*/\nselect * from marts.broken\n',
      },
    )
  })

  test('a changed upstream schema stops that asset and keeps the last good release', async () => {
    await washrooms(async ({ project, app, rows }) => {
      await project.run('run')
      await app.query('alter table hardware.readings rename column visits to people')
      await app.query(batchSql(9).replace('visits)', 'people)'))
      const { code, value } = await project.json<RunJson>('run')
      expect(code).toBe(1)
      expect(value.steps.find(({ asset }) => asset === 'raw.readings')?.error?.code).toBe(
        'SOURCE_SCHEMA_CHANGED',
      )
      expect((await rows('select count(*)::int from insights.hourly'))[0]![0]).toBeGreaterThan(0)
    })
  })
})

describe('only what changed is built', () => {
  test('a comment builds nothing; other code builds the asset and what reads it', async () => {
    await washrooms(async ({ project }) => {
      await project.run('run')
      const file = 'assets/marts/daily.sql'
      const text = readFileSync(join(project.root, file), 'utf8')
      project.write({ [file]: text.replace('select customer_id', '-- by customer\nselect  customer_id') })
      expect(new Set(Object.values(statuses((await project.json<RunJson>('run')).value)))).toEqual(
        new Set(['unchanged']),
      )
      project.write({ [file]: text.replace('sum(visits)', '2 * sum(visits)') })
      const { value } = await project.json<RunJson>('run')
      expect(value.steps.filter(({ status }) => status === 'released').map(({ asset }) => asset)).toEqual([
        'marts.daily',
      ])
    })
  })
})

describe('a state that was lost', () => {
  test('costs a rebuild: readers keep their rows until then, numbers go on, the app is put right', async () => {
    await washrooms(async ({ project, rows }) => {
      const first = await project.json<RunJson>('run')
      const before = await rows('select * from insights.hourly order by 1, 2, 3')
      // A setting that only names another database: to the next run the state is empty.
      const text = readFileSync(join(project.root, 'millrace.yaml'), 'utf8')
      project.write({ 'millrace.yaml': text.replace('state: embedded', `state: "\${APP_DATABASE_URL}"`) })
      expect(
        (await project.json<QueryJson>('query', 'select count(*) from marts.hourly')).value.rows[0]![0],
      ).toBe(before.length)
      for (let times = 0; times < 2; times++) {
        expect((await project.run('run', '--select', 'raw.devices')).code).toBe(0)
        expect(
          (await project.json<QueryJson>('query', 'select count(*) from marts.hourly')).value.rows[0]![0],
        ).toBe(before.length)
      }
      const again = await project.json<RunJson>('run')
      expect(again.code).toBe(0)
      expect(again.value.release).toBeGreaterThan(first.value.release!)
      expect(again.value.run).toBeGreaterThan(first.value.run)
      expect(await rows('select * from insights.hourly order by 1, 2, 3')).toEqual(before)
    }, EMBEDDED)
  })
})

describe('a warehouse that was lost', () => {
  const warehouse = (root: string) => join(root, '.millrace', 'warehouse.duckdb')

  test('is built anew from the sources: the plan says so, numbers go on, the app keeps its rows', async () => {
    await washrooms(async ({ project, rows }) => {
      const first = await project.json<RunJson>('run')
      const before = await rows('select * from insights.hourly order by 1, 2, 3')
      rmSync(warehouse(project.root))
      const { value: plan } = await project.json<{
        steps: { action: string; reasons: { kind: string }[] }[]
      }>('plan')
      expect(plan.steps.every(({ reasons }) => reasons.some(({ kind }) => kind === 'new'))).toBe(true)
      const again = await project.json<RunJson>('run')
      expect(again.code).toBe(0)
      expect(again.value.release).toBeGreaterThan(first.value.release!)
      expect(again.value.steps.every(({ status }) => status === 'released')).toBe(true)
      expect(await rows('select * from insights.hourly order by 1, 2, 3')).toEqual(before)
    })
  })

  test('and an older copy in its place catches up with what was released since', async () => {
    await washrooms(async ({ project, rows }) => {
      await project.run('run')
      copyFileSync(warehouse(project.root), join(project.root, 'copy'))
      const [file, text] = ['assets/marts/daily.sql', washroomFiles['assets/marts/daily.sql']!]
      project.write({ [file]: text.replace('sum(visits)', '2 * sum(visits)') })
      await project.run('run')
      const before = await rows('select * from insights.daily order by 1, 2, 3')
      copyFileSync(join(project.root, 'copy'), warehouse(project.root))
      const { value } = await project.json<RunJson>('run')
      expect(value.steps.filter(({ status }) => status === 'released').map(({ asset }) => asset)).toEqual([
        'marts.daily',
      ])
      expect(await rows('select * from insights.daily order by 1, 2, 3')).toEqual(before)
    })
  })

  test('and an older copy in its place shows its rows until they are built anew, whatever is built first', async () => {
    await washrooms(async ({ project }) => {
      await project.run('run')
      copyFileSync(warehouse(project.root), join(project.root, 'copy'))
      const daily = async () => {
        const sql = 'select sum(visits), count(*) from marts.daily'
        const { code, value } = await project.json<QueryJson>('query', sql)
        expect(code).toBe(0)
        return value.rows
      }
      const before = await daily()
      const [file, text] = ['assets/marts/daily.sql', washroomFiles['assets/marts/daily.sql']!]
      project.write({ [file]: text.replace('sum(visits)', '2 * sum(visits)') })
      await project.run('run')
      copyFileSync(join(project.root, 'copy'), warehouse(project.root))
      for (let times = 0; times < 2; times++) {
        expect((await project.run('run', '--select', 'marts.busy', '--full')).code).toBe(0)
        expect(await daily()).toEqual(before)
      }
      expect((await project.run('run')).code).toBe(0)
      expect(await daily()).not.toEqual(before)
    })
  })
})

describe('delivery', () => {
  test('to an app that is down waits, and the next run makes up for it', async () => {
    const other = await startTestPostgres()
    try {
      await washrooms(
        async ({ project }) => {
          await other.kill()
          const { code, value } = await project.json<RunJson>('run')
          expect(code).toBe(0)
          expect(value.deliveries.find(({ delivery }) => delivery.includes('>down:'))?.status).toBe('waiting')
          await other.start()
          const later = await project.json<RunJson>('run')
          expect(later.value.deliveries.find(({ delivery }) => delivery.includes('>down:'))).toMatchObject({
            status: 'delivered',
          })
        },
        {
          'millrace.yaml': ELSEWHERE.replace(
            '  shelf:',
            `  down: { type: postgres, url: "${other.url}" }\n  shelf:`,
          ),
          'assets/marts/elsewhere.sql':
            '/* @asset\nkey: [device_id, hour]\ndeliver: { to: down, table: insights.elsewhere }\n*/\nselect * from marts.hourly\n',
        },
      )
    } finally {
      await other.stop()
    }
  })

  test('rows changed by hand are found and put right', async () => {
    await washrooms(async ({ project, app, rows }) => {
      await project.run('run')
      const before = await rows('select * from insights.daily order by 1, 2, 3')
      await app.query('update insights.daily set visits = visits + 1 where device_id = 2')
      await app.query('delete from insights.daily where device_id = 4')
      const found = await project.run('check', '--delivered')
      expect(found.code).toBe(3)
      expect(found.stdout).toContain('insights.daily')
      expect((await project.run('check', '--repair')).code).toBe(0)
      expect(await rows('select * from insights.daily order by 1, 2, 3')).toEqual(before)
      expect((await project.run('check', '--delivered')).code).toBe(0)
    })
  })

  test('is refused with the difference when the table does not fit', async () => {
    await washrooms(async ({ project, app }) => {
      await app.query(
        'create schema insights; create table insights.daily (device_id bigint, day date, visits text)',
      )
      const { code, value } = await project.json<RunJson & { deliveries: { error: string }[] }>('run')
      expect(code).toBe(1)
      const refused = value.deliveries.find(({ delivery }) => delivery.includes('insights.daily'))
      expect(refused?.status).toBe('refused')
    })
  })
})

describe('at the command line', () => {
  test('an invalid project tells all of its mistakes and exits with 2', async () => {
    await washrooms(
      async ({ project }) => {
        const { code, value } = await project.json<{
          diagnostics: { code: string; file: string; line: number }[]
        }>('plan')
        expect(code).toBe(2)
        expect(value.diagnostics.map(({ file }) => file)).toEqual([
          'assets/marts/one.sql',
          'assets/marts/two.sql',
        ])
      },
      {
        'assets/marts/one.sql': '/* @asset\nmaterialise: table\n*/\nselect 1 as x\n',
        'assets/marts/two.sql': '/* @asset\nmaterialize: table\n*/\nselect * from marts.hourli\n',
      },
    )
  })

  test('a part of event time that ends where it begins is refused', async () => {
    await washrooms(async ({ project }) => {
      const { code, value } = await project.json<{ error: { code: string; message: string } }>(
        ...['plan', '--start', '2026-03-02', '--end', '2026-03-02'],
      )
      expect(code).toBe(2)
      expect(value.error.code).toBe('WINDOW_EMPTY')
      expect(value.error.message).toContain('2026-03-02 is not before 2026-03-02')
    })
  })

  test('a column that is not there is told before anything runs', async () => {
    await washrooms(
      async ({ project }) => {
        const { code, value } = await project.json<{ diagnostics: { file: string; message: string }[] }>(
          'run',
        )
        expect(code).toBe(2)
        expect(value.diagnostics[0]).toMatchObject({ file: 'assets/marts/wrong.sql' })
      },
      { 'assets/marts/wrong.sql': '/* @asset\nmaterialize: table\n*/\nselect devise_id from marts.daily\n' },
    )
  })

  test('Ctrl-C ends a run within two seconds, nothing is released, and the next run works', async () => {
    const slow = `/* @asset
key: [n]
inputs: [marts.hourly]
columns: { n: { type: bigint } }
*/
export default async function* () {
  console.log('busy')
  for (;;) await new Promise((resolve) => setTimeout(resolve, 50))
}
`
    await washrooms(
      async ({ project }) => {
        const { child, finished } = project.start('run')
        await new Promise<void>((resolve) => {
          child.stderr!.on('data', (chunk: Buffer) => chunk.toString().includes('marts.daily') && resolve())
        })
        const pressed = performance.now()
        child.kill('SIGINT')
        const { code } = await finished
        expect(performance.now() - pressed).toBeLessThan(2000)
        expect(code).toBe(130)
        project.write({
          'assets/marts/slow.ts': slow.replace(
            'for (;;) await new Promise((resolve) => setTimeout(resolve, 50))',
            'yield { n: 1 }',
          ),
        })
        expect((await project.run('run')).code).toBe(0)
      },
      { ...EMBEDDED, 'assets/marts/slow.ts': slow },
    )
  })

  test('a second run at the same time is told by name who is at work', async () => {
    await washrooms(
      async ({ project }) => {
        const { child, finished } = project.start('run')
        await new Promise<void>((resolve) => {
          child.stderr!.on('data', (chunk: Buffer) => chunk.toString().includes('marts.daily') && resolve())
        })
        const second = await project.run('run')
        expect(second.code).toBe(1)
        expect(second.stderr).toContain(String(child.pid))
        child.kill('SIGKILL')
        await finished
      },
      {
        ...EMBEDDED,
        'assets/marts/slow.ts':
          '/* @asset\nkey: [n]\ninputs: [marts.hourly]\ncolumns: { n: { type: bigint } }\n*/\nexport default async function* () { await new Promise((resolve) => setTimeout(resolve, 20000)); yield { n: 1 } }\n',
      },
    )
  })

  test('a time that the reader would make NULL of is told with its file and line', async () => {
    const project = createTestProject({})
    try {
      await project.run('init', project.root)
      project.write({
        'incoming/late.csv':
          'door_id,customer_id,read_at,people_in,people_out\n1,acme,2026-03-01 10:00Z,1,2\n',
      })
      const { code, stdout } = await project.run('run', '--json')
      const [source] = (JSON.parse(stdout) as RunJson).steps
      expect(code).toBe(1)
      expect(source).toMatchObject({ asset: 'raw.doors', error: { code: 'SOURCE_FILE_UNREADABLE' } })
      expect(source!.reason).toContain('late.csv cannot be read: line 2')
    } finally {
      project.remove()
    }
  })

  test('a new project from init runs to a release', async () => {
    const project = createTestProject({})
    try {
      expect((await project.run('init', project.root)).code).toBe(0)
      const { code, stdout } = await project.run('run', '--json')
      expect(code).toBe(0)
      expect(Object.values(statuses(JSON.parse(stdout) as RunJson))).toEqual([
        'released',
        'released',
        'released',
      ])
    } finally {
      project.remove()
    }
  })
})
