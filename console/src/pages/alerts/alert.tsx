import { Button } from '@mantine/core'
import { IconBellCheck, IconBellOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Alert } from '../../../../src/domain/alert.js'
import { type AlertWithCaused, alertQuery } from '../../api/queries.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { AssetLink, Mono, RunLink } from '../../parts/mono.js'
import { NextSteps } from '../../parts/next-steps.js'
import { useNow } from '../../parts/now.js'
import { PageTitle, Section } from '../../parts/page-title.js'
import { BlockSkeleton } from '../../parts/skeletons.js'
import { State } from '../../parts/state.js'
import { howLong, KIND_WORDS } from '../../words/alert-words.js'
import { afterName } from '../../words/next-steps.js'
import { count } from '../../words/numbers.js'
import { AcknowledgeDialog } from './acknowledge-dialog.js'
import classes from './alerts.module.css'
import { Life } from './life.js'
import { ObservationView } from './observation.js'
import { SilenceDialog } from './silence-dialog.js'

/** One alert: what happened, what customers see, what to do, and how it went on. */
export function AlertPage() {
  const params = useParams({ from: '/alerts/$id' })
  const id = Number(params.id)
  const { data, error, refetch } = useQuery({ ...alertQuery(id), enabled: Number.isSafeInteger(id) })
  if (!Number.isSafeInteger(id)) {
    return <Empty title={`“${params.id}” is no alert: alerts are numbers.`}>The list has them all.</Empty>
  }
  if (data) return <Known found={data} />
  return error ? (
    <>
      <PageTitle title={`Alert ${id}`} />
      <ErrorState error={error} what={`Alert ${id}`} onRetry={() => void refetch()} />
    </>
  ) : (
    <>
      <PageTitle title={`Alert ${id}`} />
      <BlockSkeleton height={320} />
    </>
  )
}

function Known({ found: { alert, caused } }: Readonly<{ found: AlertWithCaused }>) {
  return (
    <>
      <PageTitle title={`Alert ${alert.id}`} heading={alert.title} lead={<Lead alert={alert} />}>
        <AlertActions alert={alert} />
      </PageTitle>
      <div className={classes.columns}>
        <div>
          <Section title="What to do">
            <div className={classes.box}>
              <NextSteps next={alert.next} />
              <WhereToLook alert={alert} />
            </div>
          </Section>
          {alert.observation === null ? null : (
            <Section title="What was seen">
              <div className={classes.box}>
                <ObservationView observation={alert.observation} />
              </div>
            </Section>
          )}
          <Caused alert={alert} caused={caused} />
        </div>
        <Section title="Its life">
          <Life alert={alert} />
        </Section>
      </div>
    </>
  )
}

function Lead({ alert }: Readonly<{ alert: Alert }>) {
  const now = useNow()
  return (
    <>
      {alert.effect === '' ? null : <div className={classes.readers}>{alert.effect}</div>}
      <div className={classes.marks}>
        <State of={alert.state} filled />
        <span>{KIND_WORDS[alert.kind]}</span>
        <State of={alert.severity} />
        <span>{howLong(alert, now)}</span>
        {alert.occurrences > 1 ? <span>seen {count(alert.occurrences, 'time')}</span> : null}
      </div>
    </>
  )
}

function AlertActions({ alert }: Readonly<{ alert: Alert }>) {
  const [dialog, setDialog] = useState<'acknowledge' | 'silence' | null>(null)
  const close = () => setDialog(null)
  if (alert.state === 'resolved') return null
  return (
    <>
      {alert.state === 'acknowledged' ? null : (
        <Button leftSection={<IconBellCheck size={16} />} onClick={() => setDialog('acknowledge')}>
          Acknowledge
        </Button>
      )}
      <Button variant="default" leftSection={<IconBellOff size={16} />} onClick={() => setDialog('silence')}>
        Silence
      </Button>
      <AcknowledgeDialog alert={alert} opened={dialog === 'acknowledge'} onClose={close} />
      <SilenceDialog
        opened={dialog === 'silence'}
        onClose={close}
        assets={alert.asset ?? '*'}
        kind={alert.kind}
      />
    </>
  )
}

function WhereToLook({ alert: { run, asset, cause } }: Readonly<{ alert: Alert }>) {
  return (
    <ul className={classes.links}>
      {cause === null ? null : (
        <li>
          <Link to="/alerts/$id" params={{ id: String(cause) }}>
            Its cause: alert {cause}
          </Link>
        </li>
      )}
      {run === null ? null : (
        <li>
          <RunLink run={run} step={asset}>
            Run {run}: its steps, checks and log
          </RunLink>
        </li>
      )}
      {asset === null ? null : (
        <li>
          <AssetLink asset={asset} />
        </li>
      )}
    </ul>
  )
}

function Caused({ alert, caused }: Readonly<{ alert: Alert; caused: readonly Alert[] }>) {
  if (alert.cause !== null) return null
  return (
    <Section title="What it caused">
      {caused.length === 0 ? (
        <div className={classes.box}>Nothing else is wrong because of it.</div>
      ) : (
        <ul className={classes.list}>
          {caused.map(({ id, state, asset, title }) => (
            <li key={id} className={classes.causedRow}>
              <State of={state} />
              <div className={classes.words}>
                <Link to="/alerts/$id" params={{ id: String(id) }} className={classes.title}>
                  {asset === null ? (
                    title
                  ) : (
                    <>
                      <Mono>{asset}</Mono>
                      {afterName(title, asset)}
                    </>
                  )}
                </Link>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
