import { type CheckResult, SEVERITIES, type Severity } from '../../domain/check.js'
import type { StepRecord } from '../../domain/run.js'
import type { Look } from '../look.js'
import { readersHaveSeen, readersSee } from '../readers-see.js'
import type { Symptom } from '../symptom.js'
import { numberText, percentText, rowsText } from '../words.js'

type Step = StepRecord & { run: number }

/** What the latest step of each asset says by itself: failed, held, not built, or released with checks that failed. */
export function stepSymptoms(look: Look): Symptom[] {
  return look.assets.flatMap(({ name }) => {
    const step = look.latest.get(name)
    return step ? symptomsOf(step, look) : []
  })
}

function symptomsOf(step: Step, look: Look): Symptom[] {
  switch (step.status) {
    case 'failed':
      return [failed(step, look)]
    case 'held':
      return [held(step, look)]
    case 'skipped':
      return [notBuilt(step, look)]
    case 'released':
    case 'unchanged':
      return step.checks
        .filter((check) => isTold(check, look.turned.get(step.asset) ?? []))
        .map((check) => passedOver(step, check))
  }
}

const about = (step: Step, look: Look) => ({
  asset: step.asset,
  effect: readersSee(step.asset, look),
  run: step.run,
  observation: null,
  confirmAfter: 1,
})

function failed(step: Step, look: Look): Symptom {
  return {
    ...about(step, look),
    key: `failed:${step.asset}`,
    kind: 'failed',
    severity: 'error',
    title: `${step.asset} failed: ${sentence(step.error?.message ?? step.reason)}`,
    next: step.error?.hint || `Look: millrace run --select ${step.asset}`,
  }
}

function held(step: Step, look: Look): Symptom {
  const blocking = step.checks.filter(({ status, onFail }) => status !== 'passed' && onFail === 'block')
  const [worst] = [...blocking].sort(
    (a, b) => rank(b.severity) - rank(a.severity) || b.failedRows - a.failedRows,
  )
  const more = blocking.length > 1 ? ` and ${numberText(blocking.length - 1)} more` : ''
  return {
    ...about(step, look),
    key: `held:${step.asset}`,
    kind: 'held',
    severity: worst?.severity ?? 'error',
    effect: step.judgedRelease === null ? readersSee(step.asset, look) : readersHaveSeen(step.asset, look),
    title: worst
      ? `${step.asset} is held: ${failing(worst)} (check ${worst.check}${more})`
      : `${step.asset} is held: ${sentence(step.reason)}`,
    next: worst
      ? `Look: millrace check ${step.asset} --rows · Let them pass once: millrace run --select ${step.asset} --accept ${blocking.map(({ check }) => check).join(',')}`
      : `Look: millrace status`,
  }
}

function notBuilt(step: Step, look: Look): Symptom {
  return {
    ...about(step, look),
    key: `held:${step.asset}`,
    kind: 'held',
    severity: 'warning',
    title: `${step.asset} was not built: ${sentence(step.reason)}`,
    next: `It is built again once that is released: millrace run --select ${step.asset}`,
  }
}

/**
 * A check of severity `error` or `critical` that fails is told whatever it does to the rows, and so is a delivery that
 * is held. A warning is told where it is news: some rows set aside in every other run are a sensor's daily life, and
 * nobody gets up for them. Their number is watched by its usual band.
 */
function isTold({ check, status, onFail, severity }: CheckResult, turned: readonly string[]): boolean {
  if (status === 'passed' || onFail === 'block') return false
  const isNews = severity === 'warning' && turned.includes(check)
  return onFail === 'hold_delivery' || isNews || rank(severity) >= rank('error')
}

function passedOver(step: Step, check: CheckResult): Symptom {
  return {
    asset: step.asset,
    run: step.run,
    observation: null,
    confirmAfter: 1,
    key: `check_value:${step.asset}:${check.check}`,
    kind: 'check_value',
    severity: check.severity,
    title: `${step.asset}: ${failing(check)} (check ${check.check})`,
    effect: EFFECTS[check.onFail],
    next: `Look: millrace check ${step.asset} --rows`,
  }
}

const EFFECTS: Readonly<Record<CheckResult['onFail'], string>> = {
  continue: 'The rows were released all the same: readers see them.',
  quarantine: 'These rows were set aside; readers see the rest.',
  hold_delivery: 'The rows are released in the warehouse, but not delivered.',
  // A held candidate is told as such; this one was let pass.
  block: 'The check was let pass: readers see the rows.',
}

function failing({ message, failedRows, rows, fraction }: CheckResult): string {
  if (message !== '') return sentence(message)
  return `${rowsText(failedRows)} of ${numberText(rows)} fail (${percentText(fraction)})`
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity)

/** Fits into a sentence: one line, no full stop at the end. */
const sentence = (text: string): string => (text.split('\n')[0] ?? '').replace(/\.$/, '')
