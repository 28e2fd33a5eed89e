import type { LockHolder, ReleaseSummary } from '../../adapters/state/store.js'
import type { LogLine, QueueEntry, RunDetail, RunningStep, RunSummary } from '../../app/api/shapes.js'
import { type RunRecord, STEP_STATUSES, type StepRecord } from '../../domain/run.js'
import type { RunResult } from '../../executor/run.js'
import { checkResult } from './check.js'
import { deliveryRecord } from './delivery.js'
import { exactly, z } from './exactly.js'
import { assetName, instant, interval, milliseconds, orNull } from './values.js'

export const stepStatus = z.enum(STEP_STATUSES)
export const runStatus = z.enum(['running', 'done', 'failed', 'held', 'cancelled', 'abandoned'])

const stepFields = z.object({
  asset: assetName,
  status: stepStatus,
  reason: z.string(),
  startedAt: instant,
  durationMs: milliseconds,
  rows: z.number().nullable(),
  ranges: z.array(interval),
  attempts: z.number(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
  candidate: z.string().nullable(),
  judgedRelease: z.number().nullable(),
  checks: z.array(checkResult),
  metrics: z.array(z.object({ name: z.string(), value: z.number() })),
})
export const stepRecord = exactly<StepRecord>()(stepFields.openapi('StepRecord'))
export const stepOfRun = exactly<StepRecord & { run: number }>()(
  stepFields.extend({ run: z.number() }).openapi('StepOfRun'),
)

const runFields = z.object({
  run: z.number(),
  status: runStatus,
  environment: z.string(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  release: z.number().nullable(),
  trigger: z.string(),
})
export const runRecord = exactly<RunRecord>()(runFields.openapi('RunRecord'))

export const runSummary = exactly<RunSummary>()(
  runFields.extend({ steps: z.record(stepStatus, z.number()), total: z.number() }).openapi('RunSummary'),
)

export const releaseSummary = exactly<ReleaseSummary>()(
  z
    .object({ release: z.number(), run: z.number(), at: instant, assets: z.array(assetName) })
    .openapi('ReleaseSummary'),
)

export const lockHolder = exactly<LockHolder>()(
  z.object({ asset: assetName, run: z.number(), process: z.string(), since: instant }).openapi('LockHolder'),
)

const runningStep = exactly<RunningStep>()(
  z
    .object({
      asset: assetName,
      startedAt: instant,
      phase: z.enum(['building', 'checking', 'passed']),
      percent: z.number().nullable(),
      rows: z.number().nullable(),
      usualMs: milliseconds.nullable(),
    })
    .openapi('RunningStep'),
)

export const runDetail = exactly<RunDetail>()(
  z
    .object({
      run: runRecord,
      steps: z.array(stepRecord),
      running: z.array(runningStep),
      waiting: z.array(assetName),
      release: orNull(releaseSummary),
      deliveries: z.array(deliveryRecord),
      inputs: z.record(z.string(), z.array(assetName)),
    })
    .openapi('RunDetail'),
)

export const runResult = exactly<RunResult>()(
  z
    .object({
      run: z.number(),
      status: runStatus,
      release: z.number().nullable(),
      steps: z.array(stepRecord),
      deliveries: z.array(deliveryRecord),
      durationMs: milliseconds,
    })
    .openapi('RunResult'),
)

export const logLine = exactly<LogLine>()(
  z
    .object({
      line: z.number(),
      at: instant,
      level: z.enum(['debug', 'info', 'warn', 'error']),
      asset: assetName.nullable(),
      message: z.string(),
      fields: z.record(z.string(), z.unknown()),
    })
    .openapi('LogLine'),
)

export const queueEntry = exactly<QueueEntry>()(
  z
    .object({
      ticket: z.string(),
      trigger: z.string(),
      assets: z.array(assetName),
      since: instant,
      run: z.number().nullable(),
      waitsFor: z.string(),
    })
    .openapi('QueueEntry'),
)
