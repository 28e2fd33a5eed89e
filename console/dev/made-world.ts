import type { AssetDetail, AssetSummary, Health, Overview, ReportDetail } from '../../src/app/api/shapes.js'
import type { Alert, Silence } from '../../src/domain/alert.js'
import { madeAlerts, madeSilences } from './made-alerts.js'
import { type Made, madeAssets, readersOf } from './made-assets.js'
import { madeReports } from './made-reports.js'
import { LAST_RUN, type MadeRuns, type Mood, madeRuns, QUARTER } from './made-runs.js'
import { random } from './random.js'

export type World = Readonly<{
  mood: Mood
  made: readonly Made[]
  runs: MadeRuns
  alerts: Alert[]
  silences: Silence[]
  overview: () => Overview
  assets: () => readonly AssetSummary[]
  asset: (name: string) => AssetDetail | null
  reports: readonly ReportDetail[]
}>

export function madeWorld(wished: number, mood: Mood, now: number): World {
  const made = mood === 'empty' ? [] : madeAssets(wished)
  const runs = madeRuns(made, mood, now)
  const alerts = madeAlerts(mood, now)
  const assets = () => made.map((one) => summaryOf(one, made, runs, mood, alerts))
  return {
    mood,
    made,
    runs,
    alerts,
    silences: madeSilences(mood, now),
    overview: () => overviewOf(made, runs, mood, alerts),
    assets,
    asset: (name) => {
      const one = made.find((candidate) => candidate.name === name)
      return one ? detailOf(one, summaryOf(one, made, runs, mood, alerts), runs, alerts) : null
    },
    reports: mood === 'empty' ? [] : madeReports(now, LAST_RUN),
  }
}

function healthOf(made: Made, mood: Mood): Health {
  if (mood !== 'troubled') return 'fresh'
  if (['staging.door_counts'].includes(made.name)) return 'held'
  if (made.name === 'marts.status') return 'late'
  return 'fresh'
}

function overviewOf(made: readonly Made[], runs: MadeRuns, mood: Mood, alerts: readonly Alert[]): Overview {
  const now = Date.now()
  const empty = made.length === 0
  const releases = empty
    ? []
    : [0, 1, 2, 3, 4, 5].map((back) => runs.detail(LAST_RUN - back).release!).filter(Boolean)
  const healths = made.map((one) => healthOf(one, mood))
  const countOf = (health: Health) => healths.filter((found) => found === health).length
  return {
    project: 'washrooms',
    environment: 'prod',
    now,
    timezone: 'Europe/Dublin',
    projectState: {
      state: mood === 'broken' ? 'broken' : 'good',
      loadedAt: now - 3_600_000,
      diagnostics:
        mood === 'broken'
          ? [
              {
                code: 'SQL_INVALID',
                severity: 'error',
                file: 'assets/marts/status.sql',
                line: 14,
                column: 8,
                message: 'Column "washrom_id" is not in staging.levels.',
                hint: 'Did you mean washroom_id?',
              },
            ]
          : [],
    },
    assets: {
      total: made.length,
      fresh: countOf('fresh'),
      late: countOf('late'),
      held: countOf('held'),
      failed: countOf('failed'),
      never: empty ? 0 : countOf('never'),
    },
    troubles: troublesOf(mood),
    lastRelease: releases[0] ?? null,
    releases,
    running: [],
    queue:
      mood === 'troubled'
        ? [
            {
              ticket: 't-19',
              trigger: 'millrace run --select marts.forecast',
              assets: ['marts.forecast'],
              since: now - 22_000,
              run: null,
              waitsFor: 'run 813, which builds marts.traffic_hourly, and 2 more',
            },
          ]
        : [],
    alerts: alerts.filter(
      ({ cause, state }) => cause === null && (state === 'firing' || state === 'acknowledged'),
    ),
    deliveries: empty
      ? { total: 0, delivered: 0, waiting: 0, refused: 0, held: 0 }
      : mood === 'troubled'
        ? { total: 4, delivered: 3, waiting: 1, refused: 0, held: 0 }
        : { total: 4, delivered: 4, waiting: 0, refused: 0, held: 0 },
    strip: runs.strip(empty ? 0 : 20),
  }
}

function troublesOf(mood: Mood): Overview['troubles'] {
  if (mood === 'broken') {
    return [
      {
        kind: 'project',
        asset: null,
        text: 'The project on disk has 1 mistake: assets/marts/status.sql:14.',
        readers: 'The last good project runs on; readers see nothing of the change.',
        run: null,
        alert: null,
        next: 'millrace plan',
      },
    ]
  }
  if (mood !== 'troubled') return []
  return [
    {
      kind: 'held',
      asset: 'staging.door_counts',
      text: '31 of 4,812 rows have no washroom_id',
      readers: 'Customers still see release 811 (10:15).',
      run: LAST_RUN,
      alert: 41,
      next: 'millrace check staging.door_counts --rows',
    },
    {
      kind: 'late',
      asset: 'marts.status',
      text: '40 minutes late',
      readers: 'Customers still see release 809 (09:45).',
      run: null,
      alert: null,
      next: 'millrace run --select marts.status',
    },
    {
      kind: 'delivery',
      asset: 'marts.consumption_daily',
      text: 'Cannot write to /srv/lake: no space left on device.',
      readers: 'Readers of lake:consumption still see release 811 (10:15).',
      run: LAST_RUN,
      alert: null,
      next: 'millrace run --select marts.consumption_daily',
    },
  ]
}

function summaryOf(
  made: Made,
  all: readonly Made[],
  runs: MadeRuns,
  mood: Mood,
  alerts: readonly Alert[],
): AssetSummary {
  const next = random(made.name.length * 991 + made.rows)
  const release = made.name === 'staging.door_counts' && mood === 'troubled' ? LAST_RUN - 1 : LAST_RUN
  return {
    asset: made.name,
    kind: made.kind,
    materialize: made.kind === 'source' ? 'source' : made.rows > 200_000 ? 'incremental' : 'table',
    description: made.description,
    owner: made.owner,
    tags: made.name.startsWith('marts') ? ['customer'] : [],
    health: healthOf(made, mood),
    release,
    releasedAt: runs.startOf(release) + 8_000,
    rows: made.rows,
    latest: {
      run: LAST_RUN,
      status: healthOf(made, mood) === 'held' ? 'held' : 'released',
      reason: 'Its input changed in this run.',
      at: runs.startOf(LAST_RUN) + 8_000,
      durationMs: made.usualMs,
    },
    schedule:
      made.kind === 'source'
        ? { kind: 'cron', pattern: '*/15 * * * *', catchUp: 'latest' }
        : { kind: 'upstream' },
    nextTick: made.kind === 'source' ? runs.startOf(LAST_RUN) + QUARTER : null,
    inputs: made.inputs,
    readers: readersOf(all, made.name),
    deliveries: made.deliver,
    checks: made.kind === 'source' ? 1 : 2,
    openAlerts: alerts.filter(({ asset, state }) => asset === made.name && state !== 'resolved').length,
    durations: Array.from({ length: 20 }, () => Math.round(made.usualMs * (0.8 + next() * 0.5))),
  }
}

function detailOf(made: Made, summary: AssetSummary, runs: MadeRuns, alerts: readonly Alert[]): AssetDetail {
  const steps = Array.from({ length: 20 }, (_, back) => LAST_RUN - back).flatMap((run) =>
    runs
      .detail(run)
      .steps.filter(({ asset }) => asset === made.name)
      .map((step) => ({ ...step, run })),
  )
  const column = (name: string, type: string, description: string, key = false) => ({
    name,
    type,
    description,
    key,
  })
  return {
    ...summary,
    file: `assets/${made.name.replace('.', '/')}.${made.kind === 'source' ? 'yaml' : made.kind === 'sql' ? 'sql' : 'ts'}`,
    code: `/* @asset\ndescription: ${made.description}\nowner: ${made.owner}\n*/\nselect washroom_id, date_trunc('hour', read_at) as hour, sum(people_in) as visits\nfrom ${made.inputs[0] ?? 'raw.readings'}\nwhere read_at >= $start and read_at < $end\ngroup by all\n`,
    language: made.kind === 'source' ? 'yaml' : made.kind,
    columns: [
      column('washroom_id', 'INTEGER', 'Room the counter hangs in', true),
      column('hour', 'TIMESTAMP', 'Local hour', true),
      column('visits', 'BIGINT', 'People who came in'),
      column('people_out', 'BIGINT', ''),
    ],
    key: ['washroom_id', 'hour'],
    time: { column: 'hour', grain: 'hour', lookbackMs: 172_800_000 },
    budgetMs: 30_000,
    timeoutMs: 600_000,
    upstream: made.kind === 'source' ? `app hardware.${made.name.split('.')[1]}` : null,
    pending: [],
    checkHistory: (steps[0]?.checks ?? []).map((check) => ({
      check: check.check,
      kind: check.kind,
      severity: check.severity,
      onFail: check.onFail,
      column: check.kind === 'not_null' ? 'washroom_id' : null,
      results: steps.flatMap(({ run, startedAt, checks }) =>
        checks
          .filter((one) => one.check === check.check)
          .map(({ status, failedRows, rows, value, message }) => ({
            run,
            at: startedAt,
            status,
            failedRows,
            rows,
            value,
            message,
          })),
      ),
    })),
    steps,
    deliveryRecords: runs.detail(LAST_RUN).deliveries.filter(({ asset }) => asset === made.name),
    releases: steps
      .filter(({ status }) => status === 'released')
      .map(({ run, startedAt, rows }) => ({ release: run, run, at: startedAt, rows })),
    alerts: alerts.filter(({ asset }) => asset === made.name),
    metrics: ['duration_ms', 'rows_out', 'peak_memory_bytes'],
  }
}
