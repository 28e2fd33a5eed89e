import { z } from 'zod'
import type { AssetName } from '../../../domain/asset.js'
import { type CheckResult, ON_FAIL, SEVERITIES } from '../../../domain/check.js'
import { STEP_STATUSES, type StepRecord } from '../../../domain/run.js'
import { double } from '../double.js'
import { type Database, parseRows, type Query } from './database.js'
import { countInSlots } from './history/slots.js'
import { jsonText } from './json-text.js'
import { interval } from './row-values.js'
import type { Scope } from './scope.js'
import { refreshStatistics } from './table-statistics.js'

/** Steps whose metrics are medians of "usual": enough to be steady, few enough to follow a change. */
const USUAL_STEPS = 20

/**
 * Three statements for any number of steps. Writing a step of a run again replaces it.
 * Metrics and results carry the instant their step ended, for questions over time.
 */
export async function recordSteps(
  database: Database,
  { scope }: Scope,
  run: number,
  steps: readonly StepRecord[],
): Promise<void> {
  if (steps.length === 0) return
  const checks = numbered(steps, ({ checks }) => checks)
  const metrics = numbered(steps, ({ metrics }) => metrics)
  await database.transaction(async (query) => {
    const written = await query(insertSteps(scope, run, steps))
    if (written.some(isRewritten)) await query(forgetParts(scope, run, steps))
    else await query(countInSlots(scope, run, steps))
    if (checks.length > 0) await query(insertChecks(scope, run, checks))
    if (metrics.length > 0) await query(insertMetrics(scope, run, metrics))
  })
  await refreshStatistics(database, steps.length + checks.length + metrics.length)
}

const rewritten = z.object({ rewritten: z.boolean() })
const isRewritten = (row: unknown): boolean => rewritten.parse(row).rewritten

/** Parts of steps, each with its asset, its place among the step's parts, and the instant the step ended. */
function numbered<T extends object>(steps: readonly StepRecord[], parts: (step: StepRecord) => readonly T[]) {
  return steps.flatMap((step) =>
    parts(step).map((part, position) => ({
      ...part,
      asset: step.asset,
      position,
      at: step.startedAt + step.durationMs,
    })),
  )
}

const insertSteps = (scope: number, run: number, steps: readonly StepRecord[]): Query => ({
  text: `insert into millrace_state.steps
           (scope, asset, run, status, reason, started_at, duration_ms, rows, ranges, attempts, error, candidate,
            judged_release)
         select $1, asset, $2, status, reason, millrace_state.instant("startedAt"), "durationMs", rows, ranges, attempts,
           error, candidate, "judgedRelease"
         from jsonb_to_recordset($3::jsonb) as step (asset text, status text, reason text, "startedAt" float8,
           "durationMs" float8, rows float8, ranges jsonb, attempts int, error jsonb, candidate text,
           "judgedRelease" int)
         order by asset
         on conflict (scope, asset, run) do update set status = excluded.status, reason = excluded.reason,
           started_at = excluded.started_at, duration_ms = excluded.duration_ms, rows = excluded.rows,
           ranges = excluded.ranges, attempts = excluded.attempts, error = excluded.error,
           candidate = excluded.candidate, judged_release = excluded.judged_release
         returning xmax <> 0 as rewritten`,
  values: [scope, run, jsonText(steps.map(({ checks: _checks, metrics: _metrics, ...step }) => step))],
})

const forgetParts = (scope: number, run: number, steps: readonly StepRecord[]): Query => ({
  text: `with checks as (delete from millrace_state.check_results where scope = $1 and run = $2 and asset = any($3))
         delete from millrace_state.metrics where scope = $1 and run = $2 and asset = any($3)`,
  values: [scope, run, steps.map(({ asset }) => asset)],
})

const insertChecks = (scope: number, run: number, checks: readonly object[]): Query => ({
  text: `insert into millrace_state.check_results (scope, run, asset, position, "check", kind, severity, on_fail, status,
           rows, failed_rows, fraction, value, message, samples, tenants, ranges, at)
         select $1, $2, asset, position, "check", kind, severity, "onFail", status,
           rows, "failedRows", fraction, value, message, samples, tenants, ranges, millrace_state.instant(at)
         from json_to_recordset($3::json) as result (asset text, position int, "check" text, kind text,
           severity text, "onFail" text, status text, rows float8, "failedRows" float8, fraction float8,
           value float8, message text, samples jsonb, tenants jsonb, ranges jsonb, at float8)`,
  values: [scope, run, jsonText(checks)],
})

const insertMetrics = (scope: number, run: number, metrics: readonly object[]): Query => ({
  text: `insert into millrace_state.metrics (scope, run, asset, position, name, value, at)
         select $1, $2, asset, position, name, value, millrace_state.instant(at)
         from json_to_recordset($3::json)
           as metric (asset text, position int, name text, value float8, at float8)`,
  values: [scope, run, jsonText(metrics)],
})

export const checkKind = z.enum([
  'not_null',
  'unique',
  'accepted_values',
  'accepted_range',
  'matches_regex',
  'relationships',
  'row_count',
  'freshness',
  'schema',
  'failed_rows',
])

const checkResult: z.ZodType<CheckResult> = z
  .object({
    asset: z.string(),
    check: z.string(),
    kind: checkKind,
    severity: z.enum(SEVERITIES),
    onFail: z.enum(ON_FAIL),
    status: z.enum(['passed', 'failed', 'error']),
    rows: z.number(),
    failedRows: z.number(),
    fraction: double,
    value: double.nullable(),
    message: z.string(),
    samples: z.array(z.record(z.string(), z.unknown())),
    tenants: z.array(z.object({ tenant: z.string(), rows: z.number(), failedRows: z.number() })),
    ranges: z.array(interval).nullable(),
  })
  .transform(({ ranges, ...result }) => (ranges === null ? result : { ...result, ranges }))

export type RecordedStep = StepRecord & { run: number }

export const pastStepFields = {
  run: z.number(),
  asset: z.string(),
  status: z.enum(STEP_STATUSES),
  reason: z.string(),
  startedAt: z.number(),
  durationMs: z.number(),
  rows: z.number().nullable(),
  ranges: z.array(interval),
  attempts: z.number(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
  candidate: z.string().nullable(),
  judgedRelease: z.number().nullable(),
}

const stepRow: z.ZodType<RecordedStep> = z.object({
  ...pastStepFields,
  checks: z.array(checkResult),
  metrics: z.array(z.object({ name: z.string(), value: double })),
})

export const PAST_STEP_COLUMNS = `step.run, step.asset, status, reason, millrace_state.ms(started_at) as "startedAt",
  duration_ms as "durationMs", rows::float8 as rows, ranges, attempts, error, candidate,
  judged_release as "judgedRelease"`

const STEP_COLUMNS = `${PAST_STEP_COLUMNS},
  coalesce((select json_agg(json_build_object('name', m.name, 'value', m.value) order by m.position)
    from millrace_state.metrics m where m.scope = step.scope and m.asset = step.asset and m.run = step.run), '[]') as metrics,
  coalesce((select json_agg(json_build_object('asset', c.asset, 'check', c."check", 'kind', c.kind,
      'severity', c.severity, 'onFail', c.on_fail, 'status', c.status, 'rows', c.rows, 'failedRows', c.failed_rows,
      'fraction', c.fraction, 'value', c.value, 'message', c.message, 'samples', c.samples, 'tenants', c.tenants,
      'ranges', c.ranges) order by c.position)
    from millrace_state.check_results c where c.scope = step.scope and c.asset = step.asset and c.run = step.run), '[]')
    as checks`

/** In the order they started. */
export async function stepsOfRun(database: Database, { scope }: Scope, run: number): Promise<StepRecord[]> {
  const rows = await database.query({
    text: `select ${STEP_COLUMNS} from millrace_state.steps step where scope = $1 and run = $2::bigint
           order by started_at, asset`,
    values: [scope, run],
  })
  return parseRows(stepRow, rows, 'steps').map(({ run: _run, ...step }) => step)
}

export async function stepsOfAsset(
  database: Database,
  { scope }: Scope,
  asset: AssetName,
  limit: number,
): Promise<RecordedStep[]> {
  const rows = await database.query({
    text: `select ${STEP_COLUMNS} from millrace_state.steps step where scope = $1 and asset = $2
           order by run desc limit $3`,
    values: [scope, asset, limit],
  })
  return parseRows(stepRow, rows, 'steps')
}

/**
 * Every asset that has steps, found by jumping from name to name in the index: as many look-ups as there are
 * assets, however long the history is.
 */
const assetsOf = (condition: string): string => `with recursive assets as (
  (select asset from millrace_state.steps where scope = $1 and ${condition} order by asset limit 1)
  union all
  select (select s.asset from millrace_state.steps s where s.scope = $1 and s.asset > assets.asset and ${condition}
          order by s.asset limit 1)
  from assets where assets.asset is not null)`

export async function latestSteps(database: Database, { scope }: Scope): Promise<RecordedStep[]> {
  const rows = await database.query({
    text: `${assetsOf('true')}
           select ${STEP_COLUMNS} from assets cross join lateral (
             select * from millrace_state.steps s where s.scope = $1 and s.asset = assets.asset
             order by s.run desc limit 1) as step`,
    values: [scope],
  })
  return parseRows(stepRow, rows, 'steps')
}

const usualRow = z.object({ asset: z.string(), durationMs: z.number(), rows: z.number().nullable() })

export async function usualDurations(
  database: Database,
  { scope }: Scope,
): Promise<Map<AssetName, { durationMs: number; rows: number | null }>> {
  const rows = await database.query({
    text: `${assetsOf(`status = 'released'`)}
           select assets.asset, percentile_cont(0.5) within group (order by duration_ms) as "durationMs",
             (percentile_disc(0.5) within group (order by rows))::float8 as rows
           from assets cross join lateral (
             select duration_ms, rows from millrace_state.steps s
             where s.scope = $1 and s.asset = assets.asset and s.status = 'released'
             order by s.run desc limit ${USUAL_STEPS}) as recent
           group by assets.asset`,
    values: [scope],
  })
  return new Map(
    parseRows(usualRow, rows, 'steps').map(({ asset, durationMs, rows }) => [asset, { durationMs, rows }]),
  )
}
