import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Overview as OverviewShape } from '../../../../src/app/api/shapes.js'
import { overviewQuery } from '../../api/queries.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { Section } from '../../parts/page-title.js'
import { TableSkeleton, TextSkeleton } from '../../parts/skeletons.js'
import { count } from '../../words/numbers.js'
import { Deliveries } from './deliveries.js'
import { OpenAlerts } from './open-alerts.js'
import classes from './overview.module.css'
import { Releases } from './releases.js'
import { RunsNow } from './runs-now.js'
import { OverviewSentence } from './sentence.js'
import { StripView } from './strip.js'
import { Troubles } from './troubles.js'

/** Is everything all right, since when, and do customers see wrong numbers. */
export function Overview() {
  const { data, error, refetch } = useQuery(overviewQuery())
  if (data) return <Known overview={data} />
  return error ? <ErrorState error={error} what="The overview" onRetry={() => void refetch()} /> : <Loading />
}

function Known({ overview }: Readonly<{ overview: OverviewShape }>) {
  if (overview.assets.total === 0) return <NoAssets overview={overview} />
  return (
    <>
      <OverviewSentence overview={overview} />
      <Troubles overview={overview} />
      <Section title="Last 24 hours" aside={<StripAside overview={overview} />}>
        <StripView strip={overview.strip} />
      </Section>
      <div className={classes.columns}>
        <div>
          <RunsNow overview={overview} />
          <Releases releases={overview.releases} />
        </div>
        <div>
          <OpenAlerts alerts={overview.alerts} />
          <Deliveries deliveries={overview.deliveries} />
        </div>
      </div>
    </>
  )
}

function StripAside({ overview }: Readonly<{ overview: OverviewShape }>) {
  const { more } = overview.strip
  return more > 0 ? <Link to="/assets">{`and ${count(more, 'more asset')}`}</Link> : null
}

function NoAssets({ overview }: Readonly<{ overview: OverviewShape }>) {
  return (
    <>
      <OverviewSentence overview={overview} />
      <Troubles overview={overview} />
      <Empty title="Assets, runs and releases will be here." command="millrace init">
        An asset is one file below assets/ that makes one table: assets/staging/readings.sql makes
        staging.readings. This page follows the folder by itself.
      </Empty>
    </>
  )
}

function Loading() {
  return (
    <>
      <div className={classes.sentenceAwaited}>
        <TextSkeleton lines={2} />
      </div>
      <TableSkeleton rows={14} height={26} />
    </>
  )
}
