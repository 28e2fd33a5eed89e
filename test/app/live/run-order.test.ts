import { describe, expect, test } from 'vitest'
import { collision, touchesOf } from '../../../src/app/live/run-order.js'
import { asset, project } from '../../planner/project.js'

const view = { materialize: 'view' as const }
const assets = [
  asset('raw.a'),
  asset('raw.b'),
  asset('staging.a', { inputs: ['raw.a'] }),
  asset('marts.seen', { ...view, inputs: ['staging.a', 'raw.b'] }),
  asset('marts.over', { ...view, inputs: ['marts.seen'] }),
  asset('marts.slow', { inputs: ['staging.a'] }),
]
const touches = (...selected: string[]) => touchesOf(project(assets), selected)

describe('what a run may touch', () => {
  test('is what is selected and every view over it', () => {
    expect([...touches('staging.a').builds]).toEqual(['staging.a', 'marts.seen', 'marts.over'])
    expect([...touchesOf(project(assets), null).builds]).toEqual(assets.map(({ name }) => name))
  })
})

describe('two runs', () => {
  test('go side by side where one reads what the other builds', () => {
    expect(collision(touches('raw.a'), touches('marts.slow'))).toBeNull()
    expect(collision(touches('raw.a'), touches('staging.a'))).toBeNull()
  })
  test('do not where both build the same', () => {
    expect(collision(touches('marts.slow', 'raw.a'), touches('raw.a'))).toBe('raw.a')
    expect(collision(touches('staging.a'), touches('raw.b'))).toBe('marts.seen')
  })
  test('do not where one makes a view of what the other builds: its checks would not be asked', () => {
    const unseen = { builds: new Set(['raw.b']), through: new Set<string>() }
    expect(collision(unseen, touches('marts.seen'))).toBe('raw.b')
    expect(collision(touches('marts.seen'), unseen)).toBe('raw.b')
  })
})
