import type { Json } from '../../base/json.js'
import { both, isRowForm } from '../compile/compiled-check.js'
import type { MeasuredCheck } from './measurement.js'
import type { Scanner } from './scanner.js'

export type Sample = Readonly<Record<string, unknown>>

const SAMPLES_KEPT = 5
/** Samples go into the state with every run; a page of text per value helps nobody. */
const LONGEST_TEXT = 500

/**
 * A handful of failing rows per check: one statement for all checks that point at rows of `this`, one for each
 * author's statement, whose columns are its own.
 */
export async function sampleRows(
  failed: readonly MeasuredCheck[],
  scan: Scanner,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const shared = await sampleTogether(failed, scan)
  const own: [string, readonly Sample[]][] = []
  for (const { check, compiled } of failed) {
    if (compiled.form !== 'statement') continue
    const scanned = await scan(`select * from ${compiled.statement} as found limit ${SAMPLES_KEPT}`)
    if (scanned.ok) own.push([check.name, scanned.rows.map((row) => toSample(scanned.columns, row))])
  }
  return new Map([...shared, ...own])
}

async function sampleTogether(
  failed: readonly MeasuredCheck[],
  scan: Scanner,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>()
  const parts = failed.flatMap(({ compiled }, at) =>
    isRowForm(compiled) && compiled.form !== 'statement'
      ? [`(select ${at}, * from this where ${both(compiled.where, compiled.failing)} limit ${SAMPLES_KEPT})`]
      : [],
  )
  if (parts.length === 0) return samples
  const scanned = await scan(parts.join('\nunion all\n'))
  if (!scanned.ok) return samples
  for (const [at, ...values] of scanned.rows) {
    const name = failed[Number(at)]!.check.name
    samples.set(name, [...(samples.get(name) ?? []), toSample(scanned.columns.slice(1), values)])
  }
  return samples
}

const toSample = (columns: readonly string[], row: readonly Json[]): Sample =>
  Object.fromEntries(columns.map((name, at) => [name, shorten(row[at] ?? null)]))

const shorten = (value: Json): Json =>
  typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
