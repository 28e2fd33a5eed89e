import { SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { AssetDetail, MetricPoint } from '../../../../src/app/api/shapes.js'
import { metricsQuery } from '../../api/queries.js'
import {
  againstUsual,
  bandWords,
  metricName,
  metricTitle,
  metricValue,
  sortMetrics,
  unitOf,
} from '../../charts/metric-words.js'
import { Ago, Moment } from '../../parts/ago.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { RunLink } from '../../parts/mono.js'
import { useNow } from '../../parts/now.js'
import { Section } from '../../parts/page-title.js'
import { BlockSkeleton } from '../../parts/skeletons.js'
import { State } from '../../parts/state.js'
import { useZone } from '../../parts/zone.js'
import { count } from '../../words/numbers.js'
import { metricRange, RANGES, sinceOf } from './metric-range.js'
import classes from './tabs.module.css'

const MetricChart = lazy(() =>
  import('../../charts/metric-chart.js').then(({ MetricChart: Chart }) => ({ default: Chart })),
)

const CHART_HEIGHT = 300
const MOST_POINTS = 5_000

/** What every step measured, against what is usual. */
export function MetricsTab({ detail }: Readonly<{ detail: AssetDetail }>) {
  const { metric: asked, range: askedRange } = useSearch({ from: '/assets/$name' })
  const navigate = useNavigate({ from: '/assets/$name' })
  const metrics = sortMetrics(detail.metrics)
  const metric = metrics.find((one) => one === asked) ?? metrics[0]
  const range = metricRange(askedRange)
  if (metric === undefined) {
    return (
      <Empty
        title="Durations, rows and what the asset measures appear here."
        command={`millrace run --select ${detail.asset}`}
      >
        Every step leaves numbers; there is no step yet.
      </Empty>
    )
  }
  return (
    <>
      <div className={classes.controls}>
        <Select
          label="Metric"
          data={metrics.map((value) => ({ value, label: metricName(value) }))}
          value={metric}
          onChange={(next) =>
            next && void navigate({ search: (known) => ({ ...known, metric: next }), replace: true })
          }
          allowDeselect={false}
          searchable={metrics.length > 10}
          w={240}
        />
        <SegmentedControl
          aria-label="Time"
          size="sm"
          data={RANGES.map(({ key, word }) => ({ value: key, label: word }))}
          value={range.key}
          onChange={(next) =>
            void navigate({ search: (known) => ({ ...known, range: next }), replace: true })
          }
        />
      </div>
      <OneMetric asset={detail.asset} metric={metric} range={range.key} budgetMs={detail.budgetMs} />
    </>
  )
}

function OneMetric({
  asset,
  metric,
  range,
  budgetMs,
}: Readonly<{ asset: string; metric: string; range: string; budgetMs: number | null }>) {
  const zone = useZone()
  const since = sinceOf(metricRange(range), useNow(300_000))
  const { data, error, refetch } = useQuery(metricsQuery(asset, metric, since, MOST_POINTS))
  const unit = unitOf(metric)
  if (error) return <ErrorState error={error} what="The numbers" onRetry={() => void refetch()} />
  if (!data) return <BlockSkeleton height={CHART_HEIGHT + 90} />
  if (data.length === 0) {
    return (
      <Empty title={`No step measured ${metricName(metric).toLowerCase()} in this time.`}>
        Choose a longer time, or run the asset.
      </Empty>
    )
  }
  const latest = data.reduce((last, point) => (point.at > last.at ? point : last))
  return (
    <Section title={metricTitle(metric)} aside={count(data.length, 'step')}>
      <Latest point={latest} metric={metric} band={bandWords(data)} />
      <Suspense fallback={<BlockSkeleton height={CHART_HEIGHT} />}>
        <MetricChart
          points={data}
          unit={unit}
          zone={zone}
          label={`${metricTitle(metric)}: ${count(data.length, 'step')}, latest ${metricValue(latest.value, unit)}`}
          limit={metric === 'duration_ms' && budgetMs !== null ? { value: budgetMs, word: 'budget' } : null}
          height={CHART_HEIGHT}
        />
      </Suspense>
      <Unusual points={data} metric={metric} />
    </Section>
  )
}

function Latest({ point, metric, band }: Readonly<{ point: MetricPoint; metric: string; band: string }>) {
  const unit = unitOf(metric)
  const compared = againstUsual(point, unit)
  return (
    <p>
      <strong>{metricValue(point.value, unit)}</strong> <Ago at={point.at} />
      {compared ? `, ${compared}` : ''}. {band ? <span className="soft">{band}</span> : null}
    </p>
  )
}

const MOST_UNUSUAL = 8

function Unusual({ points, metric }: Readonly<{ points: readonly MetricPoint[]; metric: string }>) {
  const unit = unitOf(metric)
  const unusual = points.filter((point) => point.unusual).sort((a, b) => b.at - a.at)
  if (unusual.length === 0) return null
  return (
    <>
      <h3 className={classes.subhead}>Unusual</h3>
      <ul className={classes.unusual} aria-label="Unusual values, newest first">
        {unusual.slice(0, MOST_UNUSUAL).map((point) => (
          <li key={point.run}>
            <State of="unusual" word={metricValue(point.value, unit)} />
            <span>
              {againstUsual(point, unit) || 'outside the usual band'}
              {point.low === null || point.high === null ? null : (
                <span className="soft">
                  , usually {metricValue(point.low, unit)} to {metricValue(point.high, unit)}
                </span>
              )}
            </span>
            <span className="soft">
              <Moment at={point.at} />, <RunLink run={point.run} />
            </span>
          </li>
        ))}
      </ul>
      {unusual.length > MOST_UNUSUAL ? (
        <p className="soft">and {unusual.length - MOST_UNUSUAL} more in this time.</p>
      ) : null}
    </>
  )
}
