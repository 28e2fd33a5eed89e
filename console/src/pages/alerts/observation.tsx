import type { Observation } from '../../../../src/domain/alert.js'
import { metricName } from '../../charts/metric-words.js'
import { bandLayout, observationSentence, observed } from '../../words/alert-words.js'
import classes from './alerts.module.css'

/** A number against its usual band, or against the author's own limit. */
export function ObservationView({ observation }: Readonly<{ observation: Observation }>) {
  const { value, low, high, unit, metric } = observation
  const { band, value: place, from, to } = bandLayout(observation)
  return (
    <figure className={classes.observation}>
      <figcaption>
        {metricName(metric)}: {observationSentence(observation)}
      </figcaption>
      <div className={classes.axis} aria-hidden>
        {band === null ? null : (
          <span
            className={classes.band}
            style={{ left: `${band.left * 100}%`, width: `${band.width * 100}%` }}
          >
            <span>{low === null ? 'allowed' : 'usual'}</span>
          </span>
        )}
        <span className={classes.mark} style={{ left: `${place * 100}%` }} />
        <span
          className={classes.markWords}
          style={
            place > 0.6
              ? { right: `calc(${(1 - place) * 100}% + 8px)` }
              : { left: `calc(${place * 100}% + 8px)` }
          }
        >
          {observed(value, unit)}
        </span>
      </div>
      <div className={classes.ends} aria-hidden>
        <span>{observed(from, unit)}</span>
        {high === null || band === null ? null : (
          <span className={classes.high} style={{ left: `${(band.left + band.width) * 100}%` }}>
            {observed(high, unit)}
          </span>
        )}
        <span>{observed(to, unit)}</span>
      </div>
    </figure>
  )
}
