import type { Alert, Silence } from '../../src/domain/alert.js'
import { LAST_RUN, type Mood } from './made-runs.js'

const MINUTE = 60_000

export function madeAlerts(mood: Mood, now: number): Alert[] {
  if (mood === 'good' || mood === 'empty') return []
  const base = {
    severity: 'error',
    observation: null,
    cause: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    silencedUntil: null,
    occurrences: 1,
  } as const
  const fired = (since: number) => ({
    since,
    firedAt: since + MINUTE,
    events: [
      { at: since, state: 'pending', by: 'watch', note: 'First seen.' },
      {
        at: since + MINUTE,
        state: 'firing',
        by: 'watch',
        note: 'Sent to webhook ops and mail data@example.test.',
      },
    ] as const,
  })
  return [
    {
      ...base,
      ...fired(now - 12 * MINUTE),
      id: 41,
      key: 'held:staging.door_counts',
      kind: 'held',
      state: 'firing',
      asset: 'staging.door_counts',
      title: '31 of 4,812 rows have no washroom_id (check not_null).',
      effect:
        'Customers still see release 811 of staging.door_counts, marts.traffic_hourly and marts.forecast.',
      next: 'millrace check staging.door_counts --rows',
      run: LAST_RUN,
      occurrences: 2,
    },
    {
      ...base,
      ...fired(now - 11 * MINUTE),
      id: 42,
      key: 'held:marts.traffic_hourly',
      kind: 'held',
      state: 'firing',
      asset: 'marts.traffic_hourly',
      title: 'Not built: staging.door_counts, which it reads, was held.',
      effect: 'Customers still see release 811.',
      next: 'millrace alerts 41',
      run: LAST_RUN,
      cause: 41,
    },
    {
      ...base,
      ...fired(now - 11 * MINUTE),
      id: 43,
      key: 'held:marts.forecast',
      kind: 'held',
      state: 'firing',
      asset: 'marts.forecast',
      title: 'Not built: marts.traffic_hourly, which it reads, was skipped.',
      effect: 'Customers still see release 811.',
      next: 'millrace alerts 41',
      run: LAST_RUN,
      cause: 41,
    },
    {
      ...base,
      ...fired(now - 40 * MINUTE),
      id: 39,
      key: 'slow:staging.readings',
      kind: 'slow',
      severity: 'warning',
      state: 'acknowledged',
      asset: 'staging.readings',
      title: 'staging.readings took 9.8 s; it usually takes 1.9 to 2.6 s on a Tuesday at this hour.',
      effect: 'Its readers get their rows 8 s later than usual.',
      next: 'millrace query "explain analyze select * from staging.readings"',
      run: LAST_RUN - 2,
      observation: { metric: 'duration_ms', unit: 'ms', value: 9_800, low: 1_900, high: 2_600 },
      acknowledgedAt: now - 21 * MINUTE,
      acknowledgedBy: 'Ana',
      occurrences: 3,
      events: [
        ...fired(now - 40 * MINUTE).events,
        {
          at: now - 21 * MINUTE,
          state: 'acknowledged',
          by: 'Ana',
          note: 'The index of the app is being rebuilt, done by noon.',
        },
      ],
    },
    {
      ...base,
      ...fired(now - 3 * MINUTE),
      firedAt: null,
      id: 44,
      key: 'rows:marts.consumption_daily',
      kind: 'rows',
      severity: 'warning',
      state: 'pending',
      asset: 'marts.consumption_daily',
      title: 'marts.consumption_daily got 140 new rows; usual are 380 to 460.',
      effect: 'Customers may see too little for today.',
      next: 'millrace query "select * from marts.consumption_daily order by day desc limit 20"',
      run: LAST_RUN,
      observation: { metric: 'rows_out', unit: 'rows', value: 140, low: 380, high: 460 },
      events: [{ at: now - 3 * MINUTE, state: 'pending', by: 'watch', note: 'First seen.' }],
    },
    {
      ...base,
      ...fired(now - 780 * MINUTE),
      id: 30,
      key: 'failed:marts.forecast',
      kind: 'failed',
      severity: 'critical',
      state: 'resolved',
      asset: 'marts.forecast',
      title: "marts.forecast failed: Cannot read properties of undefined (reading 'visits').",
      effect: 'Customers saw release 759 for 15 minutes longer.',
      next: 'millrace run --select marts.forecast',
      run: LAST_RUN - 52,
      resolvedAt: now - 765 * MINUTE,
      events: [
        ...fired(now - 780 * MINUTE).events,
        { at: now - 765 * MINUTE, state: 'resolved', by: 'watch', note: 'Release 761 went out.' },
      ],
    },
  ]
}

export const madeSilences = (mood: Mood, now: number): Silence[] =>
  mood === 'troubled'
    ? [
        {
          id: 3,
          assets: 'marts.device_*',
          kind: 'freshness',
          until: now + 95 * MINUTE,
          by: 'Ben',
          reason: 'Gateways in Cork are replaced this morning.',
          createdAt: now - 25 * MINUTE,
        },
      ]
    : []
