import type { Check } from '../../domain/check.js'
import { type CompiledCheck, enclosed } from '../compile/compiled-check.js'
import { type Measurement, measurement } from './measurement.js'
import type { Scanner } from './scanner.js'

type Compiled = Readonly<{ check: Check; compiled: CompiledCheck }>
type TableCheck = Readonly<{ name: string; expressions: readonly string[]; isAge: boolean }>

/** Measures what concerns the table as it will be, all in one statement over `after`. */
export async function measureTable(
  compiled: readonly Compiled[],
  now: number,
  scan: Scanner,
): Promise<ReadonlyMap<string, Measurement>> {
  return measureTogether(compiled.flatMap(tableCheck), now, scan)
}

function tableCheck({ check, compiled }: Compiled): TableCheck[] {
  if (compiled.form === 'count') {
    const count = compiled.where === null ? 'count(*)' : `count_if(${enclosed(compiled.where)})`
    return [{ name: check.name, expressions: [count], isAge: false }]
  }
  if (compiled.form !== 'newest') return []
  return [{ name: check.name, expressions: ['count(*)', compiled.newest, compiled.ahead], isAge: true }]
}

/** Halved where the engine refuses the statement, until the check at fault stands alone. */
async function measureTogether(
  checks: readonly TableCheck[],
  now: number,
  scan: Scanner,
): Promise<Map<string, Measurement>> {
  if (checks.length === 0) return new Map()
  const scanned = await scan(
    `select ${checks.flatMap((check) => check.expressions).join(', ')} from after as this`,
  )
  if (scanned.ok) {
    const values = [...(scanned.rows[0] ?? [])]
    return new Map(
      checks.map((check) => [
        check.name,
        readValues(values.splice(0, check.expressions.length), check.isAge, now),
      ]),
    )
  }
  if (checks.length === 1) return new Map([[checks[0]!.name, measurement({ problem: scanned.problem })]])
  const half = Math.ceil(checks.length / 2)
  const first = await measureTogether(checks.slice(0, half), now, scan)
  return new Map([...first, ...(await measureTogether(checks.slice(half), now, scan))])
}

function readValues(values: readonly unknown[], isAge: boolean, now: number): Measurement {
  const [rows, newest, ahead] = values
  if (!isAge) return measurement({ rows: Number(rows), value: Number(rows) })
  // Within the clocks' skew a row may be a little ahead of now: as fresh as can be.
  const age = newest === null ? null : Math.max(0, now - Number(newest))
  return measurement({ rows: Number(rows), value: age, ahead: Number(ahead) })
}
