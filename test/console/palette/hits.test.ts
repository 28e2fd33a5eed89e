import { describe, expect, it } from 'vitest'
import { groupHits, pagesFor } from '../../../console/src/palette/hits.js'

const hit = (kind: 'asset' | 'page' | 'run', label: string, path: string) => ({
  kind,
  label,
  detail: '',
  path,
})

describe('what the palette finds', () => {
  it('shows all pages before anything is typed, and then those that begin so', () => {
    expect(pagesFor('').length).toBeGreaterThan(4)
    expect(pagesFor('  Al').map(({ label }) => label)).toEqual(['Alerts'])
  })
  it('puts the kind of the best hit first, and each address once', () => {
    const groups = groupHits([
      hit('asset', 'marts.runs', '/assets/marts.runs'),
      hit('page', 'Runs', '/runs'),
      hit('page', 'Runs again', '/runs'),
    ])
    expect(groups.map(({ kind, hits }) => [kind, hits.length])).toEqual([
      ['asset', 1],
      ['page', 1],
    ])
  })
})
