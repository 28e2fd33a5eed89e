import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestProject, type QueryJson, type RunJson, statuses } from '../support/millrace.js'
import { startTestPostgres } from '../support/postgres.js'

const sql = (text: string) => `/* @asset\ndescription: x\n*/\n${text}\n`
const source = (text: string) => `description: x\nsource: { ${text} }\n`

test('a source that cannot be read yet fails by itself, and a file that is not whole is told', async () => {
  const server = await startTestPostgres()
  const project = createTestProject(
    {
      'millrace.yaml': `name: sources\nconnections:\n  app: { type: postgres, url: '\${APP}' }\n  drop: { type: files, path: ./in }\n`,
      'assets/raw/good.yaml': source("from: drop, path: '*.csv'"),
      'assets/raw/young.yaml': source("from: drop, path: '*.parquet'"),
      'assets/raw/gone.yaml': source('from: app, table: nowhere.readings'),
      'assets/marts/good.sql': sql('select count(*) as n from raw.good'),
      'assets/marts/gone.sql': sql('select count(*) as n from raw.gone where id > 1'),
    },
    { APP: server.url },
  )
  try {
    mkdirSync(join(project.root, 'in'))
    writeFileSync(join(project.root, 'in/a.csv'), 'id\n1\n')
    writeFileSync(join(project.root, 'in/a.parquet'), 'PAR1 and then nothing')
    const { code, value } = await project.json<RunJson>('run')
    expect(code).toBe(1)
    expect(statuses(value)).toMatchObject({
      'raw.good': 'released',
      'raw.young': 'unchanged',
      'raw.gone': 'failed',
      'marts.good': 'released',
      'marts.gone': 'skipped',
    })
    const reasons = Object.fromEntries(value.steps.map(({ asset, reason }) => [asset, reason]))
    expect(reasons).toMatchObject({
      'raw.gone': 'There is no table nowhere.readings on connection app.',
      'raw.young': 'a.parquet is not whole yet and is left for the next run.',
    })
    const plan = await project.json<{ error: { code: string } }>('plan')
    expect(plan).toMatchObject({ code: 2, value: { error: { code: 'SOURCE_TABLE_MISSING' } } })
  } finally {
    project.remove()
    await server.stop()
  }
})

test('times without a zone are times of the project’s zone, whatever the format of the file', async () => {
  const declared = (path: string) =>
    `${source(`from: drop, path: ${path}`)}columns:\n  t: { type: TIMESTAMP WITH TIME ZONE }\n`
  const project = createTestProject({
    'millrace.yaml':
      'name: zones\ntimezone: Europe/Dublin\nconnections:\n  drop: { type: files, path: ./in }\n',
    'assets/raw/csv.yaml': declared('a.csv'),
    'assets/raw/ndjson.yaml': declared('a.ndjson'),
    'in/a.csv': 't\n2024-07-01 08:00:00\n2024-07-01T08:00:00Z\n',
    'in/a.ndjson': '{"t":"2024-07-01 08:00:00"}\n{"t":"2024-07-01T08:00:00Z"}\n',
  })
  try {
    expect((await project.run('run')).code).toBe(0)
    const sql = 'select * from raw.csv union all select * from raw.ndjson order by t'
    const { value } = await project.json<QueryJson>('query', sql)
    const local = ['2024-07-01T07:00:00Z']
    const zoned = ['2024-07-01T08:00:00Z']
    expect(value.rows).toEqual([local, local, zoned, zoned])
  } finally {
    project.remove()
  }
})
