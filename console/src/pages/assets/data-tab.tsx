import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { AssetDetail } from '../../../../src/app/api/shapes.js'
import { ApiProblem } from '../../api/problem.js'
import { previewQuery } from '../../api/queries.js'
import { Ago } from '../../parts/ago.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { TableSkeleton } from '../../parts/skeletons.js'
import { count, exact } from '../../words/numbers.js'
import { rowsAsCsv } from './rows-as-csv.js'
import { RowsTable } from './rows-table.js'
import classes from './tabs.module.css'

const PREVIEW_ROWS = 1_000

/** Rows as readers see them now: never those of a candidate. */
export function DataTab({ detail }: Readonly<{ detail: AssetDetail }>) {
  const { asset, release } = detail
  const { data, error, refetch } = useQuery({
    ...previewQuery(asset, PREVIEW_ROWS),
    enabled: release !== null,
  })
  if (release === null || (error instanceof ApiProblem && error.code === 'ASSET_NOT_RELEASED')) {
    return (
      <Empty title="Released rows appear here." command={`millrace run --select ${asset}`}>
        Nothing of {asset} was released yet, so no reader sees a row of it.
      </Empty>
    )
  }
  if (error) return <ErrorState error={error} what="The rows" onRetry={() => void refetch()} />
  if (!data) return <TableSkeleton rows={12} height={34} />
  return (
    <>
      <div className={classes.bar}>
        <span className="soft">
          {data.truncated
            ? `The first ${exact(data.rows.length)} of ${detail.rows === null ? 'more rows' : count(detail.rows, 'row')}`
            : count(data.rows.length, 'row')}
          , released <Ago at={detail.releasedAt} />.
        </span>
        <CopyButton
          value={rowsAsCsv(
            data.columns.map(({ name }) => name),
            data.rows,
          )}
          timeout={2_000}
        >
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              onClick={copy}
            >
              {copied ? `${count(data.rows.length, 'row')} copied` : 'Copy as CSV'}
            </Button>
          )}
        </CopyButton>
      </div>
      {data.rows.length === 0 ? (
        <Empty title={`${asset} is released and has no rows.`}>
          Its columns are {data.columns.map(({ name }) => name).join(', ')}.
        </Empty>
      ) : (
        <RowsTable
          label={`Released rows of ${asset}`}
          columns={data.columns}
          rows={data.rows}
          keys={detail.key}
        />
      )}
      <div className={classes.below}>
        <CopyCommand command={`millrace query "select * from ${asset} limit 100"`} />
      </div>
    </>
  )
}
