import { describe, expect, test } from 'vitest'
import { emptyAssetState } from '../../../src/domain/asset-state.js'
import { touchedStates } from '../../../src/executor/release/owed.js'
import { asset, project } from '../../planner/project.js'

const HOUR = 3_600_000
const known = (...assets: ReturnType<typeof asset>[]) => ({
  assets: new Map(assets.map((one) => [one.name, one])),
  project: project(assets),
})
const ranged = (name: string, inputs: string[]) =>
  asset(name, { inputs, materialize: 'incremental', time: { column: 'at', grain: 'hour', lookbackMs: 0 } })
const state = (name: string, inputs: string[]) => ({
  ...emptyAssetState(name),
  relation: `${name}__1`,
  release: 1,
  built: [{ start: 0, end: 9 * HOUR }],
  inputReleases: Object.fromEntries(inputs.map((input) => [input, 1])),
})
const touched = [{ asset: 'raw.a', touched: [{ start: HOUR, end: 2 * HOUR }] }]
const owed = (states: ReturnType<typeof state>[], ...assets: ReturnType<typeof asset>[]) =>
  touchedStates(touched, new Map(states.map((one) => [one.asset, one])), known(...assets)).map(
    ({ asset: name, pending }) => [name, pending],
  )

describe('a release of something', () => {
  test('makes those who read it owe the ranges, and nobody else', () => {
    expect(
      owed(
        [state('marts.a', ['raw.a']), state('marts.b', ['raw.b'])],
        ranged('marts.a', ['raw.a']),
        ranged('marts.b', ['raw.b']),
      ),
    ).toEqual([['marts.a', [{ start: HOUR, end: 2 * HOUR }]]])
  })
  test('makes those owe everything that read it and are not in the project, or read it otherwise there', () => {
    expect(
      owed(
        [state('marts.gone', ['raw.a']), state('marts.edited', ['raw.a', 'raw.b'])],
        ranged('marts.edited', ['raw.b']),
      ),
    ).toEqual([
      ['marts.gone', 'all'],
      ['marts.edited', 'all'],
    ])
  })
  test('tells nothing to what is not built by range: it knows from the releases it read', () => {
    expect(
      owed([{ ...state('marts.t', ['raw.a']), built: [] }], asset('marts.t', { inputs: ['raw.a'] })),
    ).toEqual([])
  })
})
