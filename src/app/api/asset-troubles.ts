import { unreachable } from '../../base/errors.js'
import type { CheckResult } from '../../domain/check.js'
import type { StepRecord } from '../../domain/run.js'
import { roughly, some } from './duration-words.js'
import { clockTime, readersHaveSeen, readersSee } from './readers-see.js'
import type { Trouble } from './shapes.js'
import type { AssetStanding } from './standings.js'
import type { TroubleEvidence } from './trouble-evidence.js'

/** What is wrong with one asset; nothing where what is wrong is told of an asset above it. */
export function assetTrouble(standing: AssetStanding, evidence: TroubleEvidence): Trouble[] {
  switch (standing.health) {
    case 'failed':
    case 'held':
      return stepTrouble(standing, standing.health, evidence)
    case 'late':
      return lateTrouble(standing, evidence)
    case 'fresh':
    case 'never':
      return []
    default:
      return unreachable(standing.health)
  }
}

function stepTrouble(standing: AssetStanding, kind: 'failed' | 'held', evidence: TroubleEvidence): Trouble[] {
  const { name } = standing.asset
  const step = evidence.steps.get(name)
  const check = step && blocking(step)
  if (kind === 'held' && step && !check && hasRoot(standing, evidence)) return []
  const text = kind === 'held' ? (check?.message ?? standing.latest?.reason) : step?.error?.message
  return [
    {
      kind,
      asset: name,
      text: sentenceStart(`${text ?? standing.latest?.reason ?? ''}${behind(standing, evidence)}`),
      readers: seenBelow(standing, evidence, step?.judgedRelease != null),
      run: standing.latest?.run ?? null,
      alert: null,
      next: kind === 'held' ? `millrace check ${name} --rows` : `millrace run --select ${name}+`,
    },
  ]
}

/** True if another asset of the same run is what keeps this one back. */
function hasRoot({ asset, latest }: AssetStanding, { steps }: TroubleEvidence): boolean {
  return [...steps.values()].some(
    (other) =>
      other.asset !== asset.name &&
      other.run === latest?.run &&
      (other.status === 'failed' || blocking(other) !== undefined),
  )
}

/** The check that holds a step; none where it only stays back with another. */
function blocking({ checks }: StepRecord): CheckResult | undefined {
  const failed = checks.filter(({ status, onFail }) => status !== 'passed' && onFail === 'block')
  return failed.sort((a, b) => b.failedRows - a.failedRows)[0]
}

/** "; 3 assets wait for it". */
function behind({ asset }: AssetStanding, { reach, standings }: TroubleEvidence): string {
  const below = reach.below(asset.name)
  const waiting = standings.filter((other) => below.has(other.asset.name) && isLeftOut(other))
  if (waiting.length === 0) return ''
  return `; ${some(waiting.length, 'asset waits', 'assets wait')} for it`
}

const isLeftOut = ({ latest }: AssetStanding): boolean => latest?.status === 'skipped'

/** What is late because something above it is held or failed is told there. */
function lateTrouble(standing: AssetStanding, evidence: TroubleEvidence): Trouble[] {
  const { asset, latest, lateSince } = standing
  if (isLeftOut(standing) && evidence.reach.isBelowTrouble(asset.name)) return []
  const { moments } = evidence
  const since = lateSince ?? moments.now
  const at = clockTime(since, moments)
  const late = `${roughly(moments.now - since)} late`
  return [
    {
      kind: 'late',
      asset: asset.name,
      text: isLeftOut(standing)
        ? `${late}; it was left out at ${at}: ${latest?.reason}`
        : `${late}; it was due at ${at}`,
      readers: seenBelow(standing, evidence),
      run: latest?.run ?? null,
      alert: null,
      next: `millrace run --select ${asset.name}`,
    },
  ]
}

function seenBelow(
  { asset, released }: AssetStanding,
  { reach, moments }: TroubleEvidence,
  isSeenAlready = false,
): string {
  const seen = {
    release: released?.release ?? null,
    releasedAt: released?.releasedAt ?? null,
    deliveries: reach.deliveries(asset.name),
  }
  return isSeenAlready ? readersHaveSeen(seen, moments) : readersSee(seen, moments)
}

const sentenceStart = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
