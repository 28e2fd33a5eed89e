import type { LiveEvent } from '../../app/api/shapes.js'
import type { RunEvent } from '../../executor/events.js'
import { alert } from './alert.js'
import { deliveryRecord } from './delivery.js'
import { exactly, z } from './exactly.js'
import { plan } from './plan.js'
import { reportRecord } from './report.js'
import { queueEntry, runStatus, stepRecord, stepStatus } from './run.js'
import { assetName, diagnostic, instant, milliseconds } from './values.js'

export const runEvent = exactly<RunEvent>()(
  z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('run-started'), run: z.number(), plan }),
      z.object({ kind: z.literal('step-started'), asset: assetName, usualMs: milliseconds.nullable() }),
      z.object({
        kind: z.literal('step-progress'),
        asset: assetName,
        percent: z.number().optional(),
        rows: z.number().optional(),
      }),
      z.object({ kind: z.literal('step-checking'), asset: assetName, rows: z.number().nullable() }),
      z.object({
        kind: z.literal('step-retried'),
        asset: assetName,
        attempt: z.number(),
        delayMs: milliseconds,
        message: z.string(),
      }),
      z.object({ kind: z.literal('step-log'), asset: assetName, level: z.string(), message: z.string() }),
      z.object({
        kind: z.literal('step-finished'),
        asset: assetName,
        status: z.enum(['passed', ...stepStatus.options]),
        record: stepRecord,
      }),
      z.object({
        kind: z.literal('released'),
        release: z.number(),
        assets: z.array(assetName),
        durationMs: milliseconds,
      }),
      z.object({ kind: z.literal('delivered'), record: deliveryRecord }),
      z.object({
        kind: z.literal('run-finished'),
        run: z.number(),
        status: runStatus,
        release: z.number().nullable(),
        durationMs: milliseconds,
      }),
    ])
    .openapi('RunEvent'),
)

const mark = { id: z.string(), at: instant }

export const liveEvent = exactly<LiveEvent>()(
  z
    .discriminatedUnion('kind', [
      z.object({ ...mark, kind: z.literal('run'), run: z.number(), event: runEvent }),
      z.object({ ...mark, kind: z.literal('queue'), queue: z.array(queueEntry) }),
      z.object({ ...mark, kind: z.literal('alert'), alert }),
      z.object({ ...mark, kind: z.literal('report'), record: reportRecord }),
      z.object({
        ...mark,
        kind: z.literal('project'),
        state: z.enum(['good', 'broken']),
        diagnostics: z.array(diagnostic),
      }),
      z.object({ ...mark, kind: z.literal('reset') }),
    ])
    .openapi('LiveEvent'),
)
