import 'uplot/dist/uPlot.min.css'
import { useMantineColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import type { MetricPoint } from '../../../src/app/api/shapes.js'
import { clockTime, day } from '../words/time.js'
import classes from './metric-chart.module.css'
import { type ChartLimit, chartOptions } from './metric-chart-options.js'
import { metricSeries } from './metric-series.js'
import { againstUsual, type MetricUnit, metricValue } from './metric-words.js'

type Props = Readonly<{
  points: readonly MetricPoint[]
  unit: MetricUnit
  zone: string
  /** What is to be seen, in words. */
  label: string
  /** A line of the author's own, such as the budget. */
  limit: ChartLimit | null
  height: number
}>

/** A number over time with its usual band behind it; what is unusual is marked, a gap is a gap. */
export function MetricChart({ points, unit, zone, label, limit, height }: Props) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const canvas = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const { colorScheme } = useMantineColorScheme()
  const series = useMemo(() => metricSeries(points), [points])
  const [at, setAt] = useState<number | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the theme, which colorScheme stands for
  useEffect(() => {
    if (!canvas.current || width === 0) return
    const options = chartOptions({ series, unit, zone, limit, width, height, onPoint: setAt })
    const { seconds, low, high, values } = series
    const made = new uPlot(options, [seconds, high, low, values], canvas.current)
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
  }, [series, unit, zone, limit?.value, width, height, colorScheme])

  const point = at === null ? null : (series.points[at] ?? null)
  return (
    <figure className={classes.figure}>
      <div ref={ref} className={classes.plot} style={{ height }}>
        <div ref={canvas} role="img" aria-label={label} />
      </div>
      <figcaption className={classes.caption}>
        {point === null ? (
          at === null ? (
            'Point at the line, or touch it, to read a value.'
          ) : (
            'Nothing was measured here.'
          )
        ) : (
          <>
            <strong>{metricValue(point.value, unit)}</strong> on {day(point.at, zone)} at{' '}
            {clockTime(point.at, zone)}, run {point.run}
            {againstUsual(point, unit) ? `: ${againstUsual(point, unit)}` : ''}
          </>
        )}
      </figcaption>
    </figure>
  )
}
