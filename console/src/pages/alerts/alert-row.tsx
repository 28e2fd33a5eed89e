import { Link } from '@tanstack/react-router'
import type { Alert } from '../../../../src/domain/alert.js'
import { Ago } from '../../parts/ago.js'
import { AssetLink, Mono } from '../../parts/mono.js'
import { State } from '../../parts/state.js'
import { KIND_WORDS } from '../../words/alert-words.js'
import { afterName, withoutName } from '../../words/next-steps.js'
import { count } from '../../words/numbers.js'
import classes from './alerts.module.css'

/** One alert in a list, with those it caused below. */
export function AlertRow({ alert, caused }: Readonly<{ alert: Alert; caused: readonly Alert[] }>) {
  const { id, state, kind, severity, asset, title, effect, since, occurrences, silencedUntil, resolvedAt } =
    alert
  return (
    <li className={classes.alert}>
      <div className={classes.state}>
        <State of={state} />
        <span className={classes.severity}>{severity}</span>
      </div>
      <div className={classes.words}>
        <div className={classes.about}>
          {KIND_WORDS[kind]}
          {asset === null ? null : (
            <>
              {' · '}
              <AssetLink asset={asset} />
            </>
          )}
        </div>
        <Link to="/alerts/$id" params={{ id: String(id) }} className={classes.title}>
          {withoutName(title, asset)}
        </Link>
        {effect === '' ? null : <div className={classes.effect}>{effect}</div>}
        {caused.length === 0 ? null : (
          <ul className={classes.caused}>
            {caused.map((one) => (
              <li key={one.id}>
                <Link to="/alerts/$id" params={{ id: String(one.id) }}>
                  {one.asset === null ? one.title : <Mono>{one.asset}</Mono>}
                </Link>
                <span className="soft">{one.asset === null ? '' : afterName(one.title, one.asset)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className={classes.when}>
        <span>
          {resolvedAt === null ? 'began ' : 'resolved '}
          <Ago at={resolvedAt ?? since} />
        </span>
        {occurrences > 1 ? <span>seen {count(occurrences, 'time')}</span> : null}
        {silencedUntil === null || state === 'resolved' ? null : (
          <span>
            silenced, ends <Ago at={silencedUntil} />
          </span>
        )}
      </div>
    </li>
  )
}
