import { bytes, exact, short } from '../words/numbers.js'
import { duration } from '../words/time.js'

export type MetricUnit = 'ms' | 'rows' | 'bytes' | 'number'

/** The unit by the metric's name, as `Metric` in the domain names them. */
export function unitOf(metric: string): MetricUnit {
  if (metric.endsWith('_ms') || metric.endsWith('.duration_ms')) return 'ms'
  if (metric.startsWith('rows_')) return 'rows'
  if (metric.startsWith('bytes_') || metric.endsWith('_bytes')) return 'bytes'
  return 'number'
}

const TITLES: Readonly<Record<string, string>> = {
  duration_ms: 'How long each step took',
  rows_in: 'Rows each step read',
  rows_out: 'Rows each step built',
  bytes_out: 'Size of what each step built',
  peak_memory_bytes: 'Memory each step needed at most',
  freshness_ms: 'Age of the newest row at each step',
  build_ms: 'Time spent building',
  check_ms: 'Time spent checking',
  release_ms: 'Time spent releasing',
}

/** What the chart shows, as its heading. */
export function metricTitle(metric: string): string {
  if (metric.startsWith('check:')) return `Measured by check ${metric.slice('check:'.length)}`
  return TITLES[metric] ?? `${metric}, as the asset reports it`
}

const NAMES: Readonly<Record<string, string>> = {
  duration_ms: 'Duration',
  age_ms: 'Time since its rows changed',
  rows_in: 'Rows read',
  rows_out: 'Rows built',
  bytes_out: 'Size',
  peak_memory_bytes: 'Peak memory',
  freshness_ms: 'Age of newest row',
  build_ms: 'Build time',
  check_ms: 'Check time',
  release_ms: 'Release time',
}

/** Short, for a list to choose from. */
export const metricName = (metric: string): string =>
  NAMES[metric] ?? (metric.startsWith('check:') ? `Check ${metric.slice('check:'.length)}` : metric)

const MAIN: readonly string[] = ['duration_ms', 'rows_out', 'freshness_ms', 'rows_in', 'bytes_out']

/** What people ask for first, then checks and the author's own, then the parts of a duration. */
export function sortMetrics(metrics: readonly string[]): readonly string[] {
  const rank = (metric: string): number => {
    const main = MAIN.indexOf(metric)
    if (main >= 0) return main
    return metric in NAMES ? MAIN.length + 1 : MAIN.length
  }
  return [...metrics].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
}

/** A value with its unit, short: "1.4 s", "2.1 M rows". */
export function metricValue(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'ms':
      return value < 0 ? `-${duration(-value)}` : duration(value)
    case 'rows':
      return `${short(value)} ${value === 1 ? 'row' : 'rows'}`
    case 'bytes':
      return bytes(value)
    case 'number':
      return Math.abs(value) >= 10_000 ? short(value) : plain(value)
  }
}

/** Steps before a usual band is drawn: as many as the watch needs before it says anything. */
export const BAND_FROM = 20

/** Why a part of the line, or all of it, has no band behind it; empty where it has. */
export function bandWords(points: readonly Readonly<{ low: number | null }>[]): string {
  const without = points.filter(({ low }) => low === null).length
  if (without === 0) return ''
  const begins = `The usual band begins after ${BAND_FROM} steps`
  if (without < points.length) return `${begins}.`
  return `${begins}; in this time there ${without === 1 ? 'is 1' : `are ${without}`}.`
}

const plain = (value: number): string =>
  Number.isInteger(value) ? exact(value) : String(Number(value.toPrecision(4)))

/** "+12 % against the usual 1.2 s". Empty where nothing is usual yet. */
export function againstUsual(
  { value, expected: usual }: Readonly<{ value: number; expected: number | null }>,
  unit: MetricUnit,
): string {
  if (usual === null) return ''
  if (usual === 0) return `usual is ${metricValue(0, unit)}`
  const change = Math.round(((value - usual) / Math.abs(usual)) * 100)
  if (Math.abs(change) > 999) return `${short(value / usual)} times the usual ${metricValue(usual, unit)}`
  const words = change === 0 ? 'As much as' : `${change > 0 ? '+' : '−'}${Math.abs(change)} % against`
  return `${words} the usual ${metricValue(usual, unit)}`
}
