import type { QueryResult } from '../../adapters/engines/engine.js'
import { columnIndex } from '../render/column-index.js'
import { digitsOf, NO_VALUE, type Writer } from '../render/write-value.js'
import type { ChartBlock } from '../report.js'
import { type SlotContext, type Slots, slotsOf } from './slots.js'

export type Series = Readonly<{
  name: string
  /** One for each slot; null is a gap. */
  values: readonly (number | null)[]
}>

/** What a chart shows, before it is drawn: also the source of its table and its description. */
export type ChartData = Readonly<{
  slots: Slots
  series: readonly Series[]
  /** A number as the chart writes it. */
  write: (value: number | null) => string
}>

/** Null: there is nothing to draw. */
export function chartData(block: ChartBlock, result: QueryResult, context: SlotContext): ChartData | null {
  const x = columnIndex(result, block.x.value)
  const slots = slotsOf(
    result.rows.map((row) => row[x] ?? null),
    result.columns[x]?.type ?? '',
    context,
  )
  const series = block.series ? split(block, result, slots, context.writer) : columns(block, result, slots)
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null))
  if (known.length === 0) return null
  const digits = digitsOf(known)
  const { writer } = context
  return {
    slots,
    series,
    write: (value) => (value === null ? NO_VALUE : writer.value(value, 'DOUBLE', block.format, digits)),
  }
}

const numberOf = (value: unknown): number | null => {
  const number = value === null || value === undefined ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : null
}

function columns({ y }: ChartBlock, result: QueryResult, slots: Slots): Series[] {
  return y.map(({ value }) => {
    const at = columnIndex(result, value)
    return {
      name: result.columns[at]?.name.replaceAll('_', ' ') ?? value,
      values: place(
        result.rows.map((row, index) => [index, row[at]]),
        slots,
      ),
    }
  })
}

function split({ y, series }: ChartBlock, result: QueryResult, slots: Slots, writer: Writer): Series[] {
  const by = columnIndex(result, series?.value ?? '')
  const at = columnIndex(result, y[0]?.value ?? '')
  const rows = new Map<string, (readonly [number, unknown])[]>()
  result.rows.forEach((row, index) => {
    const name = writer.value(row[by] ?? null, result.columns[by]?.type ?? '', null)
    const known = rows.get(name) ?? []
    known.push([index, row[at]])
    rows.set(name, known)
  })
  return [...rows].map(([name, entries]) => ({ name, values: place(entries, slots) }))
}

/** Of several rows for one place the last counts. */
function place(entries: readonly (readonly [number, unknown])[], slots: Slots): (number | null)[] {
  const values: (number | null)[] = slots.names.map(() => null)
  for (const [row, value] of entries) {
    const slot = slots.rows[row]
    if (slot !== null && slot !== undefined) values[slot] = numberOf(value)
  }
  return values
}
