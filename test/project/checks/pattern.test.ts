import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, it } from 'vitest'
import { patternMistake } from '../../../src/project/checks/pattern.js'

let accepts: (pattern: string) => Promise<boolean>
beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  accepts = (pattern) =>
    connection.runAndReadAll(`select regexp_matches('x', '${pattern.replaceAll("'", "''")}')`).then(
      () => true,
      () => false,
    )
})

const SOUND = [
  '^\\d+$',
  '\\d+',
  '[[:alpha:]()]+',
  '[a-z]+(x)?',
  '(?i)x',
  '(?P<name>a|b)',
  'a{2,3}',
  '\\(',
  '[\\]]',
  '[]a]',
  '[^]a]*',
  '\\\\',
  'x*?',
  '(?:a)',
  '^',
  'a|b',
  '\\bsoap\\b',
  '[(]',
  '\\(?=a',
  '\\\\1',
  '^[A-Z]{2}\\d+$',
]
const BROKEN = ['(a', 'a)', '[a', '(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '(a)\\1', 'a\\', '*a', '(+a)', 'a|*b']

it('takes what the engine takes', async () => {
  for (const pattern of SOUND)
    expect([pattern, patternMistake(pattern), await accepts(pattern)]).toEqual([pattern, null, true])
})

it('finds what the engine refuses', async () => {
  for (const pattern of BROKEN)
    expect([pattern, patternMistake(pattern) === null, await accepts(pattern)]).toEqual([
      pattern,
      false,
      false,
    ])
})

it('finds the control characters that double quotes make', () => {
  expect(patternMistake('\u0008soap')?.detail).toMatch(/control character/)
})
