const HOUR = 3_600_000

export const RANGES = [
  { key: 'day', word: '24 hours', ms: 24 * HOUR },
  { key: 'week', word: '7 days', ms: 7 * 24 * HOUR },
  { key: 'month', word: '30 days', ms: 30 * 24 * HOUR },
  { key: 'all', word: 'All', ms: null },
] as const

export type MetricRange = (typeof RANGES)[number]

/** The range of an address; a week where it names none. */
export const metricRange = (key: string | undefined): MetricRange =>
  RANGES.find((range) => range.key === key) ?? RANGES[1]

/** Epoch ms the range begins at; null for all there is. */
export const sinceOf = ({ ms }: MetricRange, now: number): number | null => (ms === null ? null : now - ms)
