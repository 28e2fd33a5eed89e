import { Button, Tabs } from '@mantine/core'
import { IconBellOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { alertsQuery, silencesQuery } from '../../api/queries.js'
import { Empty } from '../../parts/empty.js'
import { ErrorState } from '../../parts/error-state.js'
import { PageTitle } from '../../parts/page-title.js'
import { TableSkeleton } from '../../parts/skeletons.js'
import { grouped } from '../../words/alert-words.js'
import { ALERT_FILTERS, type AlertFilterName } from './alert-filters.js'
import { AlertRow } from './alert-row.js'
import classes from './alerts.module.css'
import { SilenceDialog } from './silence-dialog.js'
import { Silences } from './silences.js'

/** What somebody was told, one message for each root cause, and what nobody is told. */
export function Alerts() {
  const { view } = useSearch({ from: '/alerts' })
  const navigate = useNavigate({ from: '/alerts' })
  const [silencing, setSilencing] = useState(false)
  const silences = useQuery(silencesQuery())
  const number = silences.data?.length ?? 0
  return (
    <>
      <PageTitle
        title="Alerts"
        lead="One for each root cause; what it broke further on hangs below it. Only these are sent."
      >
        <Button variant="default" leftSection={<IconBellOff size={16} />} onClick={() => setSilencing(true)}>
          Silence
        </Button>
      </PageTitle>
      <Tabs
        value={view ?? 'alerts'}
        onChange={(next) =>
          void navigate({
            search: (before) => ({
              ...before,
              view: next === 'silences' ? ('silences' as const) : undefined,
            }),
          })
        }
        keepMounted={false}
      >
        <Tabs.List mb={12}>
          <Tabs.Tab value="alerts">Alerts</Tabs.Tab>
          <Tabs.Tab value="silences">Silences{number > 0 ? ` (${number})` : ''}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="alerts">
          <AlertList />
        </Tabs.Panel>
        <Tabs.Panel value="silences">
          <Silences query={silences} onSilence={() => setSilencing(true)} />
        </Tabs.Panel>
      </Tabs>
      <SilenceDialog opened={silencing} onClose={() => setSilencing(false)} assets="*" kind={null} />
    </>
  )
}

function AlertList() {
  const search = useSearch({ from: '/alerts' })
  const navigate = useNavigate({ from: '/alerts' })
  const chosen: AlertFilterName =
    ALERT_FILTERS.find(({ states }) => states.join(',') === search.states)?.name ?? 'Open'
  const states = ALERT_FILTERS.find(({ name }) => name === chosen)!.states
  const { data, error, refetch } = useQuery(alertsQuery(states, search.asset ?? null))
  return (
    <>
      <fieldset className={classes.filters}>
        <legend className="visually-hidden">State</legend>
        {ALERT_FILTERS.map((filter) => (
          <button
            key={filter.name}
            type="button"
            aria-pressed={filter.name === chosen}
            className={classes.filter}
            onClick={() =>
              void navigate({
                search: (before) => ({
                  ...before,
                  states: filter.name === 'Open' ? undefined : filter.states.join(','),
                }),
                replace: true,
              })
            }
          >
            {filter.name}
          </button>
        ))}
        {search.asset === undefined ? null : (
          <button
            type="button"
            className={classes.filter}
            onClick={() => void navigate({ search: (before) => ({ ...before, asset: undefined }) })}
          >
            {search.asset} ×<span className="visually-hidden"> take this filter away</span>
          </button>
        )}
      </fieldset>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} what="The alerts" onRetry={() => void refetch()} />
        ) : (
          <TableSkeleton rows={5} height={76} />
        )
      ) : data.length === 0 ? (
        <NoAlerts chosen={chosen} />
      ) : (
        <ul className={classes.list}>
          {grouped(data).map(({ alert, caused }) => (
            <AlertRow key={alert.id} alert={alert} caused={caused} />
          ))}
        </ul>
      )}
    </>
  )
}

function NoAlerts({ chosen }: Readonly<{ chosen: AlertFilterName }>) {
  return chosen === 'Open' ? (
    <Empty title="No open alerts.">
      An alert comes when a run fails, is held, is late or never begins, or when a number leaves its usual
      band. Usual bands need some history first.
    </Empty>
  ) : (
    <Empty title="No alert fits this filter." />
  )
}
