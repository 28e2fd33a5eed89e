import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Asset } from '../../../src/domain/asset.js'
import type { Project } from '../../../src/domain/project.js'
import { AUTHOR_DECLARATIONS } from '../../../src/project/types/author-declarations.js'
import { authorTsconfig, authorTypes } from '../../../src/project/types/author-types.js'

const asset = (name: string, more: Partial<Asset>): Asset => ({
  name,
  file: `assets/${name.replace('.', '/')}.ts`,
  line: 1,
  description: '',
  owner: 'data',
  tags: [],
  materialize: 'table',
  key: [],
  deletes: 'none',
  columns: [],
  checks: [],
  schedule: { kind: 'upstream' },
  budget: {},
  timeoutMs: 60_000,
  retries: 0,
  allowIncomplete: false,
  deliver: [],
  inputs: [],
  checkReads: [],
  body: { kind: 'sql', text: '', canonical: '', parameters: [] },
  ...more,
})

const notNull = (column: string, onFail: 'block' | 'continue') => ({
  kind: 'not_null' as const,
  column,
  name: `not_null:${column}`,
  severity: 'error' as const,
  onFail,
  line: 1,
})

const levels = asset('staging.levels', {
  description: 'Levels as measured */ really',
  columns: [{ name: 'level', type: 'DOUBLE', description: 'between 0 and 1' }],
  checks: [notNull('device_id', 'block'), notNull('level', 'continue')],
})

const fill = asset('marts.fill_level', {
  columns: [
    { name: 'device_id', type: 'INTEGER' },
    { name: 'read_at', type: 'TIMESTAMP WITH TIME ZONE' },
    { name: 'level', type: 'DOUBLE' },
    { name: 'odd name', type: "ENUM('it''s', 'no, it (isn)t')" },
  ],
  checks: [notNull('device_id', 'block')],
  inputs: ['staging.levels'],
  body: { kind: 'typescript', path: '/p/assets/marts/fill_level.ts', code: '' },
})

const project: Project = {
  name: 'washrooms',
  root: '/p',
  home: '/p/.millrace',
  timezone: 'UTC',
  state: { kind: 'embedded' },
  warehouse: { kind: 'duckdb', path: '/p/w.duckdb' },
  connections: new Map(),
  vars: { silent_after: '2 hours', limits: { low: 0.1, tags: ['a'] } },
  alerts: { routes: [], smtp: null, from: 'millrace@localhost' },
  assets: [levels, fill, asset('raw.unseen', {})],
}

const columns = new Map([
  [
    'staging.levels',
    [
      { name: 'device_id', type: 'INTEGER' },
      { name: 'serial', type: 'BIGINT' },
      { name: 'read_at', type: 'TIMESTAMP WITH TIME ZONE' },
      { name: 'day', type: 'DATE' },
      { name: 'level', type: 'DOUBLE' },
      { name: 'price', type: 'DECIMAL(10,2)' },
      { name: 'total', type: 'DECIMAL(38,2)' },
      { name: 'tags', type: 'VARCHAR[]' },
      { name: 'place', type: 'STRUCT("floor" INTEGER, "the room" STRUCT("a" BIGINT[]))' },
      { name: 'extra', type: 'MAP(VARCHAR, DECIMAL(4,1))' },
      { name: 'grid', type: 'INTEGER[2][3]' },
    ],
  ],
])

const [types] = authorTypes(project, columns)
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

describe('the types of a project', () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'millrace-types-'))
    await mkdir(join(root, 'assets'))
    for (const { file, text } of [types!, authorTsconfig()]) await writeFile(join(root, file), text)
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  /** The first error of each line, as `line: text`. */
  async function compile(text: string): Promise<string[]> {
    await writeFile(join(root, 'assets/asset.ts'), text)
    const output = await new Promise<string>((resolve) =>
      execFile(process.execPath, [tsc, '-p', root, '--pretty', 'false'], (_error, stdout) => resolve(stdout)),
    )
    return [...output.matchAll(/^\S*?(\w+\.(?:d\.)?ts)\((\d+),\d+\): error \w+: (.*)$/gm)].map(
      ([, file, line, message]) => `${file}:${line}: ${message}`,
    )
  }

  test('let a right asset pass, with and without annotations of its own', async () => {
    const errors = await compile(`
      import type { Context, NewRow, Row, Rows } from 'millrace'
      const last = new Map<number, Row<'staging.levels'>>()
      export default async function* (ctx: Context<'marts.fill_level'>): Rows<'marts.fill_level'> {
        const wait: string = ctx.vars.silent_after
        const low: number = ctx.vars.limits.low
        if (ctx.interval) ctx.log.info(ctx.interval.start.toISOString(), wait, low)
        const batch: NewRow<'marts.fill_level'>[] = []
        for await (const row of ctx.input('staging.levels', { orderBy: ['read_at'], interval: ctx.interval })) {
          const id: number = row.device_id
          const serial: number | null = row.serial
          const price: number | null = row.price
          const total: string | null = row.total
          const floor: number | null | undefined = row.place?.floor
          const deep: number | null | undefined = row.place?.['the room']?.a?.[0]
          const extra: number | null | undefined = row.extra?.get('x')
          const cell: number | null | undefined = row.grid?.[0]?.[1]
          last.set(id, row)
          yield { device_id: id, read_at: row.read_at, level: row.level, 'odd name': "it's" }
          batch.push({ device_id: id, read_at: '2024-01-01T00:00:00Z', level: null, 'odd name': null })
          void [serial, price, total, floor, deep, extra, cell]
        }
        for await (const row of ctx.input('staging.levels', { columns: ['serial', 'day'], bigints: true })) {
          const serial: bigint | null = row.serial
          const day: string | null = row.day
          void [serial, day]
        }
        for await (const { rows, columns } of ctx.batches('staging.levels', { columns: ['level'] })) {
          const level: number | null | undefined = columns.level[rows - 1]
          void level
        }
        ctx.metric('rows', batch.length)
        yield batch
      }`)
    expect(errors).toEqual([])
  })

  test.each([
    ['a misspelt input', "ctx.input('staging.level')", 'staging.level'],
    ['an input that inputs: do not name', "ctx.input('raw.unseen')", 'raw.unseen'],
    [
      'a column that is not there',
      "for await (const row of ctx.input('staging.levels')) row.devise_id",
      'devise_id',
    ],
    [
      'a column that was not asked for',
      "for await (const row of ctx.input('staging.levels', { columns: ['level'] })) row.serial",
      'serial',
    ],
    ['an option that is not there', "ctx.input('staging.levels', { colums: ['level'] })", 'colums'],
    [
      'a value that may be null',
      "for await (const row of ctx.input('staging.levels')) row.level.toFixed()",
      'null',
    ],
    ['a field that is missing', 'yield { device_id: 1, read_at: new Date(), level: 1 }', 'odd name'],
    [
      'a field too many',
      "yield { device_id: 1, read_at: new Date(), level: 1, 'odd name': null, more: 1 }",
      'more',
    ],
    [
      'a value of another type',
      "yield { device_id: '1', read_at: new Date(), level: 1, 'odd name': null }",
      'string',
    ],
    [
      'null where the header says never',
      "yield { device_id: null, read_at: new Date(), level: 1, 'odd name': null }",
      'null',
    ],
    [
      'a value that is not of the enum',
      "yield { device_id: 1, read_at: new Date(), level: 1, 'odd name': 'x' }",
      '"x"',
    ],
    ['a var that is not there', 'ctx.vars.silent', 'silent'],
  ])('find %s', async (_what, line, told) => {
    const errors = await compile(`import type { Context, Rows } from 'millrace'
export default async function* (ctx: Context<'marts.fill_level'>): Rows<'marts.fill_level'> {
  ${line}
}`)
    expect(errors.join('\n')).toContain(told)
    expect(errors[0]).toMatch(/^asset\.ts:[23]: /)
  })

  test('find an asset that names itself wrongly', async () => {
    const errors = await compile(`import type { Context } from 'millrace'
export default async (ctx: Context<'marts.fill'>) => [ctx.asset]`)
    expect(errors[0]).toContain('asset.ts:2')
  })

  test('carry descriptions for the editor, and survive what is written in them', () => {
    expect(types?.text).toContain('/** Levels as measured *\\/ really */')
    expect(types?.text).toContain('/** between 0 and 1 */')
  })

  test('are the same that the package exports', async () => {
    const source = await readFile(new URL('../../../src/index.ts', import.meta.url), 'utf8')
    const [, exported = ''] = source.split('// author declarations\n')
    const lines = exported.split('\n').filter((line) => !line.includes('biome-ignore'))
    expect(
      lines
        .join('\n')
        .replaceAll(/^export /gm, '')
        .trim(),
    ).toBe(AUTHOR_DECLARATIONS.trim())
  })
})
