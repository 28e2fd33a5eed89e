import type { RunDetail } from '../../../../src/app/api/shapes.js'
import type { DeliveryRecord } from '../../../../src/domain/delivery.js'
import { Moment } from '../../parts/ago.js'
import { AssetLink, Mono } from '../../parts/mono.js'
import { Duration } from '../../parts/numbers.js'
import { Section } from '../../parts/page-title.js'
import { State } from '../../parts/state.js'
import { count, exact } from '../../words/numbers.js'
import classes from './run.module.css'

/** What the run made visible, and where it was carried. */
export function RunOutcome({ detail }: Readonly<{ detail: RunDetail }>) {
  const { release, deliveries, run } = detail
  if (run.status === 'running' && release === null) return null
  return (
    <div className={classes.outcome}>
      <Section title="Released" aside={release ? <Moment at={release.at} /> : null}>
        <div className={classes.box}>
          {release === null ? (
            <p className={classes.none}>This run released nothing: readers see what they saw before.</p>
          ) : (
            <>
              <p className={classes.none}>
                Release {release.release} with {count(release.assets.length, 'asset')}, all at one moment.
              </p>
              <ul className={classes.assets}>
                {release.assets.map((asset) => (
                  <li key={asset}>
                    <AssetLink asset={asset} />
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      </Section>
      <Section title="Delivered">
        <div className={classes.box}>
          {deliveries.length === 0 ? (
            <p className={classes.none}>Nothing of this run is carried outside.</p>
          ) : (
            deliveries.map((record) => <Delivery key={record.delivery} record={record} />)
          )}
        </div>
      </Section>
    </div>
  )
}

function Delivery({ record }: Readonly<{ record: DeliveryRecord }>) {
  const { connection, target, status, delivered, wanted, error, durationMs } = record
  return (
    <div className={classes.delivery}>
      <div className={classes.deliveryHead}>
        <State of={status} />
        <Mono>{`${connection}:${target}`}</Mono>
        <span className={classes.end}>
          <Duration value={durationMs} />
        </span>
      </div>
      <div className={classes.note}>
        {status === 'delivered'
          ? `Shows release ${delivered}: ${rowChanges(record)}.`
          : `Shows ${delivered === 0 ? 'nothing yet' : `release ${delivered}`}, should show ${wanted}.`}
        {error === null ? null : <> {error}</>}
      </div>
    </div>
  )
}

function rowChanges({ inserted, updated, deleted }: DeliveryRecord): string {
  const parts = [
    [inserted, 'added'],
    [updated, 'changed'],
    [deleted, 'deleted'],
  ] as const
  const [first, ...rest] = parts.filter(([number]) => number > 0)
  if (first === undefined) return 'no row changed'
  const [number, word] = first
  return [
    `${exact(number)} ${number === 1 ? 'row' : 'rows'} ${word}`,
    ...rest.map(([n, w]) => `${exact(n)} ${w}`),
  ].join(', ')
}
