import type { RunSummary } from '../../../../src/app/api/shapes.js'
import { RunProgress } from '../../parts/run-progress.js'
import { StateIcon } from '../../parts/state.js'
import { count, exact } from '../../words/numbers.js'
import { stepCounts } from '../../words/run-words.js'
import { wordOf } from '../../words/states.js'
import classes from './runs.module.css'

/** How the steps of a run ended, worst first; while it goes on, how many have. */
export function StepCounts({ summary }: Readonly<{ summary: RunSummary }>) {
  const parts = stepCounts(summary.steps)
  const done = parts.reduce((sum, [, number]) => sum + number, 0)
  if (summary.status === 'running') {
    return (
      <div className={classes.progress}>
        <RunProgress done={done} total={summary.total} />
        <span className="soft">
          {exact(done)} of {count(summary.total, 'step')}
        </span>
      </div>
    )
  }
  if (parts.length === 0) return <span className="soft">Nothing was to be done</span>
  return (
    <span className={classes.counts}>
      {parts.map(([status, number]) => (
        <span key={status} className={classes.count} data-status={status}>
          <StateIcon of={status} size={14} />
          {exact(number)} <span className={classes.word}>{wordOf(status).toLowerCase()}</span>
        </span>
      ))}
    </span>
  )
}
