import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScratch, type Scratch } from '../../../src/adapters/engines/duckdb/scratch.js'
import type { Column } from '../../../src/domain/column.js'
import { bindDiagnostics, bindRequest } from '../../../src/project/binding/bind-diagnostics.js'
import { type Files, load, printed } from '../fixture.js'

let scratch: Scratch
beforeAll(async () => {
  scratch = await createScratch()
})
afterAll(() => scratch.close())

const READINGS: readonly Column[] = [
  { name: 'id', type: 'BIGINT' },
  { name: 'device_id', type: 'INTEGER' },
  { name: 'read_at', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: 'value', type: 'DOUBLE' },
]
const KNOWN = new Map([['raw.readings', READINGS]])

async function requestOf(files: Files, known: ReadonlyMap<string, readonly Column[]> = KNOWN) {
  const { project, diagnostics } = await load(files)
  if (!project) throw new Error(printed(diagnostics))
  return { project, request: bindRequest(project, known), known }
}

async function told(files: Files, known?: ReadonlyMap<string, readonly Column[]>): Promise<string[]> {
  const { project, request, known: columns } = await requestOf(files, known)
  const results = await scratch.bind(request)
  return bindDiagnostics(project, results, columns).map(
    ({ file, line, column, code, message, hint }) => `${file}:${line}:${column} ${code} ${message} ${hint}`,
  )
}

const status = (header: string, body = 'select id, device_id, read_at, value from raw.readings'): Files => ({
  'assets/marts/status.sql': `/* @asset\n${header}\n*/\n${body}\n`,
})

describe('binding a project', () => {
  it('finds nothing wrong with a sound one', async () => {
    const header =
      'key: id\ntime: { column: read_at }\ncolumns: { id: int8, value: { type: float8, checks: [not_null] }, read_at: timestamptz }'
    expect(await told(status(header))).toEqual([])
  })

  it('names an unknown column at its place, with the engine’s suggestion', async () => {
    const [fault, ...rest] = await told(status('description: x', 'select id,\n  é.vale\nfrom raw.readings é'))
    expect(rest).toEqual([])
    expect(fault).toMatch(/^assets\/marts\/status\.sql:5:\d+ STATEMENT_UNBOUND .*vale.*value/)
  })

  it('names a column that relationships looks for in another asset and that is not there', async () => {
    const header = 'columns: { device_id: { checks: [relationships: { to: raw.readings.divice_id }] } }'
    expect(await told(status(header))).toEqual([
      'assets/marts/status.sql:2:1 COLUMN_UNKNOWN raw.readings has no column "divice_id" (check relationships:device_id). Did you mean "device_id"?',
    ])
    expect(await told(status(header.replace('divice_id', 'DEVICE_ID')))).toEqual([])
  })

  it('tells a mistake once, not again for each asset that reads it', async () => {
    const files = {
      ...status('description: x', 'select nothing from raw.readings'),
      'assets/marts/top.sql': '/* @asset\ndescription: x\n*/\nselect * from marts.status',
    }
    expect((await told(files)).length).toBe(1)
  })

  it('compares declared columns and types with those the statement gives', async () => {
    const told_ = await told(status('columns:\n  vale: double\n  id: text\n  device_id: { type: int }'))
    expect(told_).toEqual([
      'assets/marts/status.sql:3:3 COLUMN_NOT_GIVEN The header declares a column "vale" that the statement of marts.status does not give. Did you mean "value"?',
      'assets/marts/status.sql:4:7 COLUMN_TYPE "id" is declared as VARCHAR, but the statement gives BIGINT. Cast it in the statement (id::varchar), or declare bigint.',
    ])
  })

  it('finds key, time and check columns that are not there', async () => {
    const header =
      'key: [id, devise_id]\ntime: { column: red_at }\nchecks:\n  - accepted_range: { column: valu, min: 0 }'
    expect(await told(status(header))).toEqual([
      expect.stringMatching(
        /:2:11 COLUMN_UNKNOWN marts\.status has no column "devise_id" \(key\)\. Did you mean "device_id"\?/,
      ),
      expect.stringMatching(/:3:17 COLUMN_UNKNOWN .*"red_at" \(time\)\. Did you mean "read_at"\?/),
      expect.stringMatching(
        /:5:1 COLUMN_UNKNOWN .*"valu" \(check accepted_range:valu\)\. Did you mean "value"\?/,
      ),
    ])
  })

  it('finds the column that marks deletes', async () => {
    const header = 'materialize: keyed\nkey: id\ndeletes: { when: gone }'
    expect(await told(status(header))).toEqual([
      expect.stringMatching(/:4:18 COLUMN_UNKNOWN .*"gone" \(deletes\)/),
    ])
  })

  it('wants key and declared columns spelled as the statement gives them, and takes checks as SQL does', async () => {
    const header =
      "key: ID\ncolumns: { Value: double }\nchecks: [not_null: { column: VALUE, where: 'Id > 1' }]"
    expect(await told(status(header))).toEqual([
      expect.stringMatching(/:2:6 COLUMN_UNKNOWN .*"ID" \(key\)\. Did you mean "id"\?/),
      expect.stringMatching(/:3:12 COLUMN_NOT_GIVEN .*"Value".* Did you mean "value"\?/),
    ])
  })

  it('binds the SQL of checks to the rows they judge and the assets they look at', async () => {
    const header = [
      'checks:',
      "  - failed_rows: { name: sound, sql: 'select this.* from this join raw.readings r using (id), after where after.id = $silent_after::int' }",
      "  - failed_rows: { name: odd, sql: 'select * from this where valu > 1' }",
      "  - not_null: { column: id, where: 'device > 1' }",
      '  - relationships: { column: device_id, to: raw.readings.devise_id }',
    ].join('\n')
    expect(await told(status(header))).toEqual([
      expect.stringMatching(/:4:1 CHECK_UNBOUND The check "odd" cannot be asked: .*"valu" not found/),
      expect.stringMatching(
        /:5:1 CHECK_UNBOUND The check "not_null:id" cannot be asked: .*"device" not found/,
      ),
      expect.stringMatching(/:6:1 CHECK_UNBOUND The check "relationships:device_id" .*devise_id/),
    ])
  })

  it('tells a broken statement once, not again for its checks', async () => {
    const checks = "checks: [failed_rows: { name: odd, sql: 'select * from this where id > 1' }]"
    expect((await told(status(checks, 'select nothing from raw.readings'))).length).toBe(1)
  })

  it('gives parameters their values', async () => {
    const header = 'materialize: incremental\ntime: { column: read_at }'
    const body =
      'select * from raw.readings where read_at >= $start and read_at < $end and $silent_after::interval > interval 1 hour'
    const { request } = await requestOf(status(header, body))
    expect(Object.keys(request.statements[0]!.parameters).sort()).toEqual(['end', 'silent_after', 'start'])
    expect(await told(status(header, body))).toEqual([])
  })
})

describe('what can be bound', () => {
  const chain: Files = {
    'assets/staging/levels.ts':
      '/* @asset\ninputs: [raw.readings]\ncolumns: { device_id: int, level: double }\n*/\nexport default () => 1\n',
    'assets/marts/a.sql': '/* @asset\ndescription: x\n*/\nfrom staging.levels',
    'assets/marts/b.sql': '/* @asset\ndescription: x\n*/\nfrom marts.a, raw.readings',
  }

  it('is what reads only known columns; code is known by its header', async () => {
    const { request } = await requestOf(chain, new Map())
    expect(request.known.map(({ asset }) => asset)).toEqual(['staging.levels'])
    expect(request.statements.map(({ asset }) => asset)).toEqual(['marts.a'])
  })

  it('is everything once the sources are known, in order', async () => {
    const { request } = await requestOf(chain)
    expect(request.statements.map(({ asset }) => asset)).toEqual(['marts.a', 'marts.b'])
    expect(await told(chain)).toEqual([])
  })

  it('takes a source’s declared types before those it was found with, and nothing before it was found', async () => {
    const files = {
      'assets/raw/other.yaml': 'source: { from: app, table: x }\ncolumns: { id: bigint }\n',
      'assets/marts/c.sql': '/* @asset\ndescription: x\n*/\nselect note from raw.other',
    }
    expect((await requestOf(files)).request.statements).toEqual([])
    const found = [
      { name: 'id', type: 'INTEGER' },
      { name: 'note', type: 'VARCHAR' },
    ]
    const { request } = await requestOf(files, new Map([['raw.other', found]]))
    expect(request.known).toEqual([
      { asset: 'raw.other', columns: [{ name: 'id', type: 'BIGINT' }, found[1]] },
    ])
    expect(request.statements.map(({ asset }) => asset)).toEqual(['marts.c'])
  })
})
