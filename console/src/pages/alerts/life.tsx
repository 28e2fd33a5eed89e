import type { Alert } from '../../../../src/domain/alert.js'
import { Moment } from '../../parts/ago.js'
import { StateIcon } from '../../parts/state.js'
import { wordOf } from '../../words/states.js'
import { duration } from '../../words/time.js'
import classes from './alerts.module.css'

/** What happened to an alert, oldest first, with the time between. */
export function Life({ alert: { events } }: Readonly<{ alert: Alert }>) {
  return (
    <ol className={classes.life}>
      {events.map(({ at, state, by, note }, index) => {
        const before = events[index - 1]
        return (
          <li key={`${at} ${state} ${note}`}>
            <span className={classes.lifeIcon}>
              <StateIcon of={state} size={18} />
            </span>
            <div>
              <div>
                <strong>{wordOf(state)}</strong>
                {by === '' ? '' : ` by ${by}`}
              </div>
              {note === '' ? null : <div className={classes.note}>{note}</div>}
              <div className="soft">
                <Moment at={at} />
                {before ? `, ${duration(at - before.at)} later` : ''}
              </div>
            </div>
          </li>
        )
      })}
    </ol>
  )
}
