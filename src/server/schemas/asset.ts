import type {
  AssetDetail,
  AssetSummary,
  CheckHistory,
  ColumnDetail,
  Health,
  MetricPoint,
} from '../../app/api/shapes.js'
import type { Lineage } from '../../app/project-lineage.js'
import { MATERIALIZATIONS } from '../../domain/asset.js'
import { CATCH_UPS, type Schedule } from '../../domain/schedule.js'
import { alert } from './alert.js'
import { checkKind, checkStatus, onFail, severity } from './check.js'
import { deliveryRecord } from './delivery.js'
import { exactly, z } from './exactly.js'
import { stepOfRun, stepStatus } from './run.js'
import { assetName, instant, interval, milliseconds } from './values.js'

export const assetKind = z.enum(['source', 'sql', 'typescript'])
export const materialize = z.enum([...MATERIALIZATIONS, 'source'])
export const pending = z.union([z.literal('all'), z.array(interval)])
const health = exactly<Health>()(z.enum(['fresh', 'late', 'held', 'failed', 'never']).openapi('Health'))

const schedule = exactly<Schedule>()(
  z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('cron'), pattern: z.string(), catchUp: z.enum(CATCH_UPS) }),
      z.object({ kind: z.literal('upstream') }),
      z.object({ kind: z.literal('never') }),
    ])
    .openapi('Schedule'),
)

const summaryFields = z.object({
  asset: assetName,
  kind: assetKind,
  materialize,
  description: z.string(),
  owner: z.string(),
  tags: z.array(z.string()),
  health,
  release: z.number().nullable(),
  releasedAt: instant.nullable(),
  rows: z.number().nullable(),
  latest: z
    .object({
      run: z.number(),
      status: stepStatus,
      reason: z.string(),
      at: instant,
      durationMs: milliseconds,
    })
    .nullable(),
  schedule,
  nextTick: instant.nullable(),
  inputs: z.array(assetName),
  readers: z.array(assetName),
  deliveries: z.array(z.string()),
  checks: z.number(),
  openAlerts: z.number(),
  durations: z.array(milliseconds),
})

export const assetSummary = exactly<AssetSummary>()(summaryFields.openapi('AssetSummary'))

const columnDetail = exactly<ColumnDetail>()(
  z
    .object({ name: z.string(), type: z.string().nullable(), description: z.string(), key: z.boolean() })
    .openapi('ColumnDetail'),
)

const checkHistory = exactly<CheckHistory>()(
  z
    .object({
      check: z.string(),
      kind: checkKind,
      severity,
      onFail,
      column: z.string().nullable(),
      results: z.array(
        z.object({
          run: z.number(),
          at: instant,
          status: checkStatus,
          failedRows: z.number(),
          rows: z.number(),
          value: z.number().nullable(),
          message: z.string(),
        }),
      ),
    })
    .openapi('CheckHistory'),
)

export const assetDetail = exactly<AssetDetail>()(
  summaryFields
    .extend({
      file: z.string(),
      code: z.string(),
      language: z.enum(['sql', 'typescript', 'yaml']),
      columns: z.array(columnDetail),
      key: z.array(z.string()),
      time: z.object({ column: z.string(), grain: z.string(), lookbackMs: milliseconds }).nullable(),
      budgetMs: milliseconds.nullable(),
      timeoutMs: milliseconds,
      upstream: z.string().nullable(),
      pending,
      checkHistory: z.array(checkHistory),
      steps: z.array(stepOfRun),
      deliveryRecords: z.array(deliveryRecord),
      releases: z.array(
        z.object({ release: z.number(), run: z.number(), at: instant, rows: z.number().nullable() }),
      ),
      alerts: z.array(alert),
      metrics: z.array(z.string()),
    })
    .openapi('AssetDetail'),
)

export const metricPoint = exactly<MetricPoint>()(
  z
    .object({
      run: z.number(),
      at: instant,
      value: z.number(),
      expected: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      unusual: z.boolean(),
    })
    .openapi('MetricPoint'),
)

const lineageColumn = z
  .object({
    column: z.string(),
    type: z.string().nullable(),
    kind: z.enum(['source', 'same', 'computed', 'unknown']),
    from: z.array(z.object({ asset: assetName, column: z.string() })),
  })
  .openapi('LineageColumn')

export const lineage = exactly<Lineage>()(
  z
    .object({
      focus: assetName.nullable(),
      nodes: z.array(
        z.object({
          asset: assetName,
          kind: assetKind,
          inputs: z.array(assetName),
          readers: z.array(assetName),
          deliveries: z.array(z.string()),
          upstream: z.string().nullable(),
          columns: z.array(lineageColumn),
        }),
      ),
    })
    .openapi('Lineage'),
)
