import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import type { AssetDetail } from '../../../../src/app/api/shapes.js'
import { ApiProblem } from '../../api/problem.js'
import { assetQuery } from '../../api/queries.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { Mono } from '../../parts/mono.js'
import { PageTitle } from '../../parts/page-title.js'
import { BlockSkeleton, TextSkeleton } from '../../parts/skeletons.js'
import classes from './asset.module.css'
import { AssetHead } from './asset-head.js'
import { CodeTab } from './code/code-tab.js'
import { ColumnsTab } from './columns-tab.js'
import { DataTab } from './data-tab.js'
import { LineageTab } from './lineage-tab.js'
import { MetricsTab } from './metrics-tab.js'
import { ReleasesTab } from './releases-tab.js'

const TABS = [
  { tab: 'data', word: 'Data', Content: DataTab },
  { tab: 'columns', word: 'Columns and checks', Content: ColumnsTab },
  { tab: 'lineage', word: 'Lineage', Content: LineageTab },
  { tab: 'metrics', word: 'Metrics', Content: MetricsTab },
  { tab: 'releases', word: 'Runs and releases', Content: ReleasesTab },
  { tab: 'code', word: 'Code', Content: CodeTab },
] as const

/** One asset: how it stands and what readers see, then its rows, checks, lineage, metrics, history and code. */
export function AssetPage() {
  const { name } = useParams({ from: '/assets/$name' })
  const { data, error, refetch } = useQuery(assetQuery(name))
  if (data) return <Loaded key={name} detail={data} />
  return (
    <>
      <PageTitle title={name} heading={<Mono>{name}</Mono>} />
      {error instanceof ApiProblem && error.status === 404 ? (
        <Empty title={`There is no asset called ${name}.`}>
          {error.hint || 'It may have been renamed or taken out of the project.'}{' '}
          <Link to="/assets">All assets</Link>
        </Empty>
      ) : error ? (
        <ErrorState error={error} what="This asset" onRetry={() => void refetch()} />
      ) : (
        <>
          <TextSkeleton lines={5} />
          <div className={classes.waiting}>
            <BlockSkeleton height={420} />
          </div>
        </>
      )}
    </>
  )
}

function Loaded({ detail }: Readonly<{ detail: AssetDetail }>) {
  const { tab } = useSearch({ from: '/assets/$name' })
  const navigate = useNavigate({ from: '/assets/$name' })
  const shown = TABS.find((one) => one.tab === tab) ?? TABS[0]
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen tab is found in the page
  useEffect(() => {
    // On a narrow screen the chosen tab may be beyond the edge.
    const chosen = list.current?.querySelector<HTMLElement>('[data-active]')
    if (chosen && list.current) list.current.scrollLeft = chosen.offsetLeft - 40
  }, [shown.tab])
  return (
    <>
      <AssetHead detail={detail} />
      <Tabs
        value={shown.tab}
        onChange={(next) => void navigate({ search: next === null || next === 'data' ? {} : { tab: next } })}
        keepMounted={false}
        className={classes.tabs}
      >
        <Tabs.List ref={list} className={classes.tabList} aria-label={`About ${detail.asset}`}>
          {TABS.map((one) => (
            <Tabs.Tab key={one.tab} value={one.tab}>
              {one.word}
              <Count of={countFor(one.tab, detail)} />
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(({ tab: value, Content }) => (
          <Tabs.Panel key={value} value={value} pt={16}>
            <Content detail={detail} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}

function Count({ of }: Readonly<{ of: number | null }>): ReactNode {
  return of === null || of === 0 ? null : <span className={classes.count}> {of}</span>
}

function countFor(tab: string, detail: AssetDetail): number | null {
  if (tab === 'columns') return detail.columns.length
  if (tab === 'lineage') return detail.inputs.length + detail.readers.length
  return null
}
