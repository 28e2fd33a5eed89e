import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Check } from '../../src/domain/check.js'
import { check, openJudge } from './given.js'

/** One case of Great Expectations (Apache-2.0): a table, an expectation on it, and its verdict. */
type Case = Readonly<{
  id: string
  expectation: string
  title: string
  data: Readonly<Record<string, readonly unknown[]>>
  schemas: Readonly<Record<string, Readonly<Record<string, string>>>> | null
  kwargs: Readonly<Record<string, unknown>>
  expect: Readonly<{ success?: boolean; unexpected_list?: readonly unknown[] }>
  expects_error: boolean | null
}>

const { judgeOne, close } = await openJudge()
afterAll(close)

const file = sharedFile('checks/portable.shared.jsonl')
const cases = file === null ? [] : readFileSync(file, 'utf8').trim().split('\n').map(parseCase)

describe('cases of Great Expectations', () => {
  if (cases.length === 0) {
    // Said aloud: a run without them proves less.
    console.warn('SKIPPED: shared data absent; set MILLRACE_SHARED_DATA to its folder')
    it.skip('shared data absent; set MILLRACE_SHARED_DATA to its folder', () => undefined)
    return
  }

  const comparable = cases.flatMap((one) => {
    const compiled = one.expects_error ? null : toCheck(one)
    return compiled === null ? [] : [{ one, compiled }]
  })

  it('cover every comparable kind', () => {
    expect(comparable.length).toBeGreaterThanOrEqual(40)
  })

  it.each(comparable.map((entry) => [`${entry.one.id} ${entry.one.title}`, entry] as const))(
    '%s',
    async (_title, { one, compiled }) => {
      const result = await judgeOne({ rows: table(one), check: compiled })
      expect(result.status).toBe(one.expect.success ? 'passed' : 'failed')
      const unexpected = one.expect.unexpected_list
      if (unexpected !== undefined) expect(result.failedRows).toBe(unexpected.length)
    },
  )
})

function toCheck({ expectation, kwargs, data }: Case): Check | null {
  const { column, mostly = 1 } = kwargs as { column: string; mostly?: number }
  const tolerance = 1 - mostly
  // The arguments of one expectation each, as that library documents them.
  const args = kwargs as Record<string, never>
  switch (expectation) {
    case 'expect_column_values_to_not_be_null':
      return check({ kind: 'not_null', column, tolerance })
    case 'expect_column_values_to_be_unique':
      return check({ kind: 'unique', columns: [column], tolerance })
    case 'expect_compound_columns_to_be_unique':
      return check({ kind: 'unique', columns: args.column_list!, tolerance })
    case 'expect_column_values_to_be_in_set':
      return check({ kind: 'accepted_values', column, values: args.value_set!, tolerance })
    case 'expect_column_distinct_values_to_be_in_set':
      // Without a set anything goes; an accepted_values check always has one.
      return args.value_set === null
        ? null
        : check({ kind: 'accepted_values', column, values: args.value_set! })
    case 'expect_column_values_to_be_between':
      return range(column, kwargs, tolerance)
    case 'expect_column_values_to_match_regex':
      return check({ kind: 'matches_regex', column, pattern: args.regex!, tolerance })
    case 'expect_table_row_count_to_be_between':
      return check({ kind: 'row_count', ...bounds(kwargs) })
    case 'expect_table_row_count_to_equal':
      return check({ kind: 'row_count', min: args.value!, max: args.value! })
    case 'expect_table_columns_to_match_set':
      return schema((kwargs.column_set as string[] | null) ?? [], data, kwargs.exact_match === true)
    case 'expect_column_to_exist':
      // The position of a column is no promise here: columns are read by name.
      return kwargs.column_index === undefined ? schema([column], data, false) : null
    case 'unexpected_rows_expectation':
      return check({
        kind: 'failed_rows',
        sql: String(kwargs.unexpected_rows_query).replaceAll('{batch}', 'this'),
      })
    default:
      return null
  }
}

function range(column: string, kwargs: Case['kwargs'], tolerance: number): Check | null {
  if (kwargs.strict_min !== kwargs.strict_max && (kwargs.strict_min || kwargs.strict_max)) {
    // One strict side of two: the other side is said by a check of its own.
    if (kwargs.strict_min)
      return check({ kind: 'accepted_range', column, min: Number(kwargs.min_value), exclusive: true })
    return null
  }
  const exclusive = kwargs.strict_min === true
  return check({ kind: 'accepted_range', column, ...bounds(kwargs), exclusive, tolerance })
}

/** Moments that cases compute with Python's clock. All their rows lie between 1970 and 2001. */
const MOMENTS: Readonly<Record<string, string>> = {
  'now()': '2020-01-01',
  'now() - timedelta(weeks=52*100)': '1920-01-01',
  'datetime(1969, 1, 1)': '1969-01-01',
}

function bounds(kwargs: Case['kwargs']): { min?: number; max?: number } {
  const entries = [
    ['min', moment(kwargs.min_value)],
    ['max', moment(kwargs.max_value)],
  ].filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(entries) as { min?: number; max?: number }
}

function moment(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return MOMENTS[String(Object.values(value)[0])]
}

function schema(names: readonly string[], data: Case['data'], exact: boolean): Check {
  const columns = names.map((name) => ({ name, type: columnType(data[name] ?? []) }))
  return check({ kind: 'schema', columns, exact })
}

function table({ data, schemas }: Case): string {
  const names = Object.keys(data)
  const types = names.map((name) => schemas?.postgresql?.[name] ?? columnType(data[name]!))
  const rows = data[names[0]!]!.map((_value, at) => {
    const values = names.map((name) => literal(data[name]![at]))
    return `(${values.join(', ')})`
  })
  const columns = names.map((name, at) => `${typed(`c${at}`, types[at]!)} as "${name}"`)
  const sources = names.map((_name, at) => `c${at}`)
  return `select ${columns.join(', ')} from (values ${rows.join(', ')}) v(${sources.join(', ')})`
}

/** Times come in ISO, or as `Jan 01 1970 12:00:01`. */
const typed = (value: string, type: string): string =>
  type === 'TIMESTAMP'
    ? `coalesce(try_cast(${value} as TIMESTAMP), try_strptime(${value}, '%b %d %Y %H:%M:%S'))`
    : `${value}::${type}`

// Every value as text, cast by its column: a column may hold 9 and 'abc'.
const literal = (value: unknown): string =>
  value === null || value === undefined ? 'null::VARCHAR' : `'${String(value).replaceAll("'", "''")}'`

function columnType(values: readonly unknown[]): string {
  const known = values.filter((value) => value !== null)
  if (known.length === 0 || known.some((value) => typeof value !== 'number')) return 'VARCHAR'
  return known.every(Number.isInteger) ? 'BIGINT' : 'DOUBLE'
}

function parseCase(line: string): Case {
  // The file's own shape, which the cast trusts.
  return JSON.parse(line) as Case
}

/** Below `MILLRACE_SHARED_DATA`, or in a folder `shared/data` beside the project or higher. */
function sharedFile(name: string): string | null {
  const override = process.env.MILLRACE_SHARED_DATA
  if (override) return existsSync(join(override, name)) ? join(override, name) : null
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = join(folder, 'shared/data', name)
    if (existsSync(found)) return found
    if (folder === dirname(folder)) return null
  }
}
