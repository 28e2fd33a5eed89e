import { describe, expect, test } from 'vitest'
import { type Findable, rankHits } from '../../../src/app/api/rank-hits.js'

const thing = (label: string, ...words: string[]): Findable<string> => ({ hit: label, label, words })
const THINGS = [
  thing('marts.status_old'),
  thing('marts.device_status', 'Health of devices'),
  thing('staging.readings', 'Readings made comparable'),
  thing('status.marts'),
  thing('raw.thermostatus'),
  thing('marts.visits', 'What the status page shows'),
]

describe('what a search finds', () => {
  test('prefix before word before substring before description', () => {
    expect(rankHits('status', THINGS)).toEqual([
      'status.marts',
      'marts.status_old',
      'marts.device_status',
      'raw.thermostatus',
      'marts.visits',
    ])
  })

  test('the name itself before longer ones that begin with it', () => {
    expect(rankHits('A.B', [thing('a.bc'), thing('a.b')])).toEqual(['a.b', 'a.bc'])
  })

  test('names spelled nearly so, last; short texts are never guessed', () => {
    expect(rankHits('reedings', THINGS)).toEqual(['staging.readings'])
    expect(rankHits('staging.reedings', THINGS)).toEqual(['staging.readings'])
    expect(rankHits('xy', THINGS)).toEqual([])
    expect(rankHits('nothing at all', THINGS)).toEqual([])
  })

  test('nothing for nothing, and twenty at most', () => {
    expect(rankHits('  ', THINGS)).toEqual([])
    expect(
      rankHits(
        'a',
        Array.from({ length: 50 }, (_, at) => thing(`a${at}`)),
      ),
    ).toHaveLength(20)
  })
})
