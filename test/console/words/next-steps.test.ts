import { expect, test } from 'vitest'
import { afterName, nextSteps, withoutName } from '../../../console/src/words/next-steps.js'

test('commands are set apart from the words that lead to them', () => {
  expect(nextSteps('Look: millrace check a.b --rows · Let them pass once: millrace run --accept x')).toEqual([
    { words: 'Look', command: 'millrace check a.b --rows' },
    { words: 'Let them pass once', command: 'millrace run --accept x' },
  ])
  expect(nextSteps('millrace plan')).toEqual([{ words: '', command: 'millrace plan' }])
  expect(nextSteps('Put it right, then: millrace run')).toEqual([
    { words: 'Put it right, then', command: 'millrace run' },
  ])
})

test('words without a command stay words', () => {
  expect(nextSteps('Look: millrace status · Change it: budget: in its header')[1]).toEqual({
    words: 'Change it: budget: in its header',
    command: null,
  })
  expect(nextSteps('See what `millrace plan` says about it.')).toEqual([
    { words: 'See what `millrace plan` says about it.', command: null },
  ])
  expect(nextSteps('')).toEqual([])
})

test('an alert does not say its asset twice', () => {
  expect(withoutName('a.b: 3 of 4 rows fail', 'a.b')).toBe('3 of 4 rows fail')
  expect(withoutName('a.b: rows are late', 'a.b')).toBe('Rows are late')
  expect(withoutName('a.b took 9 s', 'a.b')).toBe('a.b took 9 s')
})

test('what is said of an asset follows its name', () => {
  expect(afterName('a.b was not built: a.a was held', 'a.b')).toBe(' was not built: a.a was held')
  expect(afterName('a.b: 3 of 4 rows fail', 'a.b')).toBe(' 3 of 4 rows fail')
})
