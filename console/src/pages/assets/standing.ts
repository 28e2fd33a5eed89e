import type { Alert, AssetDetail, AssetSummary } from '../../../../src/app/api/shapes.js'
import { putRight, readersHaveSeen } from '../../words/judged-again.js'

type Standing = Pick<AssetSummary, 'health' | 'release' | 'latest'> & Pick<AssetDetail, 'steps'>

/**
 * What readers see, in one sentence with the moment left to the caller: "Readers see release 811", and whether it is
 * what they should see.
 */
export function readersSee({ health, release, latest, steps }: Standing): string {
  if (release === null) {
    return latest === null
      ? 'Never run: readers see nothing yet'
      : 'Nothing was released: readers see nothing yet'
  }
  if (isSeenAlready(health, steps)) return readersHaveSeen(release)
  return health === 'fresh' ? `Readers see release ${release}` : `Readers still see release ${release}`
}

/** True where what is held is out already: a changed check refused the released rows. */
const isSeenAlready = (health: AssetSummary['health'], [latest]: AssetDetail['steps']): boolean =>
  health === 'held' && latest?.status === 'held' && latest.judgedRelease !== null

/** Why the asset stands as it does; empty where it is as it should be. */
export function whyNot({ health, steps, latest }: Pick<AssetDetail, 'health' | 'steps' | 'latest'>): string {
  switch (health) {
    case 'held':
    case 'failed':
      return whyStep(steps[0]) || (latest?.reason ?? '')
    case 'late':
      return latest?.status === 'skipped' && latest.reason !== ''
        ? `Not built: ${withoutDot(latest.reason)}.`
        : 'It should have been released again by now.'
    case 'never':
    case 'fresh':
      return ''
  }
}

/** What the failing checks say of a held step, what broke a failed one, why a skipped one was skipped. */
function whyStep(step: AssetDetail['steps'][number] | undefined): string {
  if (step === undefined) return ''
  if (step.status === 'held') {
    return [
      ...step.checks
        .filter(({ status, onFail }) => status !== 'passed' && onFail === 'block')
        .map(({ message, check }) => `${withoutDot(message)} (check ${check}).`),
      putRight(step.judgedRelease),
    ]
      .filter((sentence) => sentence !== '')
      .join(' ')
  }
  return step.error ? step.error.message : step.reason
}

const withoutDot = (text: string): string => text.replace(/\.$/, '')

/** What an alert says; only its number and state where the sentence above it says the same already. */
export function alertWords({ id, state, kind, title }: Alert, why: string): string {
  const saidAlready = why !== '' && (kind === 'held' || kind === 'failed')
  return saidAlready ? `Alert ${id}, ${state}` : title
}

/** "app: insights.traffic_hourly" of `marts.traffic_hourly>app:insights.traffic_hourly`. */
export function deliveryTarget(delivery: string): Readonly<{ connection: string; target: string }> {
  const rest = delivery.slice(delivery.indexOf('>') + 1)
  const colon = rest.indexOf(':')
  return { connection: rest.slice(0, Math.max(0, colon)), target: rest.slice(colon + 1) }
}
