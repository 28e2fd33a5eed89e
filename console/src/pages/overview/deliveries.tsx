import type { Overview } from '../../../../src/app/api/shapes.js'
import { Section } from '../../parts/page-title.js'
import { State } from '../../parts/state.js'
import { exact } from '../../words/numbers.js'
import classes from './overview.module.css'

const STATES = ['refused', 'held', 'waiting'] as const

/** Whether what is released is also carried to where it is read. */
export function Deliveries({ deliveries }: Readonly<{ deliveries: Overview['deliveries'] }>) {
  const { total, delivered } = deliveries
  const never = total - delivered - STATES.reduce((sum, state) => sum + deliveries[state], 0)
  const words =
    delivered === total
      ? total === 1
        ? 'The one delivery shows the last release'
        : `All ${exact(total)} show the last release`
      : `${exact(delivered)} of ${exact(total)} show the last release`
  return (
    <Section title="Deliveries">
      <div className={classes.list}>
        {total === 0 ? (
          <p className={classes.none}>
            No asset is delivered: a <code>deliver:</code> line in its header does it.
          </p>
        ) : (
          <div className={classes.line}>
            {delivered > 0 ? <State of="delivered" word={words} /> : null}
            {STATES.map((state) =>
              deliveries[state] > 0 ? (
                <State key={state} of={state} word={`${exact(deliveries[state])} ${state}`} />
              ) : null,
            )}
            {never > 0 ? <State of="never" word={`${exact(never)} will carry a first release`} /> : null}
          </div>
        )}
      </div>
    </Section>
  )
}
