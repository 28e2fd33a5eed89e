import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useRef } from 'react'
import type { LiveEvent, RunDetail } from '../../../../src/app/api/shapes.js'
import { useCancelRun, useStartRun } from '../../api/mutations.js'
import { ApiProblem } from '../../api/problem.js'
import { useLiveEvent } from '../../frame/live-events.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { rerunCommand, rerunSelection } from '../../words/run-words.js'
import classes from './run.module.css'

/** Cancel while it goes on, run again once it is over; the command that does the same beside it. */
export function RunActions({ detail }: Readonly<{ detail: RunDetail }>) {
  return detail.run.status === 'running' ? <Cancel run={detail.run.run} /> : <Again detail={detail} />
}

function Cancel({ run }: Readonly<{ run: number }>) {
  const cancel = useCancelRun(run)
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerStop size={16} />}
      loading={cancel.isPending}
      onClick={() =>
        cancel.mutate(undefined, { onError: (error) => say('The run was not cancelled', error) })
      }
    >
      Cancel the run
    </Button>
  )
}

function Again({ detail }: Readonly<{ detail: RunDetail }>) {
  const start = useStartRun()
  const follow = useFollowTicket()
  const select = rerunSelection(detail)
  const broken = detail.steps.some(({ status }) => status === 'held' || status === 'failed')
  const command = rerunCommand(select)
  const begin = () =>
    start.mutate(
      { select, full: false, start: null, end: null, trigger: 'console: run again', accept: [] },
      {
        onSuccess: ({ ticket }) => {
          notifications.show({ message: 'The run is in the queue. It opens here as soon as it begins.' })
          follow(ticket)
        },
        onError: (error) => say('The run was not started', error),
      },
    )
  return (
    <span className={classes.action}>
      <Button leftSection={<IconPlayerPlay size={16} />} loading={start.isPending} onClick={begin}>
        {broken && select !== null
          ? 'Try what broke again'
          : select === null
            ? 'Run everything'
            : 'Run again'}
      </Button>
      <CopyCommand command={command} />
    </span>
  )
}

/** Opens the run of a ticket once it begins, while this page is open. It may have begun before its ticket is known here. */
function useFollowTicket(): (ticket: string) => void {
  const navigate = useNavigate()
  const begun = useRef(new Map<string, number>())
  const wanted = useRef<string | null>(null)
  const open = useCallback(() => {
    const run = wanted.current === null ? undefined : begun.current.get(wanted.current)
    if (run === undefined) return
    wanted.current = null
    void navigate({ to: '/runs/$run', params: { run: String(run) } })
  }, [navigate])
  const onEvent = useCallback(
    (event: LiveEvent) => {
      if (event.kind !== 'queue') return
      for (const { ticket, run } of event.queue) if (run !== null) begun.current.set(ticket, run)
      open()
    },
    [open],
  )
  useLiveEvent(onEvent)
  return useCallback(
    (ticket) => {
      wanted.current = ticket
      open()
    },
    [open],
  )
}

function say(title: string, error: unknown): void {
  const words = error instanceof ApiProblem ? `${error.message} ${error.hint}` : String(error)
  notifications.show({ title, message: words, color: 'red', autoClose: 12_000 })
}
