import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Asset } from '../../../src/domain/asset.js'
import type { StepOutcome } from '../../../src/executor/outcome.js'
import { releasable } from '../../../src/executor/release/releasable.js'
import { asset } from '../../planner/project.js'

type Kind = StepOutcome['kind']

/** Only `kind` matters to what can be released. */
const outcome = (kind: Kind) => ({ kind }) as StepOutcome
const outcomes = (kinds: Record<string, Kind>) =>
  new Map(Object.entries(kinds).map(([name, kind]) => [name, outcome(kind)]))

const chain = [asset('a.one'), asset('a.two', { inputs: ['a.one'] }), asset('a.three', { inputs: ['a.two'] })]

describe('what can be released together', () => {
  test('everything that passed, when everything passed', () => {
    const { released } = releasable(
      chain,
      outcomes({ 'a.one': 'passed', 'a.two': 'passed', 'a.three': 'passed' }),
      new Set(),
    )
    expect([...released]).toEqual(['a.one', 'a.two', 'a.three'])
  })
  test('not what reads a held asset', () => {
    const { released } = releasable(
      chain,
      outcomes({ 'a.one': 'passed', 'a.two': 'held', 'a.three': 'passed' }),
      new Set(),
    )
    expect([...released]).toEqual(['a.one'])
  })
  test('not what a released view would show although its checks refused it', () => {
    const assets = [
      asset('a.base'),
      asset('a.view', { materialize: 'view', inputs: ['a.base'] }),
      asset('a.reader', { inputs: ['a.base'] }),
    ]
    const kinds = outcomes({ 'a.base': 'passed', 'a.view': 'held', 'a.reader': 'passed' })
    const { released, staysBack } = releasable(assets, kinds, new Set(['a.view']))
    expect([...released]).toEqual([])
    expect(staysBack.get('a.base')).toBe('a.view')
    expect(staysBack.get('a.reader')).toBe('a.base')
  })
})

test('for all graphs: whatever is released reads only what is released or did not change', () => {
  const kinds = fc.constantFrom<Kind>('passed', 'passed', 'passed', 'unchanged', 'held', 'failed', 'skipped')
  const graph = fc.array(fc.tuple(fc.array(fc.nat(30), { maxLength: 3 }), kinds, fc.boolean()), {
    minLength: 1,
    maxLength: 20,
  })
  fc.assert(
    fc.property(graph, (nodes) => {
      const assets: Asset[] = nodes.map(([reads, , isView], at) =>
        asset(`a.n${at}`, {
          inputs: [...new Set(reads.filter((input) => input < at).map((input) => `a.n${input}`))],
          materialize: isView ? 'view' : 'table',
        }),
      )
      const ended = new Map(nodes.map(([, kind], at) => [`a.n${at}`, outcome(kind)]))
      const views = new Set(
        assets.filter(({ materialize }) => materialize === 'view').map(({ name }) => name),
      )
      const { released } = releasable(assets, ended, views)
      for (const { name, inputs, materialize } of assets) {
        const kind = ended.get(name)!.kind
        if (released.has(name)) {
          expect(kind).toBe('passed')
          for (const input of inputs)
            expect(released.has(input) || ended.get(input)!.kind === 'unchanged').toBe(true)
        } else if (materialize === 'view' && kind !== 'unchanged') {
          for (const input of inputs) expect(released.has(input)).toBe(false)
        }
      }
    }),
  )
})
