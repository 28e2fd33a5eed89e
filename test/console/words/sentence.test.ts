import { describe, expect, test } from 'vitest'
import { overviewSentence, troublePath } from '../../../console/src/words/sentence.js'
import type { Overview, Trouble } from '../../../src/app/api/shapes.js'

const NOW = Date.UTC(2024, 1, 5, 10, 15)

const trouble = (part: Partial<Trouble>): Trouble => ({
  kind: 'held',
  asset: 'staging.readings',
  text: '31 of 4,812 rows have no washroom_id',
  readers: 'Customers still see release 811 (10:15).',
  run: 812,
  alert: 41,
  next: '',
  ...part,
})

const overview = (part: Partial<Overview>): Overview => ({
  project: 'washrooms',
  environment: 'prod',
  now: NOW,
  timezone: 'UTC',
  projectState: { state: 'good', loadedAt: NOW, diagnostics: [] },
  assets: { total: 14, fresh: 14, late: 0, held: 0, failed: 0, never: 0 },
  troubles: [],
  lastRelease: { release: 812, run: 812, at: NOW - 120_000, assets: [] },
  releases: [],
  running: [],
  queue: [],
  alerts: [],
  deliveries: { total: 0, delivered: 0, waiting: 0, refused: 0, held: 0 },
  strip: { start: 0, slotMs: 1, slots: 0, rows: [], more: 0 },
  ...part,
})

const say = (part: Partial<Overview>): string =>
  overviewSentence(overview(part), NOW)
    .pieces.map(({ text }) => text)
    .join('')

describe('the sentence of the overview', () => {
  test('says that all is well, and when the last release went out', () =>
    expect(say({})).toBe('All 14 tables fresh. Release 812 went out 2 min ago.'))

  test('does not call a table fresh that was never released', () => {
    const assets = { total: 14, fresh: 12, late: 0, held: 0, failed: 0, never: 2 }
    expect(say({ assets })).toBe('12 of 14 tables fresh, 2 never released. Release 812 went out 2 min ago.')
    expect(say({ assets: { ...assets, fresh: 0, never: 14 }, lastRelease: null })).toBe(
      'Nothing is released yet. ',
    )
  })

  test('names what needs somebody, worst first, one clause each', () => {
    const troubles = [
      trouble({}),
      trouble({
        kind: 'late',
        asset: 'marts.status',
        text: '40 minutes late; it was due at 09:35',
        run: 809,
      }),
    ]
    expect(say({ troubles })).toBe(
      '2 things need you: staging.readings is held: 31 of 4,812 rows have no washroom_id; marts.status is 40 minutes late.',
    )
  })

  test('counts what is beyond three, and says one thing in the singular', () => {
    const failed = (asset: string) => trouble({ kind: 'failed', asset })
    expect(say({ troubles: ['a.a', 'a.b', 'a.c', 'a.d', 'a.e'].map(failed) })).toBe(
      '5 things need you: a.a failed; a.b failed; a.c failed; and 2 more.',
    )
    expect(say({ troubles: [failed('a.a')] })).toBe('One thing needs you: a.a failed.')
  })

  test('does not say the name of an asset twice', () => {
    const title = 'marts.status took 9.8 s; it usually takes 1.9 to 2.6 s.'
    expect(say({ troubles: [trouble({ kind: 'alert', asset: 'marts.status', text: title })] })).toBe(
      'One thing needs you: marts.status took 9.8 s.',
    )
  })

  test('leads each clause to where it is looked into', () => {
    expect(troublePath(trouble({}))).toBe('/runs/812?asset=staging.readings')
    expect(troublePath(trouble({ kind: 'late', alert: null, run: 809 }))).toBe('/assets/staging.readings')
    expect(troublePath(trouble({ kind: 'alert', run: 1 }))).toBe('/alerts/41')
    expect(troublePath(trouble({ kind: 'project', asset: null, run: null, alert: null }))).toBe('/')
  })

  test('says that nothing is there of an empty project', () =>
    expect(say({ assets: { total: 0, fresh: 0, late: 0, held: 0, failed: 0, never: 0 } })).toBe(
      'There are no assets yet.',
    ))
})
