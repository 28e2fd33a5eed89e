import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReportRecord } from '../../../../src/app/api/shapes.js'
import { ApiProblem } from '../../api/problem.js'
import { reportHtmlQuery } from '../../api/queries.js'
import { Ago } from '../../parts/ago.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { BlockSkeleton } from '../../parts/skeletons.js'
import { State } from '../../parts/state.js'
import { bytes } from '../../words/numbers.js'
import { canBeOpened, REPORT_STATES, recordWords, renderCommand } from './report-words.js'
import classes from './reports.module.css'

const VIEW_HEIGHT = 760

/** The HTML as the customer gets it, in a frame that runs no script and reaches nothing of the console. */
export function ReportView({ record }: Readonly<{ record: ReportRecord }>) {
  const { report, tenant, period, status, release, at, bytes: size } = record
  const { data, error, refetch } = useQuery({
    ...reportHtmlQuery(report, tenant, period),
    enabled: canBeOpened(record),
  })
  const missing = error instanceof ApiProblem && error.status === 404
  return (
    <>
      <div className={classes.about}>
        <State of={REPORT_STATES[status]} filled />
        <span>
          {recordWords(record)}{' '}
          <span className="soft">
            {release > 0 ? `From release ${release}, ` : ''}
            <Ago at={at} />
            {size > 0 ? `, ${bytes(size)}` : ''}.
          </span>
        </span>
        {data === undefined ? null : (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDownload size={15} />}
            onClick={() => download(data, `${report}-${tenant ?? 'all'}-${period}.html`)}
          >
            Download
          </Button>
        )}
      </div>
      {!canBeOpened(record) || missing ? (
        <Empty title="There is no page to open." command={renderCommand(report, tenant, period)}>
          Nothing was written for this period. The command tries again.
        </Empty>
      ) : error ? (
        <ErrorState error={error} what="The page" onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <BlockSkeleton height={VIEW_HEIGHT} />
      ) : (
        <iframe
          className={classes.view}
          title={`${report} of ${tenant ?? 'everybody'} for ${period}`}
          sandbox=""
          referrerPolicy="no-referrer"
          srcDoc={data}
          style={{ height: VIEW_HEIGHT }}
        />
      )}
    </>
  )
}

function download(html: string, name: string): void {
  const address = URL.createObjectURL(new Blob([html], { type: 'text/html' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
