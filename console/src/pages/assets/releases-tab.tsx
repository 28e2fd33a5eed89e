import { Link } from '@tanstack/react-router'
import type { AssetDetail } from '../../../../src/app/api/shapes.js'
import type { DeliveryRecord } from '../../../../src/domain/delivery.js'
import { Ago, Moment } from '../../parts/ago.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { Empty } from '../../parts/empty.js'
import { Mono, RunLink } from '../../parts/mono.js'
import { Duration, Rows } from '../../parts/numbers.js'
import { Section } from '../../parts/page-title.js'
import { State } from '../../parts/state.js'
import { count, exact } from '../../words/numbers.js'
import { duration } from '../../words/time.js'
import classes from './tabs.module.css'

/** What became of the asset in every run, what was released, and whether it reached where it is delivered to. */
export function ReleasesTab({ detail }: Readonly<{ detail: AssetDetail }>) {
  return (
    <>
      {detail.deliveryRecords.length > 0 || detail.deliveries.length > 0 ? (
        <Section title="Deliveries">
          <Deliveries detail={detail} />
        </Section>
      ) : null}
      <Section
        title="Steps, newest first"
        aside={
          detail.steps.length > 0 ? (
            <Link to="/runs" search={{ asset: detail.asset }}>
              All its runs
            </Link>
          ) : null
        }
      >
        <Steps detail={detail} />
      </Section>
      <Section title="Releases, newest first">
        <Releases detail={detail} />
      </Section>
    </>
  )
}

function Steps({ detail: { steps, asset } }: Readonly<{ detail: AssetDetail }>) {
  if (steps.length === 0) {
    return (
      <Empty
        title="Every run’s step of this asset appears here, with why it ran."
        command={`millrace run --select ${asset}`}
      />
    )
  }
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label="Steps, newest first">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">When</th>
            <th scope="col">Run</th>
            <th scope="col">Why</th>
            <th scope="col" data-align="right">
              Rows
            </th>
            <th scope="col" data-align="right">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.run}>
              <td>
                <State of={step.status} />
              </td>
              <td>
                <Moment at={step.startedAt} />
              </td>
              <td>
                <Link to="/runs/$run" params={{ run: String(step.run) }} search={{ asset }}>
                  {step.run}
                </Link>
              </td>
              <td className={classes.reason}>
                {step.reason}
                {step.error ? (
                  <span className={classes.problem}>
                    {step.error.message} <span className="soft">{step.error.hint}</span>
                  </span>
                ) : null}
                {step.attempts > 1 ? <span className="soft"> Tried {step.attempts} times.</span> : null}
              </td>
              <td data-align="right">
                <Rows value={step.rows} />
              </td>
              <td data-align="right">
                <Duration value={step.durationMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Releases({ detail: { releases } }: Readonly<{ detail: AssetDetail }>) {
  if (releases.length === 0) {
    return <Empty title="Releases appear here.">None yet: no reader sees a row of this asset.</Empty>
  }
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label="Releases, newest first">
        <thead>
          <tr>
            <th scope="col">Release</th>
            <th scope="col">When</th>
            <th scope="col">From</th>
            <th scope="col" data-align="right">
              Rows
            </th>
          </tr>
        </thead>
        <tbody>
          {releases.map(({ release, run, at, rows }, index) => (
            <tr key={release}>
              <td>
                {release}
                {index === 0 ? <span className={classes.mark}>readers see this</span> : null}
              </td>
              <td>
                <Ago at={at} />
              </td>
              <td>
                <RunLink run={run} />
              </td>
              <td data-align="right">
                <Rows value={rows} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Deliveries({ detail }: Readonly<{ detail: AssetDetail }>) {
  if (detail.deliveryRecords.length === 0) {
    return <Empty title="Nothing was delivered yet.">The first release is carried out at once.</Empty>
  }
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label="Deliveries">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">To</th>
            <th scope="col">Shows</th>
            <th scope="col">Last carried</th>
          </tr>
        </thead>
        <tbody>
          {detail.deliveryRecords.map((record) => (
            <tr key={record.delivery}>
              <td>
                <State of={record.status} />
              </td>
              <td>
                {record.connection} <Mono>{record.target}</Mono>
              </td>
              <td>{showsWords(record)}</td>
              <td>
                {record.error ? (
                  <span className={classes.problem}>{record.error}</span>
                ) : (
                  <span className="soft">{carriedWords(record)}</span>
                )}
                {record.status === 'delivered' ? null : (
                  <div className={classes.below}>
                    <CopyCommand command={`millrace run --select ${detail.asset}`} />
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function showsWords({ delivered, wanted }: DeliveryRecord): string {
  if (delivered === 0) return `nothing yet; release ${wanted} is to come`
  return delivered === wanted ? `release ${delivered}` : `release ${delivered}; release ${wanted} is to come`
}

function carriedWords({ inserted, updated, deleted, durationMs, attempts }: DeliveryRecord): string {
  const changes = [
    inserted > 0 ? `${exact(inserted)} new` : '',
    updated > 0 ? `${exact(updated)} changed` : '',
    deleted > 0 ? `${exact(deleted)} removed` : '',
  ].filter(Boolean)
  const rows = changes.length === 0 ? 'no row differed' : changes.join(', ')
  return `${rows}, in ${duration(durationMs)}${attempts > 1 ? `, ${count(attempts, 'attempt')}` : ''}`
}
