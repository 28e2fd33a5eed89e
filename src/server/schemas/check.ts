import type { Comparison } from '../../adapters/engines/engine.js'
import type { CheckReport } from '../../app/check-project.js'
import { type CheckResult, ON_FAIL, SEVERITIES } from '../../domain/check.js'
import { deliveryRecord } from './delivery.js'
import { exactly, z } from './exactly.js'
import { assetName, interval } from './values.js'

export const severity = z.enum(SEVERITIES)
export const onFail = z.enum(ON_FAIL)
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
export const checkStatus = z.enum(['passed', 'failed', 'error'])

const comparison = exactly<Comparison>()(
  z
    .object({
      missing: z.number(),
      extra: z.number(),
      different: z.number(),
      samples: z.array(z.record(z.string(), z.unknown())),
    })
    .openapi('Comparison'),
)

export const checkResult = exactly<CheckResult>()(
  z
    .object({
      asset: z.string(),
      check: z.string(),
      kind: checkKind,
      severity,
      onFail,
      status: checkStatus,
      rows: z.number(),
      failedRows: z.number(),
      fraction: z.number(),
      value: z.number().nullable(),
      message: z.string(),
      samples: z.array(z.record(z.string(), z.unknown())),
      tenants: z.array(z.object({ tenant: z.string(), rows: z.number(), failedRows: z.number() })),
      ranges: z.array(interval).optional(),
    })
    .openapi('CheckResult'),
)

export const checkReport = exactly<CheckReport>()(
  z
    .object({
      results: z.array(checkResult),
      delivered: z.array(
        z.object({
          delivery: z.string(),
          asset: assetName,
          comparison: comparison.nullable(),
          error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
        }),
      ),
      repaired: z.array(deliveryRecord),
    })
    .openapi('CheckReport'),
)
