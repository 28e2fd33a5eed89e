import { Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReportRecord } from '../../../../src/app/api/shapes.js'
import { State } from '../../parts/state.js'
import { wordOf } from '../../words/states.js'
import type { ReportGrid } from './report-grid.js'
import { REPORT_STATES, recordWords } from './report-words.js'
import classes from './reports.module.css'

type Props = Readonly<{ grid: ReportGrid; chosen: ReportRecord | null; forEachTenant: boolean }>

/** A row a tenant, a column a period; a cell opens that rendering below. */
export function ReportTable({ grid: { periods, rows }, chosen, forEachTenant }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className={classes.grid} aria-label="Renderings by tenant and period" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{forEachTenant ? 'Tenant' : 'Report'}</th>
            {periods.map((period) => (
              <th key={period} scope="col">
                {period}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ tenant, cells }) => (
            <tr key={tenant ?? ''}>
              <th scope="row">{tenant ?? 'Everybody'}</th>
              {cells.map((record, index) => (
                <td key={periods[index]} data-chosen={(record !== null && record === chosen) || undefined}>
                  {record === null ? (
                    <span className="soft">–</span>
                  ) : (
                    <Cell record={record} chosen={record === chosen} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cell({ record, chosen }: Readonly<{ record: ReportRecord; chosen: boolean }>) {
  const { report, tenant, period, status } = record
  const state = REPORT_STATES[status]
  return (
    <Tooltip label={recordWords(record)} openDelay={150} multiline maw={360}>
      <Link
        to="/reports/$name"
        params={{ name: report }}
        search={{ ...(tenant === null ? {} : { tenant }), period }}
        resetScroll={false}
        className={classes.cell}
        aria-label={`${tenant ?? 'Everybody'}, ${period}: ${wordOf(state)}`}
        aria-current={chosen || undefined}
      >
        <State of={state} />
      </Link>
    </Tooltip>
  )
}
