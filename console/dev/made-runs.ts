import type { LogLine, RunDetail, RunSummary, Strip, StripCell } from '../../src/app/api/shapes.js'
import type { CheckResult } from '../../src/domain/check.js'
import type { DeliveryRecord } from '../../src/domain/delivery.js'
import type { StepRecord, StepStatus } from '../../src/domain/run.js'
import type { Made } from './made-assets.js'
import { random } from './random.js'

export const QUARTER = 15 * 60_000
export const LAST_RUN = 812
export type Mood = 'troubled' | 'good' | 'empty' | 'broken'

/** Made-up runs: one every quarter of an hour up to `LAST_RUN`, the same ones at every start. */
export type MadeRuns = Readonly<{
  startOf: (run: number) => number
  detail: (run: number) => RunDetail
  summary: (run: number) => RunSummary
  log: (run: number) => readonly LogLine[]
  strip: (rows: number) => Strip
}>

export function madeRuns(assets: readonly Made[], mood: Mood, now: number): MadeRuns {
  const newest = Math.floor((now - 4 * 60_000) / QUARTER) * QUARTER + 2_000
  const startOf = (run: number) => newest - (LAST_RUN - run) * QUARTER
  const statusOf = (run: number, made: Made): StepStatus => stepStatus(run, made, mood)
  const known = new Map<number, RunDetail>()
  const detail = (run: number): RunDetail => {
    const before = known.get(run)
    if (before) return before
    const found = runDetail(
      run,
      run % 24 === 20 ? assets.slice(0, 60) : assets.slice(0, 14),
      startOf(run),
      statusOf,
    )
    known.set(run, found)
    return found
  }
  const summary = (run: number): RunSummary => {
    const { run: record, steps } = detail(run)
    const counts: Record<StepStatus, number> = { released: 0, unchanged: 0, held: 0, failed: 0, skipped: 0 }
    for (const { status } of steps) counts[status]++
    return { ...record, steps: counts, total: steps.length }
  }
  const strip = (rows: number): Strip => {
    const start = Math.floor((now - 95 * QUARTER) / QUARTER) * QUARTER
    const order = [...assets].sort((a, b) => rank(statusOf(LAST_RUN, a)) - rank(statusOf(LAST_RUN, b)))
    const cells = (made: Made): (StripCell | null)[] =>
      Array.from({ length: 96 }, (_, slot) => {
        const run = LAST_RUN - Math.round((newest - start - slot * QUARTER) / QUARTER)
        if (run > LAST_RUN || assets.indexOf(made) >= 14) return null
        if (made.name === 'marts.status' && mood === 'troubled' && run > LAST_RUN - 3) {
          return { status: 'late', run: LAST_RUN - 3, steps: 1 }
        }
        return { status: statusOf(run, made), run, steps: 1 }
      })
    return {
      start,
      slotMs: QUARTER,
      slots: 96,
      rows: order.slice(0, rows).map((made) => ({ asset: made.name, cells: cells(made) })),
      more: Math.max(0, assets.length - rows),
    }
  }
  return { startOf, detail, summary, strip, log: (run) => logOf(detail(run)) }
}

const rank = (status: StepStatus): number =>
  ['failed', 'held', 'skipped', 'released', 'unchanged'].indexOf(status)

function stepStatus(run: number, made: Made, mood: Mood): StepStatus {
  const troubled = mood === 'troubled' && (run === LAST_RUN || run === LAST_RUN - 31)
  if (troubled && made.name === 'staging.door_counts') return 'held'
  if (troubled && ['marts.traffic_hourly', 'marts.forecast'].includes(made.name)) return 'skipped'
  if (mood === 'troubled' && run === LAST_RUN - 52 && made.name === 'marts.forecast') return 'failed'
  if (made.name === 'raw.customers' || made.name === 'raw.washrooms')
    return run % 9 === 0 ? 'released' : 'unchanged'
  return random(run * 31 + made.name.length)() < 0.12 ? 'unchanged' : 'released'
}

function runDetail(
  run: number,
  assets: readonly Made[],
  startedAt: number,
  statusOf: (run: number, made: Made) => StepStatus,
): RunDetail {
  const ends = new Map<string, number>()
  const next = random(run)
  const steps = assets.map((made): StepRecord => {
    const begin = Math.max(startedAt + 80, ...made.inputs.map((input) => ends.get(input) ?? 0))
    const status = statusOf(run, made)
    const durationMs =
      status === 'skipped' ? 0 : status === 'unchanged' ? 40 : Math.round(made.usualMs * (0.8 + next() * 0.5))
    ends.set(made.name, begin + durationMs + 15)
    return stepRecord(made, status, begin, durationMs)
  })
  const finishedAt = Math.max(...ends.values()) + 120
  const released = steps.filter(({ status }) => status === 'released').map(({ asset }) => asset)
  const held = steps.some(({ status }) => status === 'held')
  const failed = steps.some(({ status }) => status === 'failed')
  return {
    run: {
      run,
      status: failed ? 'failed' : held ? 'held' : 'done',
      environment: 'prod',
      startedAt,
      finishedAt,
      release: released.length > 0 ? run : null,
      trigger: run % 11 === 0 ? 'millrace run --select +marts.status' : 'schedule',
    },
    steps,
    running: [],
    waiting: [],
    release: released.length > 0 ? { release: run, run, at: finishedAt - 60, assets: released } : null,
    deliveries: assets.flatMap((made) =>
      made.deliver.map((id) => delivery(id, made, run, statusOf(run, made))),
    ),
    inputs: Object.fromEntries(assets.map(({ name, inputs }) => [name, inputs])),
  }
}

export function stepRecord(
  made: Made,
  status: StepStatus,
  startedAt: number,
  durationMs: number,
): StepRecord {
  const reasons: Readonly<Record<StepStatus, string>> = {
    released:
      made.kind === 'source'
        ? 'Its source had new rows.'
        : `${made.inputs[0] ?? 'Its input'} changed in this run.`,
    unchanged: made.kind === 'source' ? 'Its source had no new rows.' : 'Nothing it reads changed.',
    held: 'Check not_null:washroom_id failed; readers still see release 811.',
    failed: 'The algorithm threw an error; readers keep the last good release.',
    skipped: 'staging.door_counts, which it reads, was held.',
  }
  return {
    asset: made.name,
    status,
    reason: reasons[status],
    startedAt,
    durationMs,
    rows: status === 'skipped' || status === 'unchanged' ? null : status === 'held' ? 4_812 : made.rows,
    ranges: made.kind === 'source' ? [] : [{ start: startedAt - 3_600_000, end: startedAt }],
    attempts: status === 'failed' ? 2 : 1,
    error:
      status === 'failed'
        ? {
            code: 'TASK_FAILED',
            message:
              "marts.forecast: Cannot read properties of undefined (reading 'visits') at forecast.ts:41",
            hint: 'Look at assets/marts/forecast.ts:41; `millrace run --select marts.forecast` tries again.',
          }
        : null,
    candidate: status === 'held' ? 'staging__door_counts__812' : null,
    judgedRelease: null,
    checks: checksOf(made, status),
    metrics: [
      { name: 'duration_ms', value: durationMs },
      { name: 'rows_out', value: made.rows },
      { name: 'peak_memory_bytes', value: 48_300_000 },
    ],
  }
}

function checksOf(made: Made, status: StepStatus): readonly CheckResult[] {
  if (status === 'skipped' || status === 'unchanged' || made.kind === 'source') return []
  const base = { asset: made.name, severity: 'error', onFail: 'block', rows: made.rows, value: null } as const
  const passed = { status: 'passed', failedRows: 0, fraction: 0, samples: [], tenants: [] } as const
  const held = status === 'held'
  return [
    held
      ? {
          ...base,
          check: 'not_null:washroom_id',
          kind: 'not_null',
          status: 'failed',
          rows: 4_812,
          failedRows: 31,
          fraction: 31 / 4_812,
          message: '31 of 4,812 rows have no washroom_id.',
          samples: Array.from({ length: 5 }, (_, index) => ({
            device_id: 4_410 + index,
            read_at: `2024-02-05T09:${String(41 + index)}:07Z`,
            washroom_id: null,
            people_in: 3 + index,
            people_out: index,
            firmware: '2.11.0-rc1',
            raw: {
              battery: 81 - index,
              rssi: -67,
              note: 'counter without a room after the exchange of 4 February',
            },
          })),
          tenants: [
            { tenant: 'harbour-offices', rows: 1_204, failedRows: 27 },
            { tenant: 'acme', rows: 880, failedRows: 4 },
          ],
        }
      : {
          ...base,
          ...passed,
          check: 'not_null:washroom_id',
          kind: 'not_null',
          message: 'No row is without washroom_id.',
        },
    {
      ...base,
      ...passed,
      check: 'row_count',
      kind: 'row_count',
      severity: 'warning',
      onFail: 'continue',
      value: made.rows,
      message: `${made.rows} rows.`,
    },
  ]
}

function delivery(id: string, made: Made, run: number, status: StepStatus): DeliveryRecord {
  const connection = id.split('>')[1]!.split(':')[0]!
  const waits = status === 'skipped'
  return {
    delivery: id,
    asset: made.name,
    connection,
    target: id.split(':')[1]!,
    delivered: waits ? run - 1 : run,
    wanted: waits ? run - 1 : run,
    needsAll: false,
    status: connection === 'lake' && run === LAST_RUN ? 'waiting' : 'delivered',
    inserted: waits ? 0 : 212,
    updated: waits ? 0 : 31,
    deleted: 0,
    durationMs: 84,
    attempts: 1,
    error:
      connection === 'lake' && run === LAST_RUN
        ? 'Cannot write to /srv/lake: no space left on device.'
        : null,
  }
}

function logOf(detail: RunDetail): readonly LogLine[] {
  const lines: Omit<LogLine, 'line'>[] = []
  const say = (at: number, level: LogLine['level'], asset: string | null, message: string, fields = {}) =>
    lines.push({ at, level, asset, message, fields })
  const { run, steps } = detail
  say(run.startedAt, 'info', null, `run ${run.run} started: ${steps.length} steps`, { trigger: run.trigger })
  for (const { asset, startedAt, durationMs, status, rows, reason, error } of steps) {
    if (status !== 'skipped') say(startedAt, 'info', asset, 'building')
    for (let part = 1; part <= 4 && durationMs > 500; part++) {
      say(startedAt + (durationMs * part) / 5, 'debug', asset, `${part * 20} %`, {
        rows: Math.round(((rows ?? 0) * part) / 5),
      })
    }
    if (asset === 'marts.status')
      say(startedAt + 30, 'warn', asset, '3 devices sent no reading for 6 hours', {
        devices: [411, 902, 1_207],
      })
    const level = status === 'failed' ? 'error' : status === 'held' ? 'warn' : 'info'
    say(startedAt + durationMs, level, asset, `${status}: ${error?.message ?? reason}`, {
      rows,
      duration_ms: durationMs,
    })
  }
  if (run.release !== null) say(run.finishedAt! - 60, 'info', null, `release ${run.release} is visible`)
  say(run.finishedAt!, 'info', null, `run ${run.run} ${run.status}`)
  return lines.sort((a, b) => a.at - b.at).map((line, index) => ({ line: index + 1, ...line }))
}
