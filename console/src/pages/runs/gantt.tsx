import { useMediaQuery } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { RunDetail } from '../../../../src/app/api/shapes.js'
import { now as clockNow } from '../../clock.js'
import { Mono } from '../../parts/mono.js'
import { Section } from '../../parts/page-title.js'
import { StateIcon } from '../../parts/state.js'
import { type GanttRow, ganttOf, neighbours } from '../../words/gantt.js'
import { short } from '../../words/numbers.js'
import { wordOf } from '../../words/states.js'
import { duration } from '../../words/time.js'
import classes from './gantt.module.css'

const ROW_PX = 28
/** On a narrow screen the bar stands below the name. */
const NARROW_ROW_PX = 48
const FRAME_MS = 250

/** The steps of a run over its time. Bars move by events and the clock; a step opens below. */
export function GanttView({ detail, opened }: Readonly<{ detail: RunDetail; opened: string | null }>) {
  const now = useFrames(detail.run.finishedAt === null && detail.run.status === 'running')
  const gantt = useMemo(() => ganttOf(detail, now), [detail, now])
  const [pointed, setPointed] = useState<string | null>(null)
  const near = useMemo(
    () => (pointed === null ? null : neighbours(detail.inputs, pointed)),
    [detail.inputs, pointed],
  )
  const { list, items, height, margin } = useRows(gantt.rows.length)
  const navigate = useNavigate({ from: '/runs/$run' })
  const open = (asset: string) =>
    void navigate({ search: (before) => ({ ...before, asset }), replace: true, resetScroll: false })
  return (
    <Section
      title="Steps"
      aside={
        <span className={classes.hint}>
          A step opens below. Point at one to see what it reads and what reads it.
        </span>
      }
    >
      <div className={classes.frame}>
        <div className={classes.scale} aria-hidden>
          {gantt.ticks.map(({ ms, place }) => (
            <span key={ms} className={classes.tick} style={{ left: `${place * 100}%` }}>
              {ms === 0 ? '0' : duration(ms)}
            </span>
          ))}
        </div>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: leaving the list takes the mark away, no more */}
        <div className={classes.rows} ref={list} style={{ height }} onMouseLeave={() => setPointed(null)}>
          <div className={classes.lines} aria-hidden>
            {gantt.ticks.map(({ ms, place }) => (
              <span key={ms} style={{ left: `${place * 100}%` }} />
            ))}
          </div>
          {items.map(({ index, start }) => {
            const row = gantt.rows[index]!
            return (
              <StepRow
                key={row.asset}
                row={row}
                top={start - margin}
                opened={row.asset === opened}
                relation={relationOf(row.asset, pointed, near)}
                onOpen={open}
                onPoint={setPointed}
              />
            )
          })}
        </div>
      </div>
    </Section>
  )
}

type Relation = 'self' | 'input' | 'reader' | 'far' | null

function relationOf(
  asset: string,
  pointed: string | null,
  near: ReturnType<typeof neighbours> | null,
): Relation {
  if (pointed === null || near === null) return null
  if (asset === pointed) return 'self'
  if (near.inputs.has(asset)) return 'input'
  return near.readers.has(asset) ? 'reader' : 'far'
}

type StepRowProps = Readonly<{
  row: GanttRow
  top: number
  opened: boolean
  relation: Relation
  onOpen: (asset: string) => void
  onPoint: (asset: string | null) => void
}>

const StepRow = memo(
  function StepRow({ row, top, opened, relation, onOpen, onPoint }: StepRowProps) {
    const { asset, state } = row
    return (
      <button
        type="button"
        className={classes.row}
        style={{ transform: `translateY(${top}px)` }}
        data-relation={relation ?? undefined}
        aria-pressed={opened}
        onClick={() => onOpen(asset)}
        onMouseEnter={() => onPoint(asset)}
        onFocus={() => onPoint(asset)}
        onBlur={() => onPoint(null)}
      >
        <span className={classes.name}>
          <StateIcon of={state} />
          <Mono whole>{asset}</Mono>
          <span className="visually-hidden">: {wordOf(state)}. </span>
          {relation === 'input' ? <span className={classes.relation}>read by it</span> : null}
          {relation === 'reader' ? <span className={classes.relation}>reads it</span> : null}
        </span>
        <span className={classes.lane}>
          <Bar row={row} />
        </span>
      </button>
    )
  },
  (before, after) =>
    before.top === after.top &&
    before.opened === after.opened &&
    before.relation === after.relation &&
    sameRow(before.row, after.row),
)

/** Rows are made anew at every frame; one that did not change is not drawn again. */
const sameRow = (a: GanttRow, b: GanttRow): boolean =>
  a.state === b.state &&
  a.rows === b.rows &&
  a.percent === b.percent &&
  a.durationMs === b.durationMs &&
  a.bar?.left === b.bar?.left &&
  a.bar?.width === b.bar?.width &&
  a.usualEnd === b.usualEnd

function Bar({ row }: Readonly<{ row: GanttRow }>) {
  const { bar, state, usualEnd } = row
  if (bar === null) return <span className={classes.noBar}>{row.reason || wordOf(state)}</span>
  const end = bar.left + bar.width
  const inside = end > 0.7 && bar.left < 0.32
  return (
    <>
      {usualEnd !== null && usualEnd > end ? (
        <span
          className={classes.usual}
          style={{ left: `${bar.left * 100}%`, width: `${(usualEnd - bar.left) * 100}%` }}
        />
      ) : null}
      <span
        className={classes.bar}
        data-state={state}
        style={{ left: `${bar.left * 100}%`, width: `${bar.width * 100}%` }}
      >
        {bar.built < 0.98 ? (
          <span className={classes.checked} style={{ width: `${(1 - bar.built) * 100}%` }} />
        ) : null}
      </span>
      <span
        className={classes.words}
        data-state={inside ? state : undefined}
        style={wordsPlace(bar.left, end, inside)}
      >
        {wordsOf(row)}
      </span>
    </>
  )
}

/** Right of the bar where there is room, else left of it, else within: a bar without room on both sides is long. */
function wordsPlace(left: number, end: number, inside: boolean): CSSProperties {
  if (inside) return { left: `calc(${left * 100}% + 8px)` }
  return end > 0.7 ? { right: `calc(${(1 - left) * 100}% + 6px)` } : { left: `calc(${end * 100}% + 6px)` }
}

function wordsOf({ state, durationMs, rows, percent, reason }: GanttRow): string {
  const parts = [
    ...(state === 'held' || state === 'failed' || state === 'checking' ? [wordOf(state)] : []),
    ...(state === 'passed' ? ['Passed, waits for the release'] : []),
    ...(percent !== null && state === 'building' ? [`${Math.round(percent)} %`] : []),
    ...(state === 'unchanged' ? ['Unchanged'] : durationMs === null ? [] : [duration(durationMs)]),
    ...(rows === null || state === 'unchanged' ? [] : [`${short(rows)} ${rows === 1 ? 'row' : 'rows'}`]),
  ]
  return parts.length > 0 ? parts.join(' · ') : reason
}

/** Epoch ms, moving four times a second while `on`; still otherwise. */
function useFrames(on: boolean): number {
  const [now, setNow] = useState(clockNow)
  useEffect(() => {
    if (!on) return
    const timer = setInterval(() => setNow(clockNow()), FRAME_MS)
    return () => clearInterval(timer)
  }, [on])
  return now
}

/** The rows in sight: a run of 1,000 steps draws some fifty. */
function useRows(count: number) {
  const list = useRef<HTMLDivElement>(null)
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    if (list.current) setMargin(list.current.getBoundingClientRect().top + scrollY)
  }, [])
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const virtual = useWindowVirtualizer({
    count,
    estimateSize: () => (narrow ? NARROW_ROW_PX : ROW_PX),
    overscan: 15,
    scrollMargin: margin,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer is another object at each draw
  useLayoutEffect(() => virtual.measure(), [narrow])
  return { list, items: virtual.getVirtualItems(), height: virtual.getTotalSize(), margin }
}
