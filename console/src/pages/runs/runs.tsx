import { Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import type { RunSummary } from '../../../../src/app/api/shapes.js'
import type { RunStatus } from '../../../../src/domain/run.js'
import { queueQuery, runsQuery } from '../../api/queries.js'
import { Moment } from '../../parts/ago.js'
import { DataTable, type TableColumn } from '../../parts/data-table.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { RunLink } from '../../parts/mono.js'
import { useNow } from '../../parts/now.js'
import { Duration } from '../../parts/numbers.js'
import { PageTitle, Section } from '../../parts/page-title.js'
import { TableSkeleton } from '../../parts/skeletons.js'
import { State } from '../../parts/state.js'
import { count } from '../../words/numbers.js'
import { wordOf } from '../../words/states.js'
import { WaitingList } from '../overview/runs-now.js'
import classes from './runs.module.css'
import { StepCounts } from './step-counts.js'

const PAGE = 100
const STATUSES: readonly RunStatus[] = ['running', 'done', 'held', 'failed', 'cancelled', 'abandoned']

/** All runs, newest first. */
export function Runs() {
  const { status, asset } = useSearch({ from: '/runs' })
  const query = useInfiniteQuery(runsQuery({ status: status ?? null, asset: asset ?? null, limit: PAGE }))
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = query
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  const runs = data?.pages.flat() ?? []
  return (
    <>
      <PageTitle title="Runs" lead="Each run builds, checks, releases and delivers. Newest first." />
      <WaitingRuns />
      <Filters />
      {data === undefined ? (
        error ? (
          <ErrorState error={error} what="The list of runs" onRetry={() => void refetch()} />
        ) : (
          <TableSkeleton rows={14} height={41} />
        )
      ) : runs.length === 0 ? (
        <NoRuns filtered={status !== undefined || asset !== undefined} />
      ) : (
        <DataTable
          label="Runs, newest first"
          columns={COLUMNS}
          rows={runs}
          rowKey={({ run }) => run}
          rowHeight={41}
          onEnd={more}
        />
      )}
    </>
  )
}

/** Runs that are asked for and have not begun, each with whom it waits for. None: nothing is shown. */
function WaitingRuns() {
  const { data } = useQuery(queueQuery())
  const waiting = data?.filter(({ run }) => run === null) ?? []
  if (waiting.length === 0) return null
  return (
    <Section title="Waiting" aside={count(waiting.length, 'run')}>
      <WaitingList entries={waiting} />
    </Section>
  )
}

const COLUMNS: readonly TableColumn<RunSummary>[] = [
  { key: 'run', title: 'Run', width: '76px', cell: ({ run }) => <RunLink run={run}>{run}</RunLink> },
  { key: 'status', title: 'State', width: '124px', cell: ({ status }) => <State of={status} /> },
  {
    key: 'started',
    title: 'Began',
    width: '148px',
    from: 560,
    cell: ({ startedAt }) => <Moment at={startedAt} />,
  },
  {
    key: 'length',
    title: 'Took',
    width: '112px',
    align: 'right',
    from: 900,
    cell: (run) => <Took run={run} />,
  },
  { key: 'steps', title: 'Steps', cell: (run) => <StepCounts summary={run} /> },
  {
    key: 'release',
    title: 'Release',
    width: '84px',
    align: 'right',
    from: 900,
    cell: ({ release }) => release ?? <span className="soft">–</span>,
  },
  {
    key: 'trigger',
    title: 'Started by',
    from: 760,
    cell: ({ trigger }) => <span className={classes.trigger}>{trigger}</span>,
  },
]

function Took({ run: { startedAt, finishedAt, status } }: Readonly<{ run: RunSummary }>) {
  if (status === 'running') return <Since at={startedAt} />
  return <Duration value={finishedAt === null ? null : finishedAt - startedAt} />
}

function Since({ at }: Readonly<{ at: number }>) {
  const now = useNow()
  return <Duration value={Math.max(0, now - at)} />
}

function Filters() {
  const search = useSearch({ from: '/runs' })
  const navigate = useNavigate({ from: '/runs' })
  const [text, setText] = useState(search.asset ?? '')
  const change = (part: { status?: RunStatus | undefined; asset?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const changeAsset = useDebouncedCallback(
    (asset: string) => change({ asset: asset.trim() || undefined }),
    300,
  )
  return (
    <div className={classes.filters}>
      <Select
        aria-label="State"
        placeholder="Every state"
        clearable
        data={STATUSES.map((value) => ({ value, label: wordOf(value) }))}
        value={search.status ?? null}
        onChange={(status) => change({ status: (status as RunStatus | null) ?? undefined })}
        w={170}
      />
      <TextInput
        aria-label="Asset"
        placeholder="With this asset, by its full name"
        leftSection={<IconSearch size={15} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          changeAsset(event.currentTarget.value)
        }}
        className={classes.grow}
      />
    </div>
  )
}

function NoRuns({ filtered }: Readonly<{ filtered: boolean }>) {
  return filtered ? (
    <Empty title="No run fits these filters.">Take one away, or look for another asset.</Empty>
  ) : (
    <Empty
      title="Runs will be here, each with its steps, its log and what it released."
      command="millrace run"
    >
      With a <code>schedule:</code> in an asset’s header they begin by themselves.
    </Empty>
  )
}
