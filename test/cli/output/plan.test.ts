import picocolors from 'picocolors'
import { test } from 'vitest'
import { planLines } from '../../../src/cli/output/plan.js'
import type { Terminal } from '../../../src/cli/output/terminal.js'
import { type AssetState, emptyAssetState } from '../../../src/domain/asset-state.js'
import { buildPlan } from '../../../src/planner/build-plan.js'
import { fingerprints } from '../../../src/planner/fingerprint.js'
import { asset, project, source, sql } from '../../planner/project.js'
import { expectGolden } from '../../support/golden.js'

const HOUR = 3_600_000
const now = Date.UTC(2026, 2, 1, 12, 30)
const terminal: Terminal = {
  out: () => {},
  note: () => {},
  live: false,
  columns: 100,
  paint: picocolors.createColors(false),
}

test('a plan tells every stage in order, and why', () => {
  const incremental = {
    materialize: 'incremental',
    time: { column: 'hour', grain: 'hour', lookbackMs: 0 },
  } as const
  const deliver = [
    { kind: 'postgres', connection: 'app', table: 'insights.traffic_hourly', adopt: false },
  ] as const
  const shop = project([
    asset('raw.readings', { body: source(), key: ['id'] }),
    asset('staging.readings', { ...incremental, inputs: ['raw.readings'], body: sql('a', ['start', 'end']) }),
    asset('marts.traffic_hourly', {
      ...incremental,
      inputs: ['staging.readings'],
      key: ['hour'],
      deliver,
      body: sql('b', ['start', 'end']),
    }),
    asset('marts.status', { inputs: ['marts.traffic_hourly'], body: sql('c') }),
    asset('marts.added', { inputs: ['staging.readings'], body: sql('d') }),
  ])
  const versions = fingerprints(shop)
  const state = (name: string, more: Partial<AssetState>): [string, AssetState] => [
    name,
    { ...emptyAssetState(name), fingerprint: versions.get(name)!, relation: name, release: 3, ...more },
  ]
  const states = new Map([
    state('raw.readings', {}),
    state('staging.readings', { inputReleases: { 'raw.readings': 3 } }),
    state('marts.traffic_hourly', {
      inputReleases: { 'staging.readings': 3 },
      built: [{ start: Date.UTC(2026, 2, 1), end: Date.UTC(2026, 2, 1, 12) }],
      pending: [
        { start: now - 5.5 * HOUR, end: now - 3.5 * HOUR },
        { start: now - 0.5 * HOUR, end: now + 0.5 * HOUR },
      ],
    }),
    state('marts.status', { fingerprint: 'older', inputReleases: { 'marts.traffic_hourly': 3 } }),
    state('marts.gone', {}),
  ])
  const plan = buildPlan({
    retire: true,
    project: shop,
    environment: 'prod',
    versions,
    states,
    deliveries: [],
    usual: new Map([['marts.status', { durationMs: 1400 }]]),
    now,
    options: { selected: null, full: false, window: null },
  })
  expectGolden('cli/plan.txt', `${planLines(plan, terminal).join('\n')}\n`)
})
