import { Badge, Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AssetDetail } from '../../../../src/app/api/shapes.js'
import { useStartRun } from '../../api/mutations.js'
import { ApiProblem } from '../../api/problem.js'
import { Ago, Moment } from '../../parts/ago.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { AssetLink, Mono, RunLink } from '../../parts/mono.js'
import { Rows } from '../../parts/numbers.js'
import { PageTitle } from '../../parts/page-title.js'
import { State, StateIcon } from '../../parts/state.js'
import { duration } from '../../words/time.js'
import classes from './asset.module.css'
import { catchUpWords, scheduleWords } from './schedule-words.js'
import { alertWords, deliveryTarget, readersSee, whyNot } from './standing.js'

/** How the asset stands, what readers see of it, who owns it, when it runs, where it goes, and how to run it. */
export function AssetHead({ detail }: Readonly<{ detail: AssetDetail }>) {
  return (
    <>
      <PageTitle
        title={detail.asset}
        heading={<Mono>{detail.asset}</Mono>}
        lead={
          detail.description || (
            <>
              No description yet: <code>description:</code> in the header says what a row is.
            </>
          )
        }
      >
        <RunButton asset={detail.asset} />
      </PageTitle>
      <Standing detail={detail} />
      <Facts detail={detail} />
      <div className={classes.commands}>
        <CopyCommand command={`millrace run --select ${detail.asset}`} />
        {detail.health === 'held' ? <CopyCommand command={`millrace check ${detail.asset} --rows`} /> : null}
      </div>
    </>
  )
}

function Standing({ detail }: Readonly<{ detail: AssetDetail }>) {
  const why = whyNot(detail)
  const alerts = detail.alerts.filter(({ state }) => state !== 'resolved')
  return (
    <div className={classes.standing}>
      <p className={classes.sentence}>
        <State of={detail.health} filled />
        <span>
          {readersSee(detail)}
          {detail.releasedAt === null ? null : (
            <>
              {' '}
              of <Moment at={detail.releasedAt} />, <Rows value={detail.rows} />
            </>
          )}
          .
        </span>
        {why ? <span>{why}</span> : null}
        {detail.latest ? (
          <span className="soft">
            Last step <Ago at={detail.latest.at} /> in <RunLink run={detail.latest.run} />.
          </span>
        ) : null}
      </p>
      {alerts.length > 0 ? (
        <ul className={classes.alerts}>
          {alerts.map((alert) => (
            <li key={alert.id}>
              <StateIcon of={alert.state} />
              <span>
                <Link to="/alerts/$id" params={{ id: String(alert.id) }}>
                  {alertWords(alert, why).replace(/\.$/, '')}
                </Link>
                {alert.cause === null ? null : (
                  <>
                    , because of{' '}
                    <Link to="/alerts/$id" params={{ id: String(alert.cause) }}>
                      alert {alert.cause}
                    </Link>
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

function Facts({ detail }: Readonly<{ detail: AssetDetail }>) {
  const { schedule, nextTick, tags, deliveries, upstream, budgetMs, time } = detail
  return (
    <dl className={classes.facts}>
      <Fact word="Owner">{detail.owner || <span className="soft">nobody yet</span>}</Fact>
      <Fact word="Runs">
        <span title={catchUpWords(schedule)}>{scheduleWords(schedule)}</span>
        {nextTick === null ? null : (
          <span className="soft">
            , next <Ago at={nextTick} />
          </span>
        )}
      </Fact>
      <Fact word="Kind">
        {detail.kind === 'source' ? 'source' : `${KINDS[detail.kind]}, ${detail.materialize}`}
      </Fact>
      {upstream ? (
        <Fact word="Comes from">
          <Mono>{upstream}</Mono>
        </Fact>
      ) : null}
      {detail.inputs.length > 0 ? (
        <Fact word="Reads">
          <Names assets={detail.inputs} />
        </Fact>
      ) : null}
      {deliveries.length > 0 ? (
        <Fact word="Delivered to">
          {deliveries.map((delivery) => {
            const { connection, target } = deliveryTarget(delivery)
            return (
              <span key={delivery} className={classes.listed}>
                {connection} <Mono>{target}</Mono>
              </span>
            )
          })}
        </Fact>
      ) : null}
      {budgetMs === null ? null : <Fact word="Budget">{duration(budgetMs)} a step</Fact>}
      {time ? (
        <Fact word="Event time">
          <Mono>{time.column}</Mono> by {time.grain}
          {time.lookbackMs > 0 ? `, looking back ${duration(time.lookbackMs)}` : ''}
        </Fact>
      ) : null}
      {tags.length > 0 ? (
        <Fact word="Tags">
          {tags.map((tag) => (
            <Badge
              key={tag}
              variant="default"
              className={classes.tag}
              renderRoot={(props) => <Link to="/assets" search={{ tag }} {...props} />}
            >
              {tag}
            </Badge>
          ))}
        </Fact>
      ) : null}
    </dl>
  )
}

const KINDS = { sql: 'SQL', typescript: 'TypeScript' } as const

const MOST_NAMES = 4

function Names({ assets }: Readonly<{ assets: readonly string[] }>) {
  return (
    <>
      {assets.slice(0, MOST_NAMES).map((asset) => (
        <span key={asset} className={classes.listed}>
          <AssetLink asset={asset} />
        </span>
      ))}
      {assets.length > MOST_NAMES ? (
        <Link to="." search={{ tab: 'lineage' }}>
          and {assets.length - MOST_NAMES} more
        </Link>
      ) : null}
    </>
  )
}

function Fact({ word, children }: Readonly<{ word: string; children: ReactNode }>) {
  return (
    <div className={classes.fact}>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function RunButton({ asset }: Readonly<{ asset: string }>) {
  const start = useStartRun()
  const run = () =>
    start.mutate(
      { select: asset, full: false, start: null, end: null, trigger: `console: run ${asset}`, accept: [] },
      {
        onSuccess: () =>
          notifications.show({
            title: 'Asked for',
            message: `A run of ${asset} waits in the queue; this page moves as it goes on.`,
          }),
        onError: (error) =>
          notifications.show({
            color: 'red',
            autoClose: 12_000,
            title: error.message,
            message: error instanceof ApiProblem ? error.hint : '',
          }),
      },
    )
  return (
    <Button
      size="sm"
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
      loading={start.isPending}
      onClick={run}
    >
      Run
    </Button>
  )
}
