import { expect, test } from 'vitest'
import { appended, fieldWords, shownLines } from '../../../console/src/words/log-lines.js'
import { cellText, sampleColumns } from '../../../console/src/words/samples.js'
import { sparkPath } from '../../../console/src/words/spark-path.js'
import type { LogLine } from '../../../src/app/api/shapes.js'

test('sample rows show the columns in question first, and what only some rows have', () => {
  const samples = [
    { id: 1, hour: 'x', room: null },
    { id: 2, extra: true },
  ]
  expect(sampleColumns(samples, 'not_null:room')).toEqual(['room', 'id', 'hour', 'extra'])
  expect(sampleColumns(samples, 'unique:hour,room')).toEqual(['hour', 'room', 'id', 'extra'])
})

test('a cell tells NULL from an empty text', () =>
  expect([null, undefined, '', 0, { a: 1 }].map(cellText)).toEqual(['NULL', 'NULL', '', '0', '{"a":1}']))

const line = (number: number, level: LogLine['level'], asset: string | null): LogLine => ({
  line: number,
  at: 0,
  level,
  asset,
  message: '',
  fields: {},
})

test('log lines are filtered by step and least level', () => {
  const lines = [
    line(1, 'info', null),
    line(2, 'debug', 'a.a'),
    line(3, 'error', 'a.a'),
    line(4, 'warn', 'a.b'),
  ]
  const numbers = (asset: string | null, level: LogLine['level']) =>
    shownLines(lines, { asset, level }).map((one) => one.line)
  expect(numbers(null, 'debug')).toEqual([1, 2, 3, 4])
  expect(numbers(null, 'warn')).toEqual([3, 4])
  expect(numbers('a.a', 'info')).toEqual([3])
})

test('log lines that come twice are shown once', () => {
  const known = [line(1, 'info', null), line(2, 'info', null)]
  expect(appended(known, [line(2, 'info', null), line(3, 'info', null)]).map((one) => one.line)).toEqual([
    1, 2, 3,
  ])
  expect(appended(known, [line(2, 'info', null)])).toBe(known)
})

test('fields of a log line are words, without those that are empty', () =>
  expect(fieldWords({ rows: 3, none: null, list: [1, 2] })).toBe('rows=3 list=[1,2]'))

test('a sparkline has a hole where a value is missing, and nothing to draw of one value', () => {
  expect(sparkPath([1, 2, null, 3, 4], 72, 18).line.match(/M/g)).toHaveLength(2)
  expect(sparkPath([1], 72, 18)).toEqual({ line: '', last: null })
  expect(sparkPath([5, 5, 5], 72, 18).last).toEqual([69.5, 9])
})
