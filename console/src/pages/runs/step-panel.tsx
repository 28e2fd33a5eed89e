import { useQuery } from '@tanstack/react-query'
import type { RunDetail } from '../../../../src/app/api/shapes.js'
import type { StepRecord } from '../../../../src/domain/run.js'
import { overviewQuery } from '../../api/queries.js'
import { Moment } from '../../parts/ago.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { AssetLink, Mono, RunLink } from '../../parts/mono.js'
import { Bytes, Duration, Rows } from '../../parts/numbers.js'
import { State } from '../../parts/state.js'
import { acceptCommand, putRight } from '../../words/judged-again.js'
import { count } from '../../words/numbers.js'
import { CheckList } from './checks.js'
import classes from './run.module.css'

/** One step: why it ran or did not, what it found, and what to do. */
export function StepPanel({ detail, asset }: Readonly<{ detail: RunDetail; asset: string }>) {
  const step = detail.steps.find((one) => one.asset === asset)
  const going = detail.running.find((one) => one.asset === asset)
  const waits = detail.waiting.includes(asset)
  const known = step !== undefined || going !== undefined || waits
  return (
    <section className={classes.step} aria-label={`Step ${asset}`}>
      <div className={classes.stepHead}>
        <h2 className={classes.stepName}>
          <AssetLink asset={asset} />
        </h2>
        {step ? <State of={step.status} filled /> : null}
        {going ? <State of={going.phase} filled /> : null}
        {waits ? <State of="waiting" filled /> : null}
      </div>
      {step ? <Ended step={step} run={detail.run.run} /> : null}
      {going ? (
        <p className={classes.reason}>
          Began <Moment at={going.startedAt} />
          {going.usualMs === null ? '' : '; it usually takes '}
          {going.usualMs === null ? null : <Duration value={going.usualMs} />}.
        </p>
      ) : null}
      {waits ? <WaitsFor detail={detail} asset={asset} /> : null}
      {known ? null : <p className={classes.reason}>This run had no step for it.</p>}
    </section>
  )
}

function Ended({ step, run }: Readonly<{ step: StepRecord; run: number }>) {
  const metric = (name: string) => step.metrics.find((one) => one.name === name)?.value ?? null
  return (
    <>
      <p className={classes.reason}>{step.reason}</p>
      {keptFromReaders(step) ? <Readers asset={step.asset} run={run} /> : null}
      {step.error === null ? null : <Failure error={step.error} />}
      {step.status === 'skipped' ? null : (
        <dl className={classes.facts}>
          <Fact name="Took">
            <Duration value={step.durationMs} />
          </Fact>
          {step.judgedRelease === null ? (
            <Fact name="Rows of the candidate">
              <Rows value={step.rows} none="none built" />
            </Fact>
          ) : (
            <Fact name="Judged again">the rows of release {step.judgedRelease}</Fact>
          )}
          {step.attempts > 1 ? <Fact name="Attempts">{step.attempts}</Fact> : null}
          {metric('peak_memory_bytes') === null ? null : (
            <Fact name="Most memory">
              <Bytes value={metric('peak_memory_bytes')} />
            </Fact>
          )}
          {step.ranges.length > 0 ? (
            <Fact name="Event time">
              <Moment at={step.ranges[0]!.start} /> to <Moment at={step.ranges.at(-1)!.end} />
              {step.ranges.length > 1 ? `, ${count(step.ranges.length, 'range')}` : ''}
            </Fact>
          ) : null}
        </dl>
      )}
      <CheckList step={step} />
      {step.status === 'held' ? <HeldCommands step={step} /> : null}
    </>
  )
}

/** Of rows that were released before and judged again the reason itself says what readers see. */
const keptFromReaders = ({ status, judgedRelease }: StepRecord): boolean =>
  judgedRelease === null && (status === 'held' || status === 'failed' || status === 'skipped')

function Fact({ name, children }: Readonly<{ name: string; children: React.ReactNode }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** The overview says what customers see; only while this is the run that made the trouble. */
function Readers({ asset, run }: Readonly<{ asset: string; run: number }>) {
  const { data } = useQuery({
    ...overviewQuery(),
    select: ({ troubles }) =>
      troubles.find((trouble) => trouble.asset === asset && trouble.run === run)?.readers ?? '',
  })
  return data ? <p className={classes.readers}>{data}</p> : null
}

function Failure({ error }: Readonly<{ error: NonNullable<StepRecord['error']> }>) {
  return (
    <div className={classes.failure}>
      <div>{error.message}</div>
      {error.hint === '' ? null : <div className="soft">{error.hint}</div>}
      <code className={classes.code}>{error.code}</code>
    </div>
  )
}

function HeldCommands({ step }: Readonly<{ step: StepRecord }>) {
  const accept = acceptCommand(step)
  const right = putRight(step.judgedRelease)
  return (
    <div className={classes.commands}>
      <div>
        Look at the rows: <CopyCommand command={`millrace check ${step.asset} --rows`} />
      </div>
      {right === '' ? null : (
        <div>
          {right} <CopyCommand command={`millrace run --select ${step.asset}+`} />
        </div>
      )}
      {accept === null ? null : (
        <div>
          Let them pass once: <CopyCommand command={accept} />
        </div>
      )}
      {step.candidate === null ? null : (
        <div className="soft">
          The candidate is kept as <Mono>{step.candidate}</Mono> until the asset’s next run.
        </div>
      )}
    </div>
  )
}

function WaitsFor({ detail, asset }: Readonly<{ detail: RunDetail; asset: string }>) {
  const open = new Set([...detail.waiting, ...detail.running.map((one) => one.asset)])
  const inputs = (detail.inputs[asset] ?? []).filter((input) => open.has(input))
  return (
    <p className={classes.reason}>
      {inputs.length === 0 ? 'Waits for a free place.' : 'Waits for '}
      {inputs.map((input, index) => (
        <span key={input}>
          {index > 0 ? ', ' : ''}
          <RunLink run={detail.run.run} step={input}>
            <Mono>{input}</Mono>
          </RunLink>
        </span>
      ))}
    </p>
  )
}
