import { describe, expect, it } from 'vitest'
import { acceptCommand, checkEffect, putRight } from '../../../console/src/words/judged-again.js'
import { failedCheck } from '../check-results.js'

describe('released rows that a changed check refuses', () => {
  it('are said to be seen already, and by nothing to be kept from readers', () => {
    expect(checkEffect({ onFail: 'block' }, 811)).toBe(
      'Readers have seen these rows since release 811. What reads them is not built, and nothing more of them is delivered.',
    )
    for (const onFail of ['block', 'hold_delivery', 'continue'] as const)
      expect(checkEffect({ onFail }, 811)).not.toMatch(/candidate|last good/)
    expect(putRight(811)).toMatch(/rows or the check/)
  })
  it('are told apart from a candidate, which nobody has seen', () => {
    expect(checkEffect({ onFail: 'block' }, null)).toBe(
      'The candidate is held; readers keep the last good release.',
    )
    expect(putRight(null)).toBe('')
  })
  it('are let pass by a command that a shell takes as it stands', () => {
    const checks = [
      failedCheck({}),
      failedCheck({ check: "it's x > 1" }),
      failedCheck({ check: 'w', onFail: 'continue' }),
    ]
    expect(acceptCommand({ asset: 'a.b', checks, judgedRelease: 811 })).toBe(
      "millrace run --select a.b+ --accept 'not_null:x,it'\\''s x > 1'",
    )
    expect(acceptCommand({ asset: 'a.b', checks: [], judgedRelease: null })).toBeNull()
  })
})
