import { Link } from '@tanstack/react-router'
import type { Alert } from '../../../../src/domain/alert.js'
import { Ago } from '../../parts/ago.js'
import { Mono } from '../../parts/mono.js'
import { Section } from '../../parts/page-title.js'
import { State } from '../../parts/state.js'
import { withoutName } from '../../words/next-steps.js'
import classes from './overview.module.css'

const SHOWN = 6

/** Open alerts, one for each root cause. */
export function OpenAlerts({ alerts }: Readonly<{ alerts: readonly Alert[] }>) {
  const more = alerts.length - SHOWN
  return (
    <Section title="Open alerts" aside={<Link to="/alerts">All alerts</Link>}>
      <div className={classes.list}>
        {alerts.slice(0, SHOWN).map((alert) => (
          <div key={alert.id} className={classes.item}>
            <div className={classes.itemHead}>
              <State of={alert.state} />
              <span className={classes.end}>
                <Ago at={alert.since} />
              </span>
            </div>
            <Link to="/alerts/$id" params={{ id: String(alert.id) }} className={classes.alertTitle}>
              {alert.asset === null || alert.title.startsWith(`${alert.asset} `) ? null : (
                <>
                  <Mono>{alert.asset}</Mono> ·{' '}
                </>
              )}
              {withoutName(alert.title, alert.asset)}
            </Link>
          </div>
        ))}
        {alerts.length === 0 ? <p className={classes.none}>No open alerts.</p> : null}
        {more > 0 ? <p className={classes.none}>and {more} more</p> : null}
      </div>
    </Section>
  )
}
