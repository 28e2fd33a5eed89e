import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { UseQueryResult } from '@tanstack/react-query'
import type { Silence } from '../../../../src/domain/alert.js'
import { useUnsilence } from '../../api/mutations.js'
import { ApiProblem } from '../../api/problem.js'
import { Ago, Moment } from '../../parts/ago.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { Mono } from '../../parts/mono.js'
import { TableSkeleton } from '../../parts/skeletons.js'
import { KIND_WORDS } from '../../words/alert-words.js'
import classes from './alerts.module.css'

type Props = Readonly<{ query: UseQueryResult<readonly Silence[]>; onSilence: () => void }>

/** What nobody is told for a while, by whom and why. */
export function Silences({ query: { data, error, refetch }, onSilence }: Props) {
  if (data === undefined) {
    return error ? (
      <ErrorState error={error} what="The silences" onRetry={() => void refetch()} />
    ) : (
      <TableSkeleton rows={3} height={60} />
    )
  }
  if (data.length === 0) {
    return (
      <>
        <Empty title="Nothing is silenced: every alert is sent.">
          A silence keeps messages about some assets back for a while, for work that is planned. The alerts
          stand here all the same.
        </Empty>
        <Button variant="default" mt={12} onClick={onSilence}>
          Silence some assets
        </Button>
      </>
    )
  }
  return (
    <ul className={classes.list}>
      {data.map((silence) => (
        <SilenceRow key={silence.id} silence={silence} />
      ))}
    </ul>
  )
}

function SilenceRow({ silence }: Readonly<{ silence: Silence }>) {
  const { id, assets, kind, until, by, reason, createdAt } = silence
  const end = useUnsilence()
  const stop = () =>
    end.mutate(id, {
      onError: (error) =>
        notifications.show({
          title: 'The silence was not ended',
          message: error instanceof ApiProblem ? `${error.message} ${error.hint}` : String(error),
          color: 'red',
        }),
    })
  return (
    <li className={classes.silence}>
      <div className={classes.words}>
        <div>
          {assets === '*' ? 'Every asset' : <Mono>{assets}</Mono>}
          {kind === null ? ', every kind of alert' : ` · ${KIND_WORDS[kind]}`}
        </div>
        <div>{reason}</div>
        <div className="soft">
          By {by}, <Ago at={createdAt} />. Until <Moment at={until} />, <Ago at={until} />.
        </div>
      </div>
      <Button
        variant="default"
        size="xs"
        loading={end.isPending}
        onClick={stop}
        aria-label={`End the silence of ${assets}`}
      >
        End it
      </Button>
    </li>
  )
}
