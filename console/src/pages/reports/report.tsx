import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { ReportDetail, ReportRecord } from '../../../../src/app/api/shapes.js'
import { ApiProblem } from '../../api/problem.js'
import { reportQuery } from '../../api/queries.js'
import { Ago } from '../../parts/ago.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { AssetLink, Mono } from '../../parts/mono.js'
import { PageTitle, Section } from '../../parts/page-title.js'
import { TableSkeleton } from '../../parts/skeletons.js'
import { StateIcon } from '../../parts/state.js'
import { count } from '../../words/numbers.js'
import { RenderNow } from './render-now.js'
import { type ReportGrid, reportGrid } from './report-grid.js'
import { ReportTable } from './report-table.js'
import { ReportView } from './report-view.js'
import { madeForWords, plainTitle, renderCommand, reportSchedule } from './report-words.js'
import classes from './reports.module.css'

const MOST_PERIODS = 12

/** One report: how every tenant's rendering of each period went, and the page itself as the customer gets it. */
export function ReportPage() {
  const { name } = useParams({ from: '/reports/$name' })
  const { data, error, refetch } = useQuery(reportQuery(name))
  if (data) return <Report key={name} detail={data} />
  return (
    <>
      <PageTitle title={name} />
      {error instanceof ApiProblem && error.status === 404 ? (
        <Empty title={`There is no report called ${name}.`}>
          {error.hint} <Link to="/reports">All reports</Link>
        </Empty>
      ) : error ? (
        <ErrorState error={error} what="This report" onRetry={() => void refetch()} />
      ) : (
        <TableSkeleton rows={6} />
      )}
    </>
  )
}

function Report({ detail }: Readonly<{ detail: ReportDetail }>) {
  const { tenant, period } = useSearch({ from: '/reports/$name' })
  const grid = useMemo(() => reportGrid(detail.records, MOST_PERIODS), [detail.records])
  const chosen = chosenRecord(detail, grid, tenant, period)
  return (
    <>
      <PageTitle title={plainTitle(detail.title, detail.report)} lead={<Lead detail={detail} />}>
        <RenderNow detail={detail} tenant={tenant ?? null} period={period ?? null} />
      </PageTitle>
      <Mistakes detail={detail} />
      {detail.records.length === 0 ? (
        <Empty
          title="Rendered reports appear here, a column a period."
          command={renderCommand(detail.report, null, null)}
        >
          Nothing was rendered yet. The command renders the last {detail.period} that is over
          {detail.forEachTenant ? ' for every tenant' : ''}.
        </Empty>
      ) : (
        <>
          <Section
            title={detail.forEachTenant ? 'By tenant and period' : 'By period'}
            aside={detail.forEachTenant ? count(grid.rows.length, 'tenant') : null}
          >
            <ReportTable grid={grid} chosen={chosen} forEachTenant={detail.forEachTenant} />
          </Section>
          {chosen ? (
            <Section
              title={detail.forEachTenant ? 'As the customer gets it' : 'As it is sent'}
              aside={<Chooser detail={detail} grid={grid} chosen={chosen} />}
            >
              <ReportView record={chosen} />
            </Section>
          ) : null}
        </>
      )}
    </>
  )
}

function Lead({ detail }: Readonly<{ detail: ReportDetail }>) {
  return (
    <>
      Made for {madeForWords(detail)}, {reportSchedule(detail.schedule)}
      {detail.nextTick === null ? '' : ', next '}
      {detail.nextTick === null ? null : <Ago at={detail.nextTick} />}. Reads{' '}
      {detail.inputs.map((asset, index) => (
        <span key={asset}>
          {index > 0 ? ', ' : ''}
          <AssetLink asset={asset} />
        </span>
      ))}
      {detail.inputs.length === 0 ? 'no asset' : ''}. Written in <Mono>{detail.file}</Mono>.
    </>
  )
}

/** What is wrong in the file, with its place: while it stands, the last good output stays. */
function Mistakes({ detail: { diagnostics } }: Readonly<{ detail: ReportDetail }>) {
  if (diagnostics.length === 0) return null
  return (
    <ul className={classes.mistakes}>
      {diagnostics.map(({ code, severity, file, line, message, hint }) => (
        <li key={`${code}:${file}:${line}`}>
          <StateIcon of={severity} />
          <span>
            <Mono>{`${file}:${line}`}</Mono> {message} <span className="soft">{hint}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

function Chooser({
  detail,
  grid,
  chosen,
}: Readonly<{ detail: ReportDetail; grid: ReportGrid; chosen: ReportRecord }>) {
  const navigate = useNavigate({ from: '/reports/$name' })
  const tenants = grid.rows.flatMap(({ tenant }) => (tenant === null ? [] : [tenant]))
  return (
    <span className={classes.chooser}>
      {detail.forEachTenant && tenants.length > 1 ? (
        <Select
          size="xs"
          aria-label="Tenant"
          data={tenants}
          value={chosen.tenant}
          onChange={(next) =>
            next &&
            void navigate({
              search: { tenant: next, period: chosen.period },
              replace: true,
              resetScroll: false,
            })
          }
          allowDeselect={false}
          searchable
          limit={50}
        />
      ) : null}
      <Select
        size="xs"
        aria-label="Period"
        data={[...grid.periods]}
        value={chosen.period}
        onChange={(next) =>
          next &&
          void navigate({
            search: { ...(chosen.tenant === null ? {} : { tenant: chosen.tenant }), period: next },
            replace: true,
            resetScroll: false,
          })
        }
        allowDeselect={false}
      />
    </span>
  )
}

/** What the address asks for; otherwise the first of the newest period. */
function chosenRecord(
  { forEachTenant }: ReportDetail,
  { periods, rows }: ReportGrid,
  tenant: string | undefined,
  period: string | undefined,
): ReportRecord | null {
  const row = rows.find((one) => !forEachTenant || tenant === undefined || one.tenant === tenant)
  if (!row) return null
  const asked = period === undefined ? -1 : periods.indexOf(period)
  return (asked >= 0 ? row.cells[asked] : row.cells.find((cell) => cell !== null)) ?? null
}
