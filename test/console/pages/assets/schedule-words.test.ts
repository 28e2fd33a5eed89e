import { describe, expect, it } from 'vitest'
import {
  catchUpWords,
  cronWords,
  scheduleWords,
} from '../../../../console/src/pages/assets/schedule-words.js'

describe('a schedule in words', () => {
  it.each([
    ['* * * * *', 'every minute'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['0,15,30,45 * * * *', 'every 15 minutes'],
    ['0/10 * * * *', 'every 10 minutes'],
    ['*/5 * * * * *', 'every 5 seconds'],
    ['* * * * * *', 'every second'],
    ['0 * * * *', 'every hour'],
    ['0 0 * * * *', 'every hour'],
    ['5 * * * *', 'every hour at minute 5'],
    ['5,20 * * * *', 'every hour at minutes 5 and 20'],
    ['0 */6 * * *', 'every 6 hours'],
    ['30 */6 * * *', 'every 6 hours at minute 30'],
    ['0 7 * * *', 'daily at 07:00'],
    ['0 6,18 * * *', 'daily at 06:00 and 18:00'],
    ['0 7 * * 1', 'Mondays at 07:00'],
    ['0 7 * * mon', 'Mondays at 07:00'],
    ['0 7 * * 7', 'Sundays at 07:00'],
    ['30 8 * * 1-5', 'Monday to Friday at 08:30'],
    ['0 7 * * 1,4', 'Mondays and Thursdays at 07:00'],
    ['0 6 1 * *', 'on the 1st of each month at 06:00'],
    ['0 6 2,11 * *', 'on the 2nd and 11th of each month at 06:00'],
    ['0 6 L * *', 'on the last of each month at 06:00'],
    ['*/15 6-20 * * 1-5', 'every 15 minutes from 06:00 to 20:59 Monday to Friday'],
    ['@daily', 'daily at 00:00'],
  ])('%s is "%s"', (pattern, words) => {
    expect(cronWords(pattern)).toBe(words)
  })

  it.each([
    '*/7 * * * *',
    '0 7 * 2 *',
    '0 7 1 * 1',
    '0 */5 * * *',
    '1-59/2 * * * *',
    'nonsense',
    '15 0 7 * * 1',
  ])('says the pattern %s itself rather than something untrue', (pattern) => {
    expect(cronWords(pattern)).toBe(`by the pattern ${pattern}`)
  })

  it('names what starts an asset without a clock', () => {
    expect(scheduleWords({ kind: 'upstream' })).toBe('when something it reads is released')
    expect(scheduleWords({ kind: 'never' })).toBe('by hand only')
  })

  it('says what becomes of missed ticks, only where there are ticks', () => {
    expect(catchUpWords({ kind: 'cron', pattern: '* * * * *', catchUp: 'all' })).toMatch(/each run/)
    expect(catchUpWords({ kind: 'upstream' })).toBe('')
  })
})
