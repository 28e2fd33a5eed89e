import { expect, it } from 'vitest'
import { cronMistake } from '../../../src/project/shapes/cron.js'

it('takes patterns of five fields, and of six with seconds first', () => {
  for (const pattern of [
    '* * * * *',
    '*/15 * * * *',
    '0 6 * * mon-fri',
    '5,35 0-23/2 1 JAN,feb 7',
    '0-59/15 * * * *',
    '0  7 * * 1',
    '@daily',
    '*/5 * * * * *',
    '0 30 6 * * mon',
    '0 6 29 feb *',
    '0 6 31 4 sun',
    '0 6 31 */2 *',
  ])
    expect([pattern, cronMistake(pattern)]).toEqual([pattern, null])
})

it('says what is wrong with others', () => {
  expect(cronMistake('* * * *')).toBe('it has 4 fields instead of five or six')
  expect(cronMistake('hourly')).toBe('it has one field instead of five or six')
  expect(cronMistake('60 * * * *')).toBe('"60" is no minute (0 to 59)')
  expect(cronMistake('60 0 0 * * *')).toBe('"60" is no second (0 to 59)')
  expect(cronMistake('*/90 * * * *')).toBe('"*/90" steps beyond 59')
  expect(cronMistake('0 6 31 4,6 *')).toBe('day 31 never comes in month 4,6')
  expect(cronMistake('0 6 30,31 feb *')).toBe('day 30 never comes in month feb')
  expect(cronMistake('0 0 0 * *')).toBe('"0" is no day of the month (1 to 31)')
  expect(cronMistake('0 0 1 13 *')).toMatch(/"13" is no month \(1 to 12 or jan/)
  expect(cronMistake('0 0 * * monday')).toMatch(/"monday" is no weekday/)
  expect(cronMistake('*/0 * * * *')).toBe('"*/0" steps by 0')
  expect(cronMistake('5/15 * * * *')).toBe('"5/15" steps from nowhere; write 5-59/15')
  expect(cronMistake('30-10 * * * *')).toBe('"30-10" goes backwards')
  for (const odd of ['a b c d e', '*-5 * * * *', ', * * * *', '1- * * * *'])
    expect(cronMistake(odd)).not.toBe(null)
})
