import type { Check } from '../../domain/check.js'
import { quoteName } from '../../sql/quote.js'
import { compileCheck } from '../compile/compile-check.js'
import { type CompileContext, findColumn } from '../compile/compile-context.js'
import { both, type CompiledCheck, isRowForm, lookedAt, type RowForm } from '../compile/compiled-check.js'
import { type MeasuredCheck, type Measurement, measurement } from './measurement.js'
import { type PassEntry, type PassResult, runRowPass, TENANTS_KEPT, type TenantCount } from './row-pass.js'
import { type Scanner, toNumber } from './scanner.js'
import { measureTable } from './table-pass.js'

export type MeasureContext = CompileContext & Readonly<{ tenant: string | null }>

/**
 * Measures all checks of an asset in as few scans as they need: one pass for everything judged row by row, one
 * statement for each key, parent table and author's statement, and one over the rows as they will be.
 */
export async function measureChecks(
  checks: readonly Check[],
  context: MeasureContext,
  scan: Scanner,
): Promise<MeasuredCheck[]> {
  const compiled = checks.map((check) => ({ check, compiled: compileCheck(check, context) }))
  const pass = await runRowPass(passEntries(compiled), context.tenant, scan)
  const table = await measureTable(compiled, context.now, scan)
  const measured: MeasuredCheck[] = []
  for (const one of compiled)
    measured.push({
      ...one,
      measured: table.get(one.check.name) ?? (await measureOne(one, pass, context, scan)),
    })
  return measured
}

type Compiled = Readonly<{ check: Check; compiled: CompiledCheck }>

/** What the shared pass has to count for these checks. */
export const passEntries = (compiled: readonly Compiled[]): PassEntry[] => compiled.flatMap(passEntry)

function passEntry({ check, compiled }: Compiled): PassEntry[] {
  if (!isRowForm(compiled)) return []
  const failing = compiled.form === 'condition' ? compiled.failing : null
  return [{ check: check.name, where: compiled.where, lookedAt: lookedAt(compiled), failing }]
}

async function measureOne(
  { check, compiled }: Compiled,
  pass: PassResult,
  context: MeasureContext,
  scan: Scanner,
): Promise<Measurement> {
  if (compiled.form === 'unfit') return measurement({ problem: compiled.problem })
  if (!isRowForm(compiled)) return measurement({})
  const counted = pass.get(check.name)
  if (!counted || 'problem' in counted) return measurement({ problem: counted?.problem ?? 'not counted' })
  if (compiled.form === 'condition') return measurement({ ...counted })
  const tenant = counted.tenantCount > 0 && counted.tenantCount <= TENANTS_KEPT ? context.tenant : null
  const found = await countFailing(compiled, tenant, scan)
  if ('problem' in found) return measurement({ rows: counted.rows, problem: found.problem })
  const tenants = counted.tenants.map((one) => ({ ...one, failedRows: found.tenants.get(one.tenant) ?? 0 }))
  return measurement({ ...counted, failedRows: found.failedRows, tenants: found.byTenant ? tenants : [] })
}

type Failing =
  | Readonly<{ failedRows: number; byTenant: boolean; tenants: ReadonlyMap<string, number> }>
  | Readonly<{ problem: string }>

/** Failing rows of a check with a statement of its own, by tenant where its rows still have one. */
async function countFailing(
  compiled: Exclude<RowForm, { form: 'condition' }>,
  tenant: string | null,
  scan: Scanner,
): Promise<Failing> {
  if (compiled.form === 'lookup' && compiled.suspects !== undefined) {
    const suspected = await scan(`select 1 from (${compiled.suspects}) limit 1`)
    if (suspected.ok && suspected.rows.length === 0)
      return { failedRows: 0, byTenant: tenant !== null, tenants: new Map() }
  }
  const from = failingRows(compiled)
  const named = tenant === null ? false : await keepsColumn(compiled, tenant, scan)
  if (typeof named !== 'boolean') return named
  if (tenant === null || !named) {
    const scanned = await scan(`select count(*) from ${from}`)
    if (!scanned.ok) return { problem: scanned.problem }
    return { failedRows: toNumber(scanned.rows[0]?.[0]), byTenant: false, tenants: new Map() }
  }
  const name = quoteName(tenant)
  const scanned = await scan(`select coalesce(${name}::VARCHAR, ''), count(*) from ${from} group by 1`)
  if (!scanned.ok) return { problem: scanned.problem }
  const tenants = new Map(scanned.rows.map(([key, rows]) => [String(key), toNumber(rows)]))
  return { failedRows: [...tenants.values()].reduce((sum, rows) => sum + rows, 0), byTenant: true, tenants }
}

/** The failing rows as something to select from; a `where` or `group by` may follow for statements only. */
export function failingRows(compiled: RowForm): string {
  if (compiled.form === 'statement') return `${compiled.statement} as found`
  return `this where ${both(compiled.where, compiled.failing)}`
}

/** Whether an author's statement still yields the tenant: it may return whatever it likes. */
async function keepsColumn(
  compiled: RowForm,
  tenant: string,
  scan: Scanner,
): Promise<boolean | { problem: string }> {
  if (compiled.form !== 'statement') return true
  const columns = await statementColumns(compiled.statement, scan)
  return 'problem' in columns ? columns : findColumn(tenant, columns.columns) !== undefined
}

export async function statementColumns(
  statement: string,
  scan: Scanner,
): Promise<{ columns: { name: string; type: string }[] } | { problem: string }> {
  const scanned = await scan(`select * from ${statement} as found limit 0`)
  if (!scanned.ok) return { problem: scanned.problem }
  return { columns: scanned.columns.map((name) => ({ name, type: '' })) }
}

/** Failing tenants of one check, worst first, for tables with more tenants than the shared pass brings along. */
export async function worstTenants(
  compiled: RowForm,
  tenant: string,
  scan: Scanner,
): Promise<readonly TenantCount[]> {
  const kept = await keepsColumn(compiled, tenant, scan)
  if (kept !== true) return []
  const name = quoteName(tenant)
  const seen = lookedAt(compiled)
  const rows = seen === null ? '' : ` where ${seen}`
  const scanned = await scan(
    `select coalesce(failed.tenant::VARCHAR, ''), seen.n, failed.n from ` +
      `(select ${name} as tenant, count(*) as n from ${failingRows(compiled)} group by ${name} ` +
      `order by n desc, tenant limit ${TENANTS_KEPT}) as failed left join ` +
      `(select ${name} as tenant, count(*) as n from this${rows} group by ${name}) as seen ` +
      `on seen.tenant is not distinct from failed.tenant`,
  )
  if (!scanned.ok) return []
  return scanned.rows.map(([key, seen, failed]) => ({
    tenant: String(key),
    rows: toNumber(seen),
    failedRows: toNumber(failed),
  }))
}
