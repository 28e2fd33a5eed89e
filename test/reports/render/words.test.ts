import { describe, expect, it } from 'vitest'
import { PERIOD_UNITS } from '../../../src/domain/report.js'
import { PAGE_LANGUAGES, type PageWords, pageWords } from '../../../src/reports/render/words.js'

/** Everything a language says, of some examples. */
const said = (words: PageWords): string[] => [
  ...PERIOD_UNITS.map((unit) => words.inBefore[unit]),
  ...[words.for, words.week(5, '2024'), words.nothingToCompare, words.sameAs, words.from('0')],
  ...[words.points('1'), words.points('2.5'), words.noData('D'), words.nothingYet, words.recordsEnd('D')],
  ...[words.recordsBegin('D'), words.nothingThen, words.nothingToDraw('D'), words.noRows, words.numbers],
  ...[words.drawn(6, 8), words.tooManyToDraw, words.tooManyToShow, words.notShown(1, '1')],
  ...[words.withoutTime(1, '1'), words.withoutTime(2, '2'), words.notShown(1200, '1,200')],
  ...[words.highest, words.lowest, words.notOver],
  words.times({ label: 'L', start: 'S', end: 'E', timezone: 'Z' }),
  words.made({ at: 'A', release: 7, fresh: 'F' }),
]

describe('the words of a page', () => {
  it('are those of the locale’s language, and English where there are none', () => {
    expect(pageWords('de-AT').numbers).toBe('Die Zahlen')
    expect(pageWords('FR').numbers).toBe('Les chiffres')
    expect(pageWords('ja-JP')).toBe(pageWords('en-IE'))
  })

  it('say everything in every language, with nothing of the numbers and dates left out', () => {
    for (const [language, words] of Object.entries(PAGE_LANGUAGES)) {
      for (const text of said(words)) expect(text, language).toMatch(/\S/)
      const [end] = [words.made({ at: 'AT', release: 7, fresh: 'FRESH' })]
      expect(end, language).toMatch(/AT.*7.*FRESH/)
      expect(words.times({ label: 'LL', start: 'S1', end: 'E1', timezone: 'ZZ' }), language).toMatch(
        /LL.*S1.*E1.*ZZ/,
      )
      expect(words.drawn(6, 8), language).toMatch(/6.*8/)
      expect(words.notShown(1200, '1,200'), language).toContain('1,200')
      expect(words.withoutTime(1200, '1,200'), language).toContain('1,200')
    }
  })

  it('of one language are not those of another', () => {
    const english = new Set(said(pageWords('en')))
    for (const [language, words] of Object.entries(PAGE_LANGUAGES).filter(([name]) => name !== 'en')) {
      const same = said(words).filter((text) => english.has(text))
      // French has the same word.
      expect(
        same.filter((text) => !/points?$/.test(text)),
        language,
      ).toEqual([])
    }
  })
})
