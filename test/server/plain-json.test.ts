import { expect, test } from 'vitest'
import { faultOfJson } from '../../src/server/plain-json.js'

test.each([
  '{}',
  '[{"a":1},{"a":2}]',
  '{"a":{"a":{"a":"a"}},"b":["a","a"]}',
  '{"a":"b","b":"a"}',
  '{"sql":"select \\"x\\", \'\\\\u0000\' --","n":1}',
  '"\\\\"',
  '"\\ud83d\\ude00 😀 \\ufffd"',
])('takes %s', (json) => expect(faultOfJson(json)).toBeNull())

test.each([
  ['{"sql":"select 1","sql":"select 2"}', 'sql is given twice'],
  ['{"a":1, "b" : {"c":1 , "c"\n:2}}', 'c is given twice'],
  ['[{"a":{},"\\u0061":[]}]', 'a is given twice'],
  ['{"sql":"select 1 \\u0000"}', 'a text holds a NUL character'],
  ['{"\\u0000":1}', 'a text holds a NUL character'],
  ['["\\ud800"]', 'a text holds half a character (a surrogate without its other half)'],
  ['{"\\ude00\\ud83d":1}', 'a text holds half a character (a surrogate without its other half)'],
])('finds in %s: %s', (json, fault) => expect(faultOfJson(json)).toBe(fault))

test('takes a megabyte, however it is nested or escaped', () => {
  expect(faultOfJson('['.repeat(500_000) + ']'.repeat(500_000))).toBeNull()
  expect(faultOfJson(`"${'\\n'.repeat(500_000)}"`)).toBeNull()
})
