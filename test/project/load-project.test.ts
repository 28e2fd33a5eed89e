import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Asset } from '../../src/domain/asset.js'
import type { Project } from '../../src/domain/project.js'
import { loadProject } from '../../src/project/load-project.js'
import { CONFIG, duckDbParser, ENV, type Files, load, printed, withProject } from './fixture.js'

async function sound(files: Files, env?: Record<string, string>): Promise<Project> {
  const { project, diagnostics } = await load(files, env)
  if (!project) throw new Error(printed(diagnostics))
  return project
}
const asset = (project: Project, name: string): Asset => project.assets.find((item) => item.name === name)!

const TRAFFIC = `/* @asset
description: Door counts per washroom and hour
owner: data
materialize: incremental        # table (default) | view | incremental | keyed | append
time: { column: hour, grain: hour, lookback: 2 days }
key: [washroom_id, hour]
columns:
  washroom_id: { checks: [not_null] }
  visits: { description: people who came in, checks: [{ accepted_range: { min: 0, max: 5000 } }] }
checks:
  - row_count: { min: 1 }
  - failed_rows: { name: more_out_than_in, sql: select * from this where people_out > people_in * 2, severity: warning, on_fail: continue }
schedule: '*/15 * * * *'
budget: { duration: 30s }
deliver: { to: app, table: insights.traffic_hourly }
*/
select washroom_id, date_trunc('hour', read_at) as hour, sum(people_in) as visits, sum(people_out) as people_out
from Staging.Door_Counts
where read_at >= $start and read_at < $end
group by all
`
const DOORS = '/* @asset description: Doors */ select * from raw.readings'

describe('a sound project', () => {
  it('is what its files say', async () => {
    const project = await sound({
      'assets/marts/traffic_hourly.sql': TRAFFIC,
      'assets/staging/door_counts.sql': DOORS,
    })
    expect(project.assets.map(({ name }) => name)).toEqual([
      'raw.readings',
      'staging.door_counts',
      'marts.traffic_hourly',
    ])
    expect(asset(project, 'marts.traffic_hourly')).toMatchObject({
      file: 'assets/marts/traffic_hourly.sql',
      line: 2,
      description: 'Door counts per washroom and hour',
      owner: 'data',
      materialize: 'incremental',
      key: ['washroom_id', 'hour'],
      time: { column: 'hour', grain: 'hour', lookbackMs: 2 * 86_400_000 },
      deletes: 'none',
      schedule: { kind: 'cron', pattern: '*/15 * * * *', catchUp: 'latest' },
      budget: { durationMs: 30_000 },
      timeoutMs: 1_800_000,
      retries: 3,
      inputs: ['staging.door_counts'],
      deliver: [{ kind: 'postgres', connection: 'app', table: 'insights.traffic_hourly', adopt: false }],
      body: { kind: 'sql', parameters: ['end', 'start'] },
    })
    expect(
      asset(project, 'marts.traffic_hourly').checks.map(({ name, severity, onFail, line }) => [
        name,
        severity,
        onFail,
        line,
      ]),
    ).toEqual([
      ['not_null:washroom_id', 'error', 'block', 8],
      ['accepted_range:visits', 'error', 'block', 9],
      ['row_count', 'error', 'block', 11],
      ['more_out_than_in', 'warning', 'continue', 12],
      ['key', 'error', 'block', 6],
      ['key_not_null:hour', 'error', 'block', 6],
    ])
  })

  it('gives the engine the statement with its places, the header blanked out', async () => {
    const project = await sound({
      'assets/marts/traffic_hourly.sql': TRAFFIC,
      'assets/staging/door_counts.sql': DOORS,
    })
    const { body } = asset(project, 'marts.traffic_hourly')
    if (body.kind !== 'sql') throw new Error('not SQL')
    expect(body.text.length).toBe(TRAFFIC.length)
    expect(body.text.split('\n').slice(16)).toEqual(TRAFFIC.split('\n').slice(16))
    expect(body.text.split('\n').slice(0, 16).join('').trim()).toBe('')
  })

  it('has defaults, absolute paths and values of the environment', async () => {
    const project = await sound({
      'millrace.yaml': `${CONFIG}warehouse: { threads: "\${THREADS:-2}", memory_limit: 1GB, path: /data/w.duckdb }\n`,
    })
    expect(project).toMatchObject({
      name: 'washrooms',
      tenant: 'customer_id',
      timezone: 'UTC',
      home: join(project.root, '.millrace'),
      state: { kind: 'embedded' },
      warehouse: { kind: 'duckdb', path: '/data/w.duckdb', memoryLimit: '1GB', threads: 2 },
      vars: { silent_after: '2 hours' },
      alerts: { routes: [], smtp: null, from: 'millrace@localhost' },
    })
    expect(project.connections.get('app')).toEqual({
      kind: 'postgres',
      name: 'app',
      url: ENV.APP_DATABASE_URL,
    })
    expect(project.connections.get('drop')).toEqual({
      kind: 'files',
      name: 'drop',
      path: join(project.root, 'incoming'),
    })
  })

  it('takes Postgres in its own state, embedded connections and sockets', async () => {
    const urls = [
      'embedded',
      'postgres:///app?host=/tmp',
      'postgresql://me:pw@%2Ftmp/app',
      'postgres://me@/app?host=/tmp',
    ]
    const connections = urls.map((url, index) => `  c${index}: { type: postgres, url: '${url}' }\n`).join('')
    const text = `name: w\nstate: postgres://localhost/state\nconnections:\n  app: { type: postgres, url: embedded }\n${connections}`
    const project = await sound({ 'millrace.yaml': text })
    expect(project.state).toEqual({ kind: 'postgres', url: 'postgres://localhost/state' })
    expect(urls.map((_, index) => project.connections.get(`c${index}`))).toMatchObject(
      urls.map((url) => ({ url })),
    )
  })

  it('passes over tests, types, hidden files and helpers', async () => {
    const project = await sound({
      'assets/raw/readings.test.yaml': 'x',
      'assets/raw/rows.csv': 'x',
      'assets/raw/types.d.ts': 'x',
      'assets/raw/_draft.sql': 'x',
      'assets/_parts/x.sql': 'x',
      'assets/.hidden/x.sql': 'x',
      'assets/raw/.swp.sql': 'x',
    })
    expect(project.assets.map(({ name }) => name)).toEqual(['raw.readings'])
  })

  it('takes Windows and old Mac line ends', async () => {
    for (const end of ['\r\n', '\r']) {
      const project = await sound({
        'assets/marts/traffic_hourly.sql': TRAFFIC.replaceAll('\n', end),
        'assets/staging/door_counts.sql': DOORS,
      })
      expect(asset(project, 'marts.traffic_hourly').checks.length).toBe(6)
    }
  })

  it('has the same statement whatever its comments, header and layout', async () => {
    const canonical = async (text: string) => {
      const { body } = asset(await sound({ 'assets/marts/a.sql': text }), 'marts.a')
      return body.kind === 'sql' ? body.canonical : ''
    }
    const one = await canonical('/* @asset\ndescription: x\n*/\nselect id, 1 as n from raw.readings')
    expect(
      await canonical('/* @asset\ndescription: y # é\n*/\n-- é\nSELECT id,\n  1 AS n FROM raw.readings;\n'),
    ).toBe(one)
    expect(await canonical('/* @asset\ndescription: x\n*/\nselect id, 2 as n from raw.readings')).not.toBe(
      one,
    )
  })
})

describe('a header', () => {
  const header = async (text: string) =>
    asset(await sound({ 'assets/marts/a.sql': `${text}\nselect * from raw.readings` }), 'marts.a')

  it('may hold what ends a comment elsewhere', async () => {
    expect(
      (await header("/* @asset\nschedule: 0 */2 * * *\ndescription: 'a */ b'\n*/")).schedule,
    ).toMatchObject({ pattern: '0 */2 * * *' })
    expect((await header("/* @asset\ndescription: the owner's */")).description).toBe("the owner's")
    expect((await header("/* @asset description: short */ -- it's */")).description).toBe('short')
    expect(
      (await header("/* @asset\nchecks: [matches_regex: { column: a, pattern: '^x*/y' }]\n*/")).checks,
    ).toMatchObject([{ pattern: '^x*/y' }])
  })

  it('says when the asset is built by itself: a pattern, what it reads, or never', async () => {
    const of = async (yaml: string) => (await header(`/* @asset\n${yaml}\n*/`)).schedule
    expect(await of("schedule: '*/10 * * * * *'")).toEqual({
      kind: 'cron',
      pattern: '*/10 * * * * *',
      catchUp: 'latest',
    })
    expect(await of("schedule: { cron: '@daily', catch_up: all }")).toEqual({
      kind: 'cron',
      pattern: '@daily',
      catchUp: 'all',
    })
    expect(await of('schedule: upstream')).toEqual({ kind: 'upstream' })
    expect(await of('schedule: { on: upstream }')).toEqual({ kind: 'upstream' })
    expect(await of('schedule: never')).toEqual({ kind: 'never' })
    expect(await of('description: x')).toEqual({ kind: 'upstream' })
    const source = asset(await sound({}), 'raw.readings')
    expect(source.schedule).toEqual({ kind: 'never' })
    const code = `/* @asset\nschedule: { cron: '0 6 * * *', catch_up: none }\ncolumns: { a: integer }\n*/\nexport default async function* () {}\n`
    expect(asset(await sound({ 'assets/marts/b.ts': code }), 'marts.b').schedule).toEqual({
      kind: 'cron',
      pattern: '0 6 * * *',
      catchUp: 'none',
    })
  })

  it('may be decorated with asterisks', async () => {
    expect((await header('/** @asset\n * description: x\n * tags: [a,\n *   b]\n */')).tags).toEqual([
      'a',
      'b',
    ])
  })

  it('takes every way to write a check', async () => {
    const { checks } = await header(`/* @asset
time: { column: read_at }
columns:
  a: { checks: [unique, accepted_values: [x, 1, true], matches_regex: '^\\d+$', freshness: 1 day] }
  b: { checks: [{ relationships: raw.readings.id }, { not_null: { where: a > 1, tolerance: 0.1, on_fail: quarantine } }] }
checks:
  - unique: [a, b]
  - unique: c
  - not_null: d
  - freshness: { max_age: 2 hours }
  - freshness: { max_age: 2 hours, column: c, name: other }
  - schema: { columns: { a: int }, exact: true }
  - schema: { columns: [{ name: a, type: text }], name: second }
  - failed_rows: select * from this where a < 0
  - relationships: { column: b, to: raw.readings, field: id, name: b_exists }
  - accepted_range: { column: at, min: '2024-01-01', exclusive: true }
*/`)
    expect(checks.map(({ line, severity, onFail, ...rest }) => rest)).toEqual([
      { kind: 'unique', columns: ['a'], name: 'unique:a' },
      { kind: 'accepted_values', column: 'a', values: ['x', 1, true], name: 'accepted_values:a' },
      { kind: 'matches_regex', column: 'a', pattern: '^\\d+$', name: 'matches_regex:a' },
      { kind: 'freshness', column: 'a', maxAgeMs: 86_400_000, name: 'freshness:a' },
      { kind: 'relationships', column: 'b', to: 'raw.readings', field: 'id', name: 'relationships:b' },
      { kind: 'not_null', column: 'b', where: 'a > 1', tolerance: 0.1, name: 'not_null:b' },
      { kind: 'unique', columns: ['a', 'b'], name: 'unique:a,b' },
      { kind: 'unique', columns: ['c'], name: 'unique:c' },
      { kind: 'not_null', column: 'd', name: 'not_null:d' },
      { kind: 'freshness', column: 'read_at', maxAgeMs: 7_200_000, name: 'freshness:read_at' },
      { kind: 'freshness', column: 'c', maxAgeMs: 7_200_000, name: 'other' },
      { kind: 'schema', columns: [{ name: 'a', type: 'INTEGER' }], exact: true, name: 'schema' },
      { kind: 'schema', columns: [{ name: 'a', type: 'VARCHAR' }], exact: false, name: 'second' },
      { kind: 'failed_rows', sql: 'select * from this where a < 0', name: 'failed_rows' },
      { kind: 'relationships', column: 'b', to: 'raw.readings', field: 'id', name: 'b_exists' },
      { kind: 'accepted_range', column: 'at', min: '2024-01-01', exclusive: true, name: 'accepted_range:at' },
    ])
  })

  it('implies the checks of its key, unless the author wrote equal ones', async () => {
    const names = async (yaml: string) =>
      (await header(`/* @asset\n${yaml}\n*/`)).checks.map(({ name }) => name)
    expect(await names('key: [a, b]')).toEqual(['key', 'key_not_null:a', 'key_not_null:b'])
    expect(
      await names(
        'key: [a, b]\nchecks: [unique: { columns: [b, a], severity: warning }]\ncolumns: { a: { checks: [not_null] } }',
      ),
    ).toEqual(['not_null:a', 'unique:b,a', 'key_not_null:b'])
    expect(
      await names(
        'key: a\ncolumns: { a: { checks: [not_null: { where: x > 1 }, unique: { tolerance: 0.1 }] } }',
      ),
    ).toEqual(['not_null:a', 'unique:a', 'key', 'key_not_null:a'])
  })
})

describe('a source', () => {
  const source = async (text: string) => asset(await sound({ 'assets/raw/other.yaml': text }), 'raw.other')

  it('from Postgres is kept as it loads', async () => {
    expect(await source('source: { from: app, table: x }')).toMatchObject({
      materialize: 'table',
      body: { source: { load: 'full', deletes: false } },
    })
    expect(
      await source('source: { from: app, table: x, load: incremental, cursor: id }\nkey: id'),
    ).toMatchObject({ materialize: 'append' })
    expect(
      await source('source: { from: app, table: x, load: keyed, cursor: at, deletes: true }\nkey: id'),
    ).toMatchObject({ materialize: 'keyed', body: { source: { deletes: true, cursor: 'at' } } })
  })

  it('from Parquet may say that files lack each other’s columns', async () => {
    expect(await source('source: { from: drop, path: x.parquet, union_by_name: true }')).toMatchObject({
      body: { source: { format: 'parquet', options: { union_by_name: true } } },
    })
  })

  it('from files knows the format by the name, and hands on the reader’s options', async () => {
    const formats = {
      'a/*.csv': 'csv',
      'a.tsv.gz': 'csv',
      'x/**/*.PARQUET': 'parquet',
      'a.ndjson': 'ndjson',
      'a.jsonl.zst': 'ndjson',
    }
    for (const [path, format] of Object.entries(formats))
      expect(await source(`source: { from: drop, path: '${path}' }`)).toMatchObject({
        body: { source: { kind: 'files', path, format } },
      })
    const { body } = await source(
      `source: { from: drop, path: x, format: csv, delimiter: "\\t", header: false, null: ['', 'NaN', '-999'], quote: '', date_format: '%d/%m/%Y', skip: 2, encoding: latin-1 }`,
    )
    expect(body).toMatchObject({
      source: {
        options: {
          delimiter: '\t',
          header: false,
          null: ['', 'NaN', '-999'],
          quote: '',
          date_format: '%d/%m/%Y',
          skip: 2,
          encoding: 'latin-1',
        },
      },
    })
  })

  it('may be delivered', async () => {
    expect(
      (
        await source(
          'source: { from: app, table: x }\nkey: id\ndeliver: [{ to: drop, path: x.parquet }, { to: app, table: y, adopt: true }]',
        )
      ).deliver,
    ).toEqual([
      { kind: 'parquet', connection: 'drop', path: 'x.parquet' },
      { kind: 'postgres', connection: 'app', table: 'y', adopt: true },
    ])
  })
})

describe('a TypeScript asset', () => {
  const code = async (body: string, helper = 'export const factor = 2\n') =>
    asset(
      await sound({
        'assets/marts/fill.ts': `/* @asset\ninputs: [Raw.Readings]\ncolumns: { id: integer, level: float8 }\n*/\n${body}`,
        'assets/marts/_factor.ts': helper,
      }),
      'marts.fill',
    )
  const BODY = `import { readFile } from 'node:fs/promises'\nimport nothing from 'a-package'\nimport { factor } from './_factor.js'\nexport default async function* (ctx: unknown) { yield { id: factor, nothing, readFile } }\n`
  const digest = async (...args: Parameters<typeof code>) => {
    const { body } = await code(...args)
    return body.kind === 'typescript' ? body.code : ''
  }

  it('reads its inputs and columns from the header', async () => {
    expect(await code(BODY)).toMatchObject({
      inputs: ['raw.readings'],
      columns: [
        { name: 'id', type: 'INTEGER' },
        { name: 'level', type: 'DOUBLE' },
      ],
    })
  })

  it('has a digest that comments and formatting do not change, and code and helpers do', async () => {
    const one = await digest(BODY)
    expect(await digest(`// why\n${BODY.replaceAll('{ ', '{\n  ')}/** more */\n`)).toBe(one)
    expect(await digest(BODY, '// a helper\nexport const factor   = 2')).toBe(one)
    expect(await digest(BODY.replace('id: factor', 'id: factor + 1'))).not.toBe(one)
    expect(await digest(BODY, 'export const factor = 3\n')).not.toBe(one)
  })

  it('is never run', async () => {
    await code(`process.exit(3)\n${BODY}`)
  })

  it('says where a helper is broken', async () => {
    const { diagnostics } = await load({
      'assets/marts/fill.ts': `/* @asset\ncolumns: { id: integer }\n*/\n${BODY}`,
      'assets/marts/_factor.ts': '\nexport const = 1\n',
    })
    expect(diagnostics).toMatchObject([
      { code: 'CODE_SYNTAX', file: 'assets/marts/_factor.ts', line: 2, column: 14 },
    ])
  })
})

it('a folder without millrace.yaml says that alone', async () => {
  await withProject({ 'millrace.yaml': null, 'assets/x.sql': '' }, async (root) => {
    const { diagnostics } = await loadProject(root, { parse: await duckDbParser(), env: {} })
    expect(diagnostics.map(({ code }) => code)).toEqual(['CONFIG_MISSING'])
    const missing = await loadProject(join(root, 'nowhere'), { parse: await duckDbParser(), env: {} })
    expect(missing.diagnostics.map(({ code }) => code)).toEqual(['CONFIG_MISSING'])
  })
})

it('addresses and secrets never stand in a message', async () => {
  const env = { APP_DATABASE_URL: 'mysql://user:s3cret@host/app' }
  const { diagnostics } = await load({}, env)
  expect(diagnostics.length).toBeGreaterThan(0)
  expect(printed(diagnostics)).not.toContain('s3cret')
})
