import { useRouter } from '@tanstack/react-router'
import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type RefObject,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Strip, StripCell } from '../../../../src/app/api/shapes.js'
import { AssetLink } from '../../parts/mono.js'
import { useWidth } from '../../parts/width.js'
import { useZone } from '../../parts/zone.js'
import { count } from '../../words/numbers.js'
import { type AnyState, wordOf } from '../../words/states.js'
import {
  firstCell,
  gathered,
  nextCell,
  type Place,
  slotsPerCell,
  stripHours,
} from '../../words/strip-layout.js'
import { clockTime, day } from '../../words/time.js'
import classes from './strip.module.css'

/** Narrower cells are neither seen nor hit. */
const LEAST_CELL_PX = 9
/** Rows before somebody asks for the rest; trouble comes first. A narrow screen has other things to show. */
const FIRST_ROWS = 20
const FIRST_ROWS_NARROW = 8
const NARROW_PX = 500
const LEGEND: readonly StripCell['status'][] = [
  'released',
  'unchanged',
  'skipped',
  'held',
  'failed',
  'late',
  'running',
]

type Pointed = Readonly<{ place: Place; left: number; top: number }>

/**
 * Assets × the last day, a cell a run. What happened is told by shape as well as colour. One stop of the tab key;
 * arrows move between cells, Enter opens the run.
 */
export function StripView({ strip }: Readonly<{ strip: Strip }>) {
  const { ref, width } = useWidth<HTMLDivElement>()
  const router = useRouter()
  const grid = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState<Place | null>(null)
  const [pointed, setPointed] = useState<Pointed | null>(null)
  const [whole, setWhole] = useState(false)
  const most = whole ? strip.rows.length : width < NARROW_PX ? FIRST_ROWS_NARROW : FIRST_ROWS
  const shown = useMemo(() => {
    const cut = { ...strip, rows: strip.rows.slice(0, most) }
    return gathered(cut, slotsPerCell(strip.slots, width, LEAST_CELL_PX))
  }, [strip, width, most])
  const hidden = strip.rows.length - shown.rows.length
  const tabStop = focused && shown.rows[focused.row]?.cells[focused.slot] ? focused : firstCell(shown)

  function point(event: MouseEvent | FocusEvent) {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-slot]')
    if (!cell || !grid.current) return setPointed(null)
    const box = cell.getBoundingClientRect()
    const frame = grid.current.getBoundingClientRect()
    const place = placeOf(cell)
    if (event.type === 'focus') setFocused(place)
    setPointed({ place, left: box.left + box.width / 2 - frame.left, top: box.top - frame.top })
  }

  function press(event: KeyboardEvent) {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-slot]')
    const next = cell && nextCell(shown, placeOf(cell), event.key)
    if (!next) return
    event.preventDefault()
    setFocused(next)
    grid.current?.querySelector<HTMLElement>(`[data-row="${next.row}"][data-slot="${next.slot}"]`)?.focus()
  }

  function open(event: MouseEvent) {
    const link = (event.target as HTMLElement).closest<HTMLAnchorElement>('a[data-slot]')
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    void router.navigate({ href: link.getAttribute('href')! })
  }

  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the cells are links; this only listens for all of them */}
      <div
        ref={grid}
        className={classes.grid}
        onClick={open}
        onKeyDown={press}
        onMouseOver={point}
        onMouseLeave={() => setPointed(null)}
        onFocus={point}
        onBlur={() => setPointed(null)}
      >
        {shown.rows.map((row, index) => (
          <StripRow
            key={row.asset}
            row={row}
            index={index}
            start={shown.start}
            slotMs={shown.slotMs}
            tabSlot={tabStop?.row === index ? tabStop.slot : null}
          />
        ))}
        <div className={classes.row}>
          <span />
          <Hours strip={shown} width={width} measure={ref} />
        </div>
        {pointed ? <CellWords strip={shown} pointed={pointed} /> : null}
      </div>
      <div className={classes.foot}>
        <Legend strip={shown} />
        {hidden > 0 ? (
          <button type="button" className={classes.more} onClick={() => setWhole(true)}>
            Show {count(hidden, 'more row')}
          </button>
        ) : null}
      </div>
    </div>
  )
}

const placeOf = (cell: HTMLElement): Place => ({
  row: Number(cell.dataset.row),
  slot: Number(cell.dataset.slot),
})

type RowProps = Readonly<{
  row: Strip['rows'][number]
  index: number
  start: number
  slotMs: number
  tabSlot: number | null
}>

const StripRow = memo(function StripRow({ row, index, start, slotMs, tabSlot }: RowProps) {
  const zone = useZone()
  return (
    <div className={classes.row}>
      <div className={classes.asset}>
        <AssetLink asset={row.asset} />
      </div>
      <div className={classes.cells} style={{ gridTemplateColumns: `repeat(${row.cells.length}, 1fr)` }}>
        {row.cells.map((cell, slot) =>
          cell === null ? null : (
            // biome-ignore lint/a11y/useAnchorContent: the label says it; the cell is drawn
            <a
              // biome-ignore lint/suspicious/noArrayIndexKey: a slot is its place in time
              key={slot}
              href={cellPath(row.asset, cell)}
              className={classes.cell}
              data-status={cell.status}
              data-row={index}
              data-slot={slot}
              tabIndex={slot === tabSlot ? 0 : -1}
              style={{ gridColumn: slot + 1 }}
              aria-label={`${row.asset}, ${clockTime(start + slot * slotMs, zone)}: ${cellSentence(cell)}`}
            />
          ),
        )}
      </div>
    </div>
  )
})

/** A late asset may have no run at all: its own page then. */
const cellPath = (asset: string, { run }: StripCell): string =>
  run > 0 ? `/runs/${run}?asset=${encodeURIComponent(asset)}` : `/assets/${encodeURIComponent(asset)}`

function cellSentence({ status, run, steps }: StripCell): string {
  if (status === 'late') return 'Late'
  const more = steps > 1 ? `, worst of ${steps} steps` : ''
  return `${wordOf(status as AnyState)}${run > 0 ? `, run ${run}` : ''}${more}`
}

function CellWords({ strip, pointed }: Readonly<{ strip: Strip; pointed: Pointed }>) {
  const zone = useZone()
  const row = strip.rows[pointed.place.row]
  const cell = row?.cells[pointed.place.slot]
  if (!row || !cell) return null
  const from = strip.start + pointed.place.slot * strip.slotMs
  return (
    <div
      className={classes.words}
      style={{ left: `clamp(110px, ${pointed.left}px, calc(100% - 110px))`, top: pointed.top }}
      aria-hidden
    >
      <strong>{row.asset}</strong>
      <span>{cellSentence(cell)}</span>
      <span className={classes.when}>
        {day(from, zone)}, {clockTime(from, zone)} to {clockTime(from + strip.slotMs, zone)}
      </span>
    </div>
  )
}

function Hours({
  strip,
  width,
  measure,
}: Readonly<{ strip: Strip; width: number; measure: RefObject<HTMLDivElement | null> }>) {
  const zone = useZone()
  return (
    <div className={classes.hours} ref={measure}>
      {stripHours(strip, width).map(({ at, place }) => (
        <span key={at} className={classes.hour} style={{ left: `${place * 100}%` }}>
          {clockTime(at, zone)}
        </span>
      ))}
    </div>
  )
}

function Legend({ strip }: Readonly<{ strip: Strip }>) {
  const there = new Set(strip.rows.flatMap(({ cells }) => cells.map((cell) => cell?.status)))
  return (
    <ul className={classes.legend} aria-label="What the shapes mean">
      {LEGEND.filter((status) => there.has(status)).map((status) => (
        <li key={status}>
          <span className={classes.cell} data-status={status} aria-hidden />
          {wordOf(status as AnyState)}
        </li>
      ))}
    </ul>
  )
}
