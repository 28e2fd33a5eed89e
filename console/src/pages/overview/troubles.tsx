import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Overview, Trouble } from '../../../../src/app/api/shapes.js'
import { AssetLink, RunLink } from '../../parts/mono.js'
import { NextSteps } from '../../parts/next-steps.js'
import { State } from '../../parts/state.js'
import { withoutName } from '../../words/next-steps.js'
import { exact } from '../../words/numbers.js'
import type { AnyState } from '../../words/states.js'
import classes from './overview.module.css'

/** Troubles before somebody asks for the rest; the worst come first, and the strip stays in sight. */
const FIRST = 4

const STATES: Readonly<Record<Trouble['kind'], { of: AnyState; word?: string }>> = {
  held: { of: 'held' },
  failed: { of: 'failed' },
  late: { of: 'late' },
  delivery: { of: 'waiting', word: 'Delivery' },
  project: { of: 'broken', word: 'Project' },
  report: { of: 'held', word: 'Report' },
  alert: { of: 'firing', word: 'Alert' },
}

/** What needs somebody, worst first: what it is, what customers see, why, and the command that helps. */
export function Troubles({ overview }: Readonly<{ overview: Overview }>) {
  const [whole, setWhole] = useState(false)
  const { troubles } = overview
  if (troubles.length === 0) return null
  // One more than fits is shown instead of a button that says so.
  const shown = whole || troubles.length <= FIRST + 1 ? troubles : troubles.slice(0, FIRST)
  const hidden = troubles.length - shown.length
  return (
    <ul className={classes.troubles} id="troubles" aria-label="What needs somebody">
      {shown.map((trouble) => (
        <TroubleRow key={`${trouble.kind} ${trouble.asset} ${trouble.text}`} trouble={trouble}>
          {trouble.kind === 'project' ? <Mistakes overview={overview} /> : null}
        </TroubleRow>
      ))}
      {hidden > 0 ? (
        <li className={classes.moreTroubles}>
          <button type="button" onClick={() => setWhole(true)}>
            Show {exact(hidden)} more
          </button>
        </li>
      ) : null}
    </ul>
  )
}

function TroubleRow({ trouble, children }: Readonly<{ trouble: Trouble; children: React.ReactNode }>) {
  const { kind, asset, text, readers, run, alert, next } = trouble
  const said = withoutName(text, asset)
  return (
    <li className={classes.trouble} data-kind={kind}>
      <div className={classes.troubleState}>
        <State {...STATES[kind]} />
      </div>
      <div className={classes.troubleWords}>
        <div>
          {asset === null || said.startsWith(asset) ? null : (
            <>
              <AssetLink asset={asset} /> ·{' '}
            </>
          )}
          {said}
        </div>
        {readers === '' ? null : <div className={classes.readers}>{readers}</div>}
        {children}
      </div>
      <div className={classes.troubleNext}>
        <span className={classes.why}>
          {run === null || run === 0 ? null : (
            <RunLink run={run} step={asset}>
              {kind === 'late' ? 'Last run' : 'Why: run'} {run}
            </RunLink>
          )}
          {alert === null ? null : (
            <Link to="/alerts/$id" params={{ id: String(alert) }}>
              Alert {alert}
            </Link>
          )}
        </span>
        <NextSteps next={next} />
      </div>
    </li>
  )
}

function Mistakes({ overview }: Readonly<{ overview: Overview }>) {
  return (
    <ul className={classes.mistakes}>
      {overview.projectState.diagnostics.map(({ code, file, line, message, hint }) => (
        <li key={`${file}:${line} ${code} ${message}`}>
          <code>
            {file}:{line}
          </code>{' '}
          {message} <span className="soft">{hint}</span>
        </li>
      ))}
    </ul>
  )
}
