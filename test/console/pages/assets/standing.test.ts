import { describe, expect, it } from 'vitest'
import { deliveryTarget, readersSee, whyNot } from '../../../../console/src/pages/assets/standing.js'
import { summaryOf } from '../../asset-summaries.js'
import { failedCheck } from '../../check-results.js'

const step = (own: object) => ({
  run: 1,
  asset: 'a.b',
  status: 'held' as const,
  reason: 'new rows',
  startedAt: 0,
  durationMs: 1,
  rows: 1,
  ranges: [],
  attempts: 1,
  error: null,
  candidate: null,
  judgedRelease: null,
  checks: [],
  metrics: [],
  ...own,
})

describe('how an asset stands', () => {
  it('says what readers see, and that it is not what they should see', () => {
    const standing = (own: Parameters<typeof summaryOf>[1]) => ({ ...summaryOf('a.b', own), steps: [] })
    expect(readersSee(standing({ release: 811 }))).toBe('Readers see release 811')
    expect(readersSee(standing({ release: 811, health: 'held' }))).toBe('Readers still see release 811')
    expect(readersSee(standing({ release: null, health: 'never' }))).toMatch(/readers see nothing yet/)
  })
  it('says that readers see the held rows already, where a changed check holds them, and how to put them right', () => {
    const steps = [step({ judgedRelease: 811, checks: [failedCheck({})] })]
    expect(readersSee({ ...summaryOf('a.b', { release: 811, health: 'held' }), steps })).toBe(
      'Readers have seen these rows since release 811',
    )
    expect(whyNot({ health: 'held', steps, latest: null })).toMatch(/Correct the rows or the check/)
  })
  it('says which checks hold it, and none that only warn', () => {
    const steps = [
      step({ checks: [failedCheck({}), failedCheck({ check: 'w', onFail: 'continue', message: 'no' })] }),
    ]
    expect(whyNot({ health: 'held', steps, latest: null })).toBe(
      '31 of 4,812 rows have no x (check not_null:x).',
    )
  })
  it('says what broke', () => {
    const steps = [step({ status: 'failed', error: { code: 'X', message: 'It fell over.', hint: '' } })]
    expect(whyNot({ health: 'failed', steps, latest: null })).toBe('It fell over.')
  })
  it('says nothing of what is as it should be', () => {
    expect(whyNot({ health: 'fresh', steps: [], latest: null })).toBe('')
  })
  it('reads a delivery’s identity', () => {
    expect(deliveryTarget('m.t>app:insights.t')).toEqual({ connection: 'app', target: 'insights.t' })
  })
})
