import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import type { RunDetail, Trouble } from '../../../../src/app/api/shapes.js'
import { overviewQuery, runQuery } from '../../api/queries.js'
import { Moment } from '../../parts/ago.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { useNow } from '../../parts/now.js'
import { PageTitle } from '../../parts/page-title.js'
import { BlockSkeleton, TextSkeleton } from '../../parts/skeletons.js'
import { State } from '../../parts/state.js'
import { runSentence, worstStep } from '../../words/run-words.js'
import { GanttView } from './gantt.js'
import { RunLog } from './log.js'
import { RunOutcome } from './outcome.js'
import classes from './run.module.css'
import { RunActions } from './run-actions.js'
import { StepPanel } from './step-panel.js'

/** One run: its steps over time, what one of them found, its log, what it released and delivered. */
export function RunPage() {
  const params = useParams({ from: '/runs/$run' })
  const number = Number(params.run)
  const { data, error, refetch } = useQuery({ ...runQuery(number), enabled: Number.isSafeInteger(number) })
  if (!Number.isSafeInteger(number)) return <NoNumber text={params.run} />
  if (data) return <Known key={number} detail={data} />
  return error ? (
    <>
      <PageTitle title={`Run ${number}`} />
      <ErrorState error={error} what={`Run ${number}`} onRetry={() => void refetch()} />
    </>
  ) : (
    <>
      <PageTitle title={`Run ${number}`} lead={<TextSkeleton lines={1} />} />
      <BlockSkeleton height={380} />
    </>
  )
}

function Known({ detail }: Readonly<{ detail: RunDetail }>) {
  const { asset } = useSearch({ from: '/runs/$run' })
  const { run } = detail
  const opened = asset ?? worstStep(detail)
  return (
    <>
      <PageTitle
        title={`Run ${run.run}`}
        heading={
          <span className={classes.heading}>
            Run {run.run} <State of={run.status} filled />
          </span>
        }
        lead={<Lead detail={detail} />}
      >
        <RunActions detail={detail} />
      </PageTitle>
      <GanttView detail={detail} opened={opened} />
      {opened === null ? null : <StepPanel detail={detail} asset={opened} />}
      <RunOutcome detail={detail} />
      <RunLog detail={detail} />
    </>
  )
}

function Lead({ detail }: Readonly<{ detail: RunDetail }>) {
  const now = useNow()
  const { startedAt, trigger } = detail.run
  return (
    <>
      <div>
        {runSentence(detail, now)} Began <Moment at={startedAt} />
        {trigger === '' ? '' : ', started by '}
        {trigger}.
      </div>
      <Readers run={detail.run.run} />
    </>
  )
}

const BROKEN: ReadonlySet<Trouble['kind']> = new Set(['held', 'failed', 'delivery'])

/** What customers see meanwhile, said by the overview for the troubles that came from this run. */
function Readers({ run }: Readonly<{ run: number }>) {
  const { data } = useQuery({
    ...overviewQuery(),
    select: ({ troubles }) =>
      troubles.filter(({ kind, run: cause, readers }) => cause === run && readers !== '' && BROKEN.has(kind)),
  })
  const said = [...new Set(data?.map(({ readers }) => readers))]
  return said.map((readers) => (
    <div key={readers} className={classes.readers}>
      {readers}
    </div>
  ))
}

function NoNumber({ text }: Readonly<{ text: string }>) {
  return (
    <>
      <PageTitle title="No such run" />
      <Empty title={`“${text}” is no run: runs are numbers.`}>The list of runs has them all.</Empty>
    </>
  )
}
