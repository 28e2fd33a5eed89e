import type { CheckResult } from '../../../src/domain/check.js'
import type { StepRecord } from '../../../src/domain/run.js'
import { shellWord } from './shell.js'

type Judging = Pick<StepRecord, 'asset' | 'checks' | 'judgedRelease'>

const OF_A_CANDIDATE: Readonly<Record<CheckResult['onFail'], string>> = {
  block: 'The candidate is held; readers keep the last good release.',
  hold_delivery: 'Released in the warehouse, not delivered.',
  quarantine: 'These rows are set aside; the rest is released.',
  continue: 'The rows are released all the same.',
}

/** What a failed check did: to a candidate, or to rows that are out already and were judged again by a changed check. */
export function checkEffect({ onFail }: Pick<CheckResult, 'onFail'>, judgedRelease: number | null): string {
  if (judgedRelease === null) return OF_A_CANDIDATE[onFail]
  const since = `${readersHaveSeen(judgedRelease)}.`
  switch (onFail) {
    case 'block':
      return `${since} What reads them is not built, and nothing more of them is delivered.`
    case 'hold_delivery':
      return `${since} What is not delivered yet waits.`
    case 'quarantine':
    case 'continue':
      return `${since} They stay, and go on to what reads them.`
  }
}

export const readersHaveSeen = (release: number): string =>
  `Readers have seen these rows since release ${release}`

/** How held rows are put right; empty for a candidate, which nobody has seen: its next build may be another one. */
export const putRight = (judgedRelease: number | null): string =>
  judgedRelease === null ? '' : 'Correct the rows or the check, then run it again.'

/** Lets the rows of a held step pass this once; null where no check of its own holds it. What waited for them is built with them. */
export function acceptCommand({ asset, checks }: Judging): string | null {
  const blocking = checks.filter(({ status, onFail }) => status !== 'passed' && onFail === 'block')
  if (blocking.length === 0) return null
  return `millrace run --select ${asset}+ --accept ${shellWord(blocking.map(({ check }) => check).join(','))}`
}
