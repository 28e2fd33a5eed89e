import type { CheckResult } from '../../../../src/domain/check.js'
import type { StepRecord } from '../../../../src/domain/run.js'
import { Mono } from '../../parts/mono.js'
import { State } from '../../parts/state.js'
import { checkEffect } from '../../words/judged-again.js'
import { count, exact, percent } from '../../words/numbers.js'
import classes from './run.module.css'
import { SampleRows } from './sample-rows.js'

const TENANTS = 5

/** The checks of a step, failed ones first and with their sample rows. */
export function CheckList({ step }: Readonly<{ step: StepRecord }>) {
  if (step.checks.length === 0) return null
  const failed = step.checks.filter(({ status }) => status !== 'passed')
  const passed = step.checks.filter(({ status }) => status === 'passed')
  return (
    <>
      {failed.map((check) => (
        <Failed key={check.check} check={check} judgedRelease={step.judgedRelease} />
      ))}
      {passed.length === 0 ? null : (
        <details className={classes.passed}>
          <summary>
            <State of="passed" word={`${count(passed.length, 'check')} passed`} />
          </summary>
          <ul>
            {passed.map(({ check, message }) => (
              <li key={check}>
                <Mono>{check}</Mono> <span className="soft">{message}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

type FailedProps = Readonly<{ check: CheckResult; judgedRelease: number | null }>

function Failed({ check, judgedRelease }: FailedProps) {
  const { check: name, status, severity, message, failedRows, rows, fraction, samples, tenants } = check
  return (
    <div className={classes.check}>
      <div className={classes.checkHead}>
        <State of={status} />
        <Mono>{name}</Mono>
        <span className="soft">{severity}</span>
      </div>
      <div>{message}</div>
      {rows > 0 && failedRows > 0 ? (
        <div className="soft">
          {percent(fraction)} of {exact(rows)} rows
          {tenants.length === 0 ? '' : `; most of them: ${tenantWords(tenants)}`}.
        </div>
      ) : null}
      <div className="soft">{checkEffect(check, judgedRelease)}</div>
      <SampleRows samples={samples} check={name} failedRows={failedRows} />
    </div>
  )
}

function tenantWords(tenants: CheckResult['tenants']): string {
  const worst = [...tenants]
    .sort((a, b) => b.failedRows - a.failedRows)
    .filter(({ failedRows }) => failedRows > 0)
  const words = worst.slice(0, TENANTS).map(({ tenant, failedRows }) => `${tenant} (${exact(failedRows)})`)
  const more = worst.length - words.length
  return `${words.join(', ')}${more > 0 ? ` and ${count(more, 'more tenant')}` : ''}`
}
