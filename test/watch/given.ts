import type { AlertView, KeptAlert } from '../../src/adapters/state/alert-store.js'
import type { Silence } from '../../src/domain/alert.js'
import type { StepRecord } from '../../src/domain/run.js'
import type { Blame } from '../../src/watch/causes.js'
import type { Look } from '../../src/watch/look.js'
import { FLAP_WINDOW_MS, type LookResult, reconcile } from '../../src/watch/reconcile.js'
import type { Symptom } from '../../src/watch/symptom.js'
import type { Telling } from '../../src/watch/telling.js'

export const T0 = Date.UTC(2026, 2, 2, 10, 15)
export const MINUTE = 60_000

export const symptom = (change: Partial<Symptom> = {}): Symptom => ({
  key: `${change.kind ?? 'held'}:${change.asset ?? 'marts.a'}`,
  kind: 'held',
  severity: 'error',
  asset: 'marts.a',
  title: 'marts.a is held',
  effect: 'Readers still see release 7.',
  next: 'millrace status',
  run: 1,
  observation: null,
  confirmAfter: 1,
  ...change,
})

export const NOBODY: Blame = {
  inputs: new Map(),
  blamed: new Map(),
  reports: new Map(),
  away: new Map(),
}

/** A kept world of alerts: looks at it change it as a store would. */
export function world() {
  const kept = new Map<number, KeptAlert>()
  const told: (Telling & { at: number })[] = []
  let silences: readonly Silence[] = []
  const view = (now: number): AlertView => ({
    looks: 0,
    nextId: kept.size + 1,
    kept: [...kept.values()].filter(
      ({ alert, told }) =>
        alert.state !== 'resolved' ||
        (told !== null && told !== 'resolved') ||
        (alert.resolvedAt ?? 0) >= now - FLAP_WINDOW_MS,
    ),
    silences,
  })
  return {
    kept,
    told,
    alerts: () => [...kept.values()].map(({ alert }) => alert),
    /** `43 firing`, for what was told, in order. */
    words: () => told.map(({ alert, state }) => `${alert.key} ${state}`),
    silence: (...next: readonly Silence[]) => {
      silences = next
    },
    view,
    put: (changed: readonly KeptAlert[]) => {
      for (const each of changed) kept.set(each.alert.id, each)
    },
    look: (now: number, symptoms: readonly Symptom[], more: Partial<LookResult> = {}) => {
      const result = reconcile(view(now), {
        symptoms,
        now,
        isUndecided: () => false,
        blame: NOBODY,
        ...more,
      })
      for (const each of result.kept) kept.set(each.alert.id, each)
      told.push(...result.tellings.map((telling) => ({ ...telling, at: now })))
      return result
    },
  }
}

export const stepOf = (asset: string, change: Partial<StepRecord & { run: number }> = {}) => ({
  asset,
  status: 'released' as const,
  reason: 'its input changed',
  startedAt: T0 - MINUTE,
  durationMs: 1000,
  rows: 100,
  ranges: [],
  attempts: 1,
  error: null,
  candidate: null,
  judgedRelease: null,
  checks: [],
  metrics: [],
  run: 1,
  ...change,
})

export const lookOf = (change: Partial<Look> = {}): Look => ({
  now: T0,
  timezone: 'Europe/Dublin',
  assets: [],
  latest: new Map(),
  released: new Map(),
  measured: new Map(),
  habits: new Map(),
  turned: new Map(),
  slowdowns: new Map(),
  deliveries: [],
  ticks: null,
  broken: null,
  reports: null,
  ...change,
})

export const assetOf = (name: string, inputs: readonly string[] = []) => ({
  name,
  inputs,
  connection: null,
  budgetMs: null,
  targets: [],
})
