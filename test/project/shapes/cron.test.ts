import { expect, it } from 'vitest'
import { cronMistake } from '../../../src/project/shapes/cron.js'

it('takes patterns of five fields', () => {
  for (const pattern of [
    '* * * * *',
    '*/15 * * * *',
    '0 6 * * mon-fri',
    '5,35 0-23/2 1 JAN,feb 7',
    '0-59/15 * * * *',
    '0  7 * * 1',
    '@daily',
  ])
    expect([pattern, cronMistake(pattern)]).toEqual([pattern, null])
})

it('says what is wrong with others', () => {
  expect(cronMistake('* * * *')).toBe('it has 4 fields instead of five')
  expect(cronMistake('hourly')).toBe('it has one field instead of five')
  expect(cronMistake('60 * * * *')).toBe('"60" is no minute (0 to 59)')
  expect(cronMistake('0 0 0 * *')).toBe('"0" is no day of the month (1 to 31)')
  expect(cronMistake('0 0 1 13 *')).toMatch(/"13" is no month \(1 to 12 or jan/)
  expect(cronMistake('0 0 * * monday')).toMatch(/"monday" is no weekday/)
  expect(cronMistake('*/0 * * * *')).toBe('"*/0" steps by 0')
  expect(cronMistake('5/15 * * * *')).toBe('"5/15" steps from nowhere; write 5-59/15')
  expect(cronMistake('30-10 * * * *')).toBe('"30-10" goes backwards')
  for (const odd of ['a b c d e', '*-5 * * * *', ', * * * *', '1- * * * *'])
    expect(cronMistake(odd)).not.toBe(null)
})
