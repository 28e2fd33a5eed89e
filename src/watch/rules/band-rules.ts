import type { AlertKind, Observation } from '../../domain/alert.js'
import type { AssetName } from '../../domain/asset.js'
import type { Look, Measured, WatchedAsset } from '../look.js'
import { readersSee } from '../readers-see.js'
import type { Symptom } from '../symptom.js'
import { againstUsual, durationText, numberText, percentText, rowsText } from '../words.js'

/** A value so many half-widths of the band away from what was expected is told at once. */
const EXTREME = 4
/** Otherwise so many unusual values in a row are needed. */
const CONFIRM_AFTER = 2

/** Which sides of the band are trouble. More rows than usual may be doubled rows; a short duration is no trouble. */
type Rule = Readonly<{
  kind: AlertKind
  unit: Observation['unit']
  sides: 'both' | 'high'
  key: (asset: AssetName) => string
  title: (asset: AssetName, measured: Measured) => string
  effect: (asset: AssetName, look: Look) => string
  next: (asset: AssetName) => string
}>

/** Numbers of the latest steps that are outside their usual band. Silent while there is no band. */
export function bandSymptoms(look: Look): Symptom[] {
  return look.assets.flatMap(({ name }) =>
    (look.measured.get(name) ?? []).flatMap((measured) => judged(name, measured, look)),
  )
}

/** Steps longer than the author's own limit. */
export function budgetSymptoms(look: Look): Symptom[] {
  return look.assets.flatMap((asset) => {
    const step = look.latest.get(asset.name)
    if (!step || asset.budgetMs === null || step.status === 'skipped') return []
    return step.durationMs > asset.budgetMs ? [overBudget(asset, step, look)] : []
  })
}

function overBudget(
  { name, budgetMs }: WatchedAsset,
  { durationMs, run }: { durationMs: number; run: number },
  look: Look,
): Symptom {
  const usual = look.measured.get(name)?.find(({ metric }) => metric === 'duration_ms')?.expected ?? null
  const against = usual === null ? '' : `; usually ${durationText(usual)}`
  return {
    key: `budget:${name}`,
    kind: 'budget',
    severity: 'warning',
    asset: name,
    title: `${name} took ${durationText(durationMs)}, its budget is ${durationText(budgetMs!)}${against}`,
    effect: 'Its rows and all that is built from them come later than its author allows.',
    next: `Look: millrace status · Change it: budget: in its header`,
    run,
    observation: { metric: 'duration_ms', unit: 'ms', value: durationMs, low: null, high: budgetMs },
    confirmAfter: 1,
  }
}

function judged(asset: AssetName, measured: Measured, look: Look): Symptom[] {
  const { value, low, high, expected, streak, run, metric } = measured
  const rule = ruleOf(metric)
  if (low === null || high === null || expected === null || rule === null) return []
  const isHigh = value > high
  if (!isHigh && (rule.sides === 'high' || value >= low)) return []
  const half = isHigh ? high - expected : expected - low
  const isExtreme =
    Math.abs(value - expected) > EXTREME * half || (rule.kind === 'rows' && value === 0 && low > 0)
  return [
    {
      key: rule.key(asset),
      kind: rule.kind,
      severity: 'warning',
      asset,
      title: rule.title(asset, measured),
      effect: rule.effect(asset, look),
      next: rule.next(asset),
      run,
      observation: { metric, unit: rule.unit, value, low, high },
      confirmAfter: isExtreme || streak >= CONFIRM_AFTER ? 1 : CONFIRM_AFTER,
    },
  ]
}

function ruleOf(metric: string): Rule | null {
  if (metric.startsWith('check:')) return checkRule(metric.slice('check:'.length))
  return RULES.get(metric) ?? null
}

const RULES: ReadonlyMap<string, Rule> = new Map([
  [
    'duration_ms',
    {
      kind: 'slow',
      unit: 'ms',
      sides: 'high',
      key: (asset) => `slow:${asset}`,
      title: (asset, { value, expected }) =>
        `${asset} took ${durationText(value)}, ${againstUsual(value, expected ?? 0)} (${durationText(expected ?? 0)})`,
      effect: () => 'Its rows and all that is built from them come later than usual.',
      next: (asset) => `Look: millrace status · What it reads: millrace lineage ${asset}`,
    },
  ],
  [
    'rows_out',
    {
      kind: 'rows',
      unit: 'rows',
      sides: 'both',
      key: (asset) => `rows:${asset}`,
      title: (asset, { value, expected }) =>
        `${asset} brought ${rowsText(value)}, ${againstUsual(value, expected ?? 0)} (${numberText(expected ?? 0)})`,
      effect: () => 'The rows passed their checks and were released: readers see them.',
      next: (asset) => `Look: millrace query "select * from ${asset} limit 20" · millrace lineage ${asset}`,
    },
  ],
  [
    'freshness_ms',
    {
      kind: 'freshness',
      unit: 'ms',
      sides: 'high',
      key: (asset) => `freshness:${asset}`,
      title: (asset, { value, expected }) =>
        `The newest rows of ${asset} are ${durationText(value)} old, usually ${durationText(expected ?? 0)}`,
      effect: (asset, look) => readersSee(asset, look),
      next: (asset) => `Look where its rows come from: millrace lineage ${asset}`,
    },
  ],
])

const checkRule = (check: string): Rule => ({
  kind: 'check_value',
  unit: 'number',
  sides: 'both',
  key: (asset) => `check_value:${asset}:${check}`,
  title: (asset, { value, expected }) =>
    `${asset}: check ${check} measured ${valueText(value)}, usually ${valueText(expected ?? 0)}`,
  effect: () => 'The check passed, but not as it usually does: readers see the rows.',
  next: (asset) => `Look: millrace check ${asset} --rows`,
})

const valueText = (value: number): string => (value > 0 && value < 1 ? percentText(value) : numberText(value))
