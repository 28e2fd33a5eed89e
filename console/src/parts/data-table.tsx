import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react'
import classes from './data-table.module.css'

export type TableColumn<Row> = Readonly<{
  key: string
  title: string
  /** Numbers stand right. */
  align?: 'left' | 'right'
  /** CSS width: `120px`, `30%`. Columns without share what is left. */
  width?: string
  /** Left out below this width of the window, in px. */
  from?: number
  /** The head sorts by this column. */
  sortable?: boolean
  cell: (row: Row) => ReactNode
}>

export type Sort = Readonly<{ by: string; descending: boolean }>

type Props<Row> = Readonly<{
  /** What the rows are, for screen readers: "Runs, newest first". */
  label: string
  columns: readonly TableColumn<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  rowHeight?: number
  /** What stands across all columns instead of cells, for rows that head a group; null for the others. */
  across?: (row: Row) => ReactNode | null
  sort?: Sort | null
  onSort?: (sort: Sort) => void
  /** Called when the last rows come into sight. */
  onEnd?: () => void
}>

const HEAD_HEIGHT = 36

/**
 * A real table whose rows exist only while they are in sight: 100,000 rows are no more work than 50. It scrolls with
 * the page. Up and down move between the first links of the rows.
 */
export function DataTable<Row>(props: Props<Row>) {
  const { label, rows, rowKey, rowHeight = 40, across, sort = null, onSort, onEnd } = props
  const width = useWindowWidth()
  const columns = useMemo(
    () => props.columns.filter(({ from }) => from === undefined || width >= from),
    [props.columns, width],
  )
  const body = useRef<HTMLTableSectionElement>(null)
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    if (body.current) setMargin(body.current.getBoundingClientRect().top + scrollY)
  }, [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: margin,
    getItemKey: (index) => rowKey(rows[index]!),
  })
  const shown = virtual.getVirtualItems()
  const first = shown[0]
  const last = shown.at(-1)
  const above = first ? first.start - margin : 0
  const below = last ? virtual.getTotalSize() - (last.end - margin) : 0
  const atEnd = last !== undefined && last.index >= rows.length - 8
  useLayoutEffect(() => {
    if (atEnd) onEnd?.()
  }, [atEnd, onEnd])

  return (
    <div className={classes.frame}>
      <table
        className={classes.table}
        aria-label={label}
        aria-rowcount={rows.length + 1}
        onKeyDown={moveBetweenRows}
      >
        <colgroup>
          {columns.map(({ key, width }) => (
            <col key={key} style={width === undefined ? {} : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Gap height={above} columns={columns.length} />
          {shown.map(({ key, index }) => (
            <BodyRow
              key={key}
              row={rows[index]!}
              index={index}
              columns={columns as readonly TableColumn<unknown>[]}
              across={across as ((row: unknown) => ReactNode | null) | undefined}
              height={rowHeight}
              measure={virtual.measureElement}
            />
          ))}
          <Gap height={below} columns={columns.length} />
        </tbody>
      </table>
    </div>
  )
}

type BodyRowProps = Readonly<{
  row: unknown
  index: number
  columns: readonly TableColumn<unknown>[]
  across: ((row: unknown) => ReactNode | null) | undefined
  height: number
  measure: (element: HTMLElement | null) => void
}>

/** Drawn anew only when its row changes, not whenever the table scrolls. */
const BodyRow = memo(({ row, index, columns, across, height, measure }: BodyRowProps) => {
  const head = across?.(row) ?? null
  return (
    <tr
      data-index={index}
      ref={measure}
      aria-rowindex={index + 2}
      style={{ height: head === null ? height : HEAD_HEIGHT }}
    >
      {head !== null ? (
        <th scope="rowgroup" colSpan={columns.length}>
          {head}
        </th>
      ) : (
        columns.map(({ key, align, cell }) => (
          <td key={key} data-align={align}>
            {cell(row)}
          </td>
        ))
      )}
    </tr>
  )
})

function Head<Row>({
  column,
  sort,
  onSort,
}: Readonly<{
  column: TableColumn<Row>
  sort: Sort | null
  onSort: ((sort: Sort) => void) | undefined
}>) {
  const { key, title, align, sortable } = column
  if (!sortable || !onSort) {
    return (
      <th scope="col" data-align={align}>
        {title}
      </th>
    )
  }
  const sorted = sort?.by === key
  const direction = sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'
  return (
    <th scope="col" data-align={align} aria-sort={direction}>
      <button
        type="button"
        className={classes.sort}
        onClick={() => onSort({ by: key, descending: sorted ? !sort.descending : align === 'right' })}
      >
        {title}
        <span aria-hidden className={classes.arrow}>
          {sorted ? (sort.descending ? '↓' : '↑') : ''}
        </span>
      </button>
    </th>
  )
}

/** Stands for the rows out of sight. */
function Gap({ height, columns }: Readonly<{ height: number; columns: number }>) {
  return height > 0 ? (
    <tr aria-hidden className={classes.gap}>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  ) : null
}

function moveBetweenRows(event: React.KeyboardEvent<HTMLTableElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  const row = (event.target as HTMLElement).closest('tbody tr')
  if (step === 0 || row === null) return
  const next = step === 1 ? row.nextElementSibling : row.previousElementSibling
  const link = next?.querySelector<HTMLElement>('a, button')
  if (!link) return
  event.preventDefault()
  link.focus()
}

function useWindowWidth(): number {
  const [width, setWidth] = useState(innerWidth)
  useLayoutEffect(() => {
    const measure = () => setWidth(innerWidth)
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  return width
}
