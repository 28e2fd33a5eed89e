import { quoteName } from '../../sql/quote.js'
import { both } from '../compile/compiled-check.js'
import { type Scanned, type Scanner, toNumber } from './scanner.js'

/** What the pass counts for one check. `lookedAt: null`: it looks at every row. `failing: null`: no more is counted. */
export type PassEntry = Readonly<{
  check: string
  where: string | null
  lookedAt: string | null
  failing: string | null
}>

export type TenantCount = Readonly<{ tenant: string; rows: number; failedRows: number }>

export type PassCount = Readonly<{
  rows: number
  failedRows: number
  /** Up to `TENANTS_KEPT`, those with most failing rows over all checks first. */
  tenants: readonly TenantCount[]
  /** How many tenants there are. */
  tenantCount: number
}>

export type PassResult = ReadonlyMap<string, PassCount | { problem: string }>

export const TENANTS_KEPT = 1000

/**
 * Counts all entries in one scan of `this`, grouped by tenant where there is one. A statement the engine refuses
 * is halved until the check at fault stands alone; the others are judged all the same.
 */
export async function runRowPass(
  entries: readonly PassEntry[],
  tenant: string | null,
  scan: Scanner,
): Promise<PassResult> {
  if (entries.length === 0) return new Map()
  const counts = noCounts()
  const slots = entries.map((entry) => slotsOf(entry, counts))
  const scanned = await scan(rowPassSql(counts, tenant))
  if (scanned.ok)
    return new Map(entries.map((entry, at) => [entry.check, readCount(scanned, slots[at]!, tenant !== null)]))
  if (entries.length === 1) return new Map([[entries[0]!.check, { problem: scanned.problem }]])
  const half = Math.ceil(entries.length / 2)
  const first = await runRowPass(entries.slice(0, half), tenant, scan)
  const second = await runRowPass(entries.slice(half), tenant, scan)
  return new Map([...first, ...second])
}

/** The pass as SQL, for those who want to look at it. */
export function explainRowPass(entries: readonly PassEntry[], tenant: string | null): string {
  const counts = noCounts()
  for (const entry of entries) slotsOf(entry, counts)
  return rowPassSql(counts, tenant)
}

/** Distinct conditions to count; slot 0 is every row. */
type Counts = { readonly conditions: string[]; readonly failing: Set<number> }

const noCounts = (): Counts => ({ conditions: [], failing: new Set() })

function slotOf(condition: string, { conditions }: Counts): number {
  const known = conditions.indexOf(condition)
  return known >= 0 ? known + 1 : conditions.push(condition)
}

type Slots = Readonly<{ rows: number; failing: number | null }>

function slotsOf({ where, lookedAt, failing }: PassEntry, counts: Counts): Slots {
  const rows = lookedAt === null ? 0 : slotOf(lookedAt, counts)
  if (failing === null) return { rows, failing: null }
  const slot = slotOf(both(where, failing), counts)
  counts.failing.add(slot)
  return { rows, failing: slot }
}

/**
 * `count_if(c)` and not `count(*) filter (where c)`: a filter picks rows out per aggregate, which takes twice as
 * long over many checks. First row: the sums; then the tenants.
 */
function rowPassSql({ conditions, failing }: Counts, tenant: string | null): string {
  const counted = [
    'count(*) as n0',
    ...conditions.map((condition, at) => `count_if(${condition}) as n${at + 1}`),
  ]
  if (tenant === null) return `select ${counted.join(',\n  ')}\nfrom this`
  const names = counted.map((_count, at) => `n${at}`)
  const worst = failing.size === 0 ? '' : `${[...failing].map((slot) => `n${slot}`).join(' + ')} desc, `
  return [
    `with by_tenant as materialized (select ${quoteName(tenant)} as tenant,\n  ${counted.join(',\n  ')}\nfrom this group by ${quoteName(tenant)})`,
    `select null as tenant, count(*) as tenants, ${names.map((name) => `coalesce(sum(${name}), 0)::BIGINT`).join(', ')} from by_tenant`,
    'union all',
    `(select coalesce(tenant::VARCHAR, ''), 0, ${names.join(', ')} from by_tenant order by ${worst}n0 desc, tenant limit ${TENANTS_KEPT})`,
  ].join('\n')
}

function readCount({ rows }: Extract<Scanned, { ok: true }>, slots: Slots, byTenant: boolean): PassCount {
  // Only the row of sums has no tenant; rows without one come under the empty text.
  const sums = (byTenant ? rows.find((row) => row[0] === null) : rows[0]) ?? []
  const tenants = byTenant ? rows.filter((row) => row[0] !== null) : []
  const offset = byTenant ? 2 : 0
  const count = (row: (typeof rows)[number]) => ({
    rows: toNumber(row[offset + slots.rows]),
    failedRows: slots.failing === null ? 0 : toNumber(row[offset + slots.failing]),
  })
  return {
    ...count(sums),
    tenants: byName(tenants.map((row) => ({ tenant: String(row[0]), ...count(row) }))),
    tenantCount: byTenant ? toNumber(sums[1]) : 0,
  }
}

/** Rows whose tenant is NULL and rows whose tenant is an empty text are one to a reader: they have none. */
function byName(counts: readonly TenantCount[]): TenantCount[] {
  const named = new Map<string, TenantCount>()
  for (const one of counts) {
    const other = named.get(one.tenant)
    const rows = one.rows + (other?.rows ?? 0)
    const failedRows = one.failedRows + (other?.failedRows ?? 0)
    named.set(one.tenant, { ...one, rows, failedRows })
  }
  return [...named.values()]
}
