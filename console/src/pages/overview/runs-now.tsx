import { useQuery } from '@tanstack/react-query'
import type { Overview, QueueEntry, RunSummary } from '../../../../src/app/api/shapes.js'
import { runQuery } from '../../api/queries.js'
import { Ago } from '../../parts/ago.js'
import { Mono, RunLink } from '../../parts/mono.js'
import { Section } from '../../parts/page-title.js'
import { RunProgress } from '../../parts/run-progress.js'
import { State } from '../../parts/state.js'
import { count, exact } from '../../words/numbers.js'
import classes from './overview.module.css'

/** Runs that go on and runs that wait. */
export function RunsNow({ overview: { running, queue } }: Readonly<{ overview: Overview }>) {
  const waiting = queue.filter(({ run }) => run === null)
  return (
    <Section title="Now">
      <div className={classes.list}>
        {running.map((run) => (
          <Going key={run.run} summary={run} />
        ))}
        {waiting.map((entry) => (
          <Waiting key={entry.ticket} entry={entry} />
        ))}
        {running.length + waiting.length === 0 ? <p className={classes.none}>Nothing runs now.</p> : null}
      </div>
    </Section>
  )
}

function Going({ summary }: Readonly<{ summary: RunSummary }>) {
  const { run, startedAt, trigger, total } = summary
  // The steps that go on stand in the run itself; live events move them there.
  const { data } = useQuery(runQuery(run))
  const done = data?.steps.length ?? Object.values(summary.steps).reduce((sum, part) => sum + part, 0)
  const passed = data?.running.filter(({ phase }) => phase === 'passed').length ?? 0
  const names = data?.running.filter(({ phase }) => phase !== 'passed').map(({ asset }) => asset) ?? []
  return (
    <div className={classes.item}>
      <div className={classes.itemHead}>
        <State of="running" word={`Run ${run}`} />
        <RunLink run={run}>{trigger || 'Open'}</RunLink>
        <span className={classes.end}>
          began <Ago at={startedAt} />
        </span>
      </div>
      <RunProgress done={done + passed} total={total} />
      <div className={classes.note}>
        {exact(done + passed)} of {count(total, 'step')} built{names.length > 0 ? ', now ' : ''}
        {names.slice(0, 3).map((name, index) => (
          <span key={name}>
            {index > 0 ? ', ' : ''}
            <Mono>{name}</Mono>
          </span>
        ))}
        {names.length > 3 ? ` and ${names.length - 3} more` : ''}
      </div>
    </div>
  )
}

/** Runs that wait, in the order they came. */
export function WaitingList({ entries }: Readonly<{ entries: readonly QueueEntry[] }>) {
  return (
    <div className={classes.list}>
      {entries.map((entry) => (
        <Waiting key={entry.ticket} entry={entry} />
      ))}
    </div>
  )
}

function Waiting({ entry: { trigger, since, waitsFor } }: Readonly<{ entry: QueueEntry }>) {
  return (
    <div className={classes.item}>
      <div className={classes.itemHead}>
        <State of="queued" />
        <span>{trigger}</span>
        <span className={classes.end}>
          asked for <Ago at={since} />
        </span>
      </div>
      {waitsFor === '' ? null : <div className={classes.note}>Waits for {waitsFor}.</div>}
    </div>
  )
}
