import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { cellText, isNumeric, typeWord } from './cell-text.js'
import classes from './rows-table.module.css'

type Column = Readonly<{ name: string; type: string | null }>

type Props = Readonly<{
  label: string
  columns: readonly Column[]
  rows: readonly (readonly unknown[])[]
  /** Names of key columns, marked in the head. */
  keys?: readonly string[]
  maxHeight?: string
}>

const ROW_HEIGHT = 30

/** Rows of data in a frame that scrolls both ways; only rows in sight exist. */
export function RowsTable({ label, columns, rows, keys = [], maxHeight = 'min(68vh, 640px)' }: Props) {
  const frame = useRef<HTMLElement>(null)
  const widths = useMemo(() => columns.map((column, index) => widthOf(column, rows, index)), [columns, rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const shown = virtual.getVirtualItems()
  const above = shown[0]?.start ?? 0
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    // A region that scrolls is reached by keyboard, or its far columns are not.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section ref={frame} className={classes.frame} style={{ maxHeight }} aria-label={label} tabIndex={0}>
      <table
        className={classes.table}
        style={{ width: widths.reduce((sum, width) => sum + width, 0) }}
        aria-label={label}
        aria-rowcount={rows.length + 1}
      >
        <colgroup>
          {columns.map(({ name }, index) => (
            <col key={name} style={{ width: widths[index] }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th key={name} scope="col" data-align={isNumeric(type) ? 'right' : undefined}>
                <span className={classes.name} title={name}>
                  {name}
                </span>
                <span className={classes.type}>
                  {typeWord(type)}
                  {keys.includes(name) ? ' · key' : ''}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={above} columns={columns.length} />
          {shown.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2} style={{ height: ROW_HEIGHT }}>
              {columns.map(({ name, type }, at) => (
                <Cell key={name} value={rows[index]![at]} right={isNumeric(type)} />
              ))}
            </tr>
          ))}
          <Gap height={below} columns={columns.length} />
        </tbody>
      </table>
    </section>
  )
}

function Cell({ value, right }: Readonly<{ value: unknown; right: boolean }>) {
  const { text, tone } = cellText(value)
  return (
    <td data-align={right ? 'right' : undefined} data-tone={tone} title={text.length > 24 ? text : undefined}>
      {text}
    </td>
  )
}

function Gap({ height, columns }: Readonly<{ height: number; columns: number }>) {
  return height > 0 ? (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  ) : null
}

const SAMPLE_ROWS = 100

/** As wide as its name, its type and most of its values; a column may not move while rows are scrolled. */
function widthOf(column: Column, rows: readonly (readonly unknown[])[], index: number): number {
  const longest = rows
    .slice(0, SAMPLE_ROWS)
    .reduce((most, row) => Math.max(most, cellText(row[index]).text.length), 0)
  const characters = Math.max(column.name.length, typeWord(column.type).length + 4, longest)
  return Math.round(24 + 7.6 * Math.min(42, Math.max(6, characters)))
}
