import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReportSummary } from '../../../../src/app/api/shapes.js'
import { reportsQuery } from '../../api/queries.js'
import { Ago } from '../../parts/ago.js'
import { DataTable, type TableColumn } from '../../parts/data-table.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { Mono } from '../../parts/mono.js'
import { PageTitle } from '../../parts/page-title.js'
import { TableSkeleton } from '../../parts/skeletons.js'
import { State } from '../../parts/state.js'
import { latestState, latestWords, madeForWords, plainTitle, reportSchedule } from './report-words.js'
import classes from './reports.module.css'

/** What customers get: every report, for whom, when, and how its last rendering went. */
export function Reports() {
  const { data, error, refetch } = useQuery(reportsQuery())
  return (
    <>
      <PageTitle title="Reports" lead="What customers get, each made of their own rows only." />
      {error && !data ? (
        <ErrorState error={error} what="The reports" onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <TableSkeleton rows={3} height={52} />
      ) : data.length === 0 ? (
        <Empty title="Reports appear here." command="millrace report NAME">
          A report is a Markdown file in reports/ with SQL and charts, made for each tenant and period. Once
          there is one, the command renders it.
        </Empty>
      ) : (
        <DataTable
          label="Reports"
          columns={COLUMNS}
          rows={data}
          rowKey={({ report }) => report}
          rowHeight={52}
        />
      )}
    </>
  )
}

const COLUMNS: readonly TableColumn<ReportSummary>[] = [
  {
    key: 'state',
    title: 'Latest',
    width: '150px',
    cell: ({ latest }) => {
      const state = latestState(latest)
      return <State of={state.of} word={state.word} />
    },
  },
  {
    key: 'report',
    title: 'Report',
    cell: ({ report, title, latest }) => (
      <div className={classes.name}>
        <Link to="/reports/$name" params={{ name: report }} className={classes.title}>
          {plainTitle(title, report)}
        </Link>
        <span className="soft">
          <Mono>{report}</Mono>
          <span className={classes.narrow}>{latest ? ` · ${latest.period}` : ''}</span>
        </span>
      </div>
    ),
  },
  { key: 'period', title: 'Period', width: '210px', from: 720, cell: (report) => <Latest report={report} /> },
  { key: 'for', title: 'Made for', width: '180px', from: 900, cell: madeForWords },
  {
    key: 'when',
    title: 'When',
    width: '250px',
    from: 1000,
    cell: ({ schedule, nextTick }) => (
      <span>
        {reportSchedule(schedule)}
        {nextTick === null ? null : (
          <span className="soft">
            , next <Ago at={nextTick} />
          </span>
        )}
      </span>
    ),
  },
]

function Latest({ report: { latest } }: Readonly<{ report: ReportSummary }>) {
  if (latest === null) return <span className="soft">never rendered</span>
  return (
    <div className={classes.name}>
      <span>
        {latest.period} <span className="soft">·</span> <Ago at={latest.at} />
      </span>
      <span className="soft">{latestWords(latest)}</span>
    </div>
  )
}
