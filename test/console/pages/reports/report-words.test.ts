import { describe, expect, it } from 'vitest'
import {
  latestState,
  latestWords,
  plainTitle,
  renderCommand,
  renderedWords,
} from '../../../../console/src/pages/reports/report-words.js'

describe('a report in words', () => {
  it('has the command that does what the button does, safe to paste', () => {
    expect(renderCommand('weekly', null, null)).toBe('millrace report weekly')
    expect(renderCommand('weekly', 'acme', '2024-W05')).toBe(
      'millrace report weekly --tenant acme --period 2024-W05',
    )
    expect(renderCommand('weekly', "O'Neill & Sons", null)).toBe(
      "millrace report weekly --tenant 'O'\\''Neill & Sons'",
    )
  })
  it('stands as its worst rendering', () => {
    const latest = { period: 'p', at: 0, rendered: 2, held: 1, failed: 0 }
    expect(latestState(latest)).toEqual({ of: 'held', word: '1 held' })
    expect(latestState({ ...latest, failed: 3 }).of).toBe('failed')
    expect(latestState(null).word).toBe('Never rendered')
    expect(latestWords(latest)).toBe('2 rendered, 1 held')
  })
  it('has a title without what only a rendering knows', () => {
    expect(plainTitle('Your washrooms, {period.label}', 'weekly')).toBe('Your washrooms')
    expect(plainTitle('{{ period.label }}: your washrooms', 'weekly')).toBe('your washrooms')
    expect(plainTitle('{{ tenant }}', 'weekly')).toBe('weekly')
  })
  it('tells what became of all that was asked for', () => {
    expect(renderedWords([])).toBe('There was nothing to render.')
  })
})
