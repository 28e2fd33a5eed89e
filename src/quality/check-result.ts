import type { Check, CheckResult } from '../domain/check.js'
import { isRowForm } from './compile/compiled-check.js'
import { type MeasureContext, measureChecks, worstTenants } from './measure/measure.js'
import { breaksPromise, type MeasuredCheck } from './measure/measurement.js'
import { TENANTS_KEPT, type TenantCount } from './measure/row-pass.js'
import { type Sample, sampleRows } from './measure/samples.js'
import type { Scanner } from './measure/scanner.js'
import { checkMessage } from './wording.js'

/** A result and what it was measured with, which quarantine needs. */
export type JudgedCheck = MeasuredCheck & Readonly<{ result: CheckResult }>

/** Measures and judges all checks. Samples and long lists of tenants are fetched for those that failed only. */
export async function judgeChecks(
  checks: readonly Check[],
  context: MeasureContext,
  scan: Scanner,
): Promise<JudgedCheck[]> {
  const measured = await measureChecks(checks, context, scan)
  const failed = measured.filter(breaksPromise)
  const samples = await sampleRows(failed, scan)
  const judged: JudgedCheck[] = []
  for (const one of measured) {
    const tenants = await tenantsOf(one, context.tenant, scan)
    judged.push({ ...one, result: toResult(one, context, samples.get(one.check.name) ?? [], tenants) })
  }
  return judged
}

async function tenantsOf(
  one: MeasuredCheck,
  tenant: string | null,
  scan: Scanner,
): Promise<readonly TenantCount[]> {
  const { compiled, measured } = one
  const isCut = measured.tenantCount > TENANTS_KEPT
  const tenants =
    isCut && tenant !== null && isRowForm(compiled) && measured.failedRows > 0
      ? await worstTenants(compiled, tenant, scan)
      : measured.tenants
  return [...tenants].sort((a, b) => b.failedRows - a.failedRows || compareText(a.tenant, b.tenant))
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function toResult(
  one: MeasuredCheck,
  context: MeasureContext,
  samples: readonly Sample[],
  tenants: readonly TenantCount[],
): CheckResult {
  const { check, measured } = one
  const { rows, failedRows, value } = measured
  return {
    asset: context.asset.name,
    check: check.name,
    kind: check.kind,
    severity: check.severity,
    onFail: check.onFail,
    status: measured.problem !== null ? 'error' : breaksPromise(one) ? 'failed' : 'passed',
    rows,
    failedRows,
    fraction: rows === 0 ? 0 : Math.min(1, failedRows / rows),
    value,
    message: checkMessage(one, context),
    samples,
    tenants,
  }
}
