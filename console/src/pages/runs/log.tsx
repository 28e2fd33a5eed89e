import { Select, Switch } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { LogLine, RunDetail } from '../../../../src/app/api/shapes.js'
import { ErrorState } from '../../parts/error-state.js'
import { Section } from '../../parts/page-title.js'
import { TextSkeleton } from '../../parts/skeletons.js'
import { useZone } from '../../parts/zone.js'
import { fieldWords, LEVELS, shownLines } from '../../words/log-lines.js'
import { count } from '../../words/numbers.js'
import { clockMillis } from '../../words/time.js'
import classes from './log.module.css'
import { useLog } from './use-log.js'

const LINE_PX = 22

/** The run's log: follows its end while it goes on, until somebody scrolls up. */
export function RunLog({ detail }: Readonly<{ detail: RunDetail }>) {
  const going = detail.run.status === 'running'
  const { lines, error, loaded } = useLog(detail.run.run, going)
  const search = useSearch({ from: '/runs/$run' })
  const navigate = useNavigate({ from: '/runs/$run' })
  const [step, setStep] = useState<string | null>(null)
  const [follow, setFollow] = useState(going)
  const level = LEVELS.find((one) => one === search.level) ?? 'debug'
  const shown = useMemo(() => shownLines(lines, { asset: step, level }), [lines, step, level])
  const assets = useMemo(() => [...new Set(lines.flatMap(({ asset }) => asset ?? []))].sort(), [lines])
  return (
    <Section title="Log" aside={loaded ? count(shown.length, 'line') : null}>
      <div className={classes.filters}>
        <Select
          aria-label="Step"
          placeholder="Every step"
          data={assets}
          value={step}
          onChange={setStep}
          clearable
          searchable
          w={240}
        />
        <Select
          aria-label="Least level"
          data={LEVELS.map((value) => ({ value, label: LEVEL_WORDS[value] }))}
          value={level}
          onChange={(value) =>
            void navigate({
              search: (before) => ({
                ...before,
                level: value === null || value === 'debug' ? undefined : value,
              }),
              replace: true,
              resetScroll: false,
            })
          }
          allowDeselect={false}
          w={170}
        />
        {going ? (
          <Switch
            label="Follow"
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />
        ) : null}
      </div>
      {error ? <ErrorState error={error} what="The log" /> : null}
      {!loaded && !error ? <TextSkeleton lines={8} /> : null}
      {loaded ? <Lines lines={shown} follow={going && follow} onScrollUp={() => setFollow(false)} /> : null}
    </Section>
  )
}

const LEVEL_WORDS: Readonly<Record<LogLine['level'], string>> = {
  debug: 'Every line',
  info: 'Info and above',
  warn: 'Warnings and errors',
  error: 'Errors',
}

type LinesProps = Readonly<{ lines: readonly LogLine[]; follow: boolean; onScrollUp: () => void }>

function Lines({ lines, follow, onScrollUp }: LinesProps) {
  const zone = useZone()
  const frame = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
    getItemKey: (index) => lines[index]!.line,
  })
  const last = lines.length - 1
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer is another object at each draw
  useEffect(() => {
    if (follow && last >= 0) virtual.scrollToIndex(last, { align: 'end' })
  }, [follow, last])
  if (lines.length === 0) return <p className={classes.none}>No line fits.</p>
  return (
    <div
      ref={frame}
      className={classes.frame}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls it with the arrows
      tabIndex={0}
      role="log"
      aria-label="Log lines"
      onWheel={(event) => event.deltaY < 0 && onScrollUp()}
      onKeyDown={(event) => ['ArrowUp', 'PageUp', 'Home'].includes(event.key) && onScrollUp()}
      onTouchMove={onScrollUp}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index]!
          return (
            <div
              key={key}
              data-index={index}
              ref={virtual.measureElement}
              className={classes.line}
              data-level={line.level}
              style={{ transform: `translateY(${start}px)` }}
            >
              <span className={classes.at}>{clockMillis(line.at, zone)}</span>
              <span className={classes.level}>{line.level}</span>
              <span className={classes.asset}>{line.asset ?? 'run'}</span>
              <span className={classes.message}>
                {line.message} <span className={classes.fields}>{fieldWords(line.fields)}</span>
              </span>
            </div>
          )
        })}
      </div>
    </div>
  )
}
