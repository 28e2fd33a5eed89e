import type { ReportDetail, ReportSummary } from '../../app/api/shapes.js'
import { REPORT_STATUSES, type ReportRecord } from '../../domain/report.js'
import { exactly, z } from './exactly.js'
import { assetName, diagnostic, instant, milliseconds } from './values.js'

export const reportRecord = exactly<ReportRecord>()(
  z
    .object({
      report: z.string(),
      tenant: z.string().nullable(),
      period: z.string().openapi({ example: '2024-W05' }),
      status: z.enum(REPORT_STATUSES),
      release: z.number(),
      at: instant,
      durationMs: milliseconds,
      file: z.string().nullable(),
      bytes: z.number(),
      message: z.string(),
    })
    .openapi('ReportRecord'),
)

const summaryFields = z.object({
  report: z.string(),
  title: z.string(),
  file: z.string(),
  forEachTenant: z.boolean(),
  period: z.string(),
  schedule: z.string().nullable(),
  nextTick: instant.nullable(),
  inputs: z.array(assetName),
  tenants: z.number(),
  latest: z
    .object({
      period: z.string(),
      at: instant,
      rendered: z.number(),
      held: z.number(),
      failed: z.number(),
    })
    .nullable(),
})

export const reportSummary = exactly<ReportSummary>()(summaryFields.openapi('ReportSummary'))

export const reportDetail = exactly<ReportDetail>()(
  summaryFields
    .extend({ records: z.array(reportRecord), diagnostics: z.array(diagnostic) })
    .openapi('ReportDetail'),
)
