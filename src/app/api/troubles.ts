import type { MillraceError } from '../../base/errors.js'
import { unreachable } from '../../base/errors.js'
import type { Alert } from '../../domain/alert.js'
import type { AssetName } from '../../domain/asset.js'
import type { CheckResult } from '../../domain/check.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { StepRecord } from '../../domain/run.js'
import type { Graph } from '../../graph/order.js'
import { descendants } from '../../graph/reach.js'
import { roughly, some } from './duration-words.js'
import { clockTime, deliveriesBelow, type Moments, readersSee } from './readers-see.js'
import type { Trouble } from './shapes.js'
import type { AssetStanding } from './standings.js'

export type TroubleEvidence = Readonly<{
  standings: readonly AssetStanding[]
  /** Full records of the latest steps that were held or failed. */
  steps: ReadonlyMap<AssetName, StepRecord & { run: number }>
  graph: Graph
  deliveries: readonly DeliveryRecord[]
  /** Open root alerts. */
  alerts: readonly Alert[]
  broken: MillraceError | null
  moments: Moments
}>

/** Worst first: what is wrong for customers before what is late, what is late before what is only unusual. */
const ORDER: readonly Trouble['kind'][] = ['failed', 'held', 'delivery', 'late', 'project', 'report', 'alert']

/**
 * What needs somebody. What stands still only because of something above it is counted there and is no trouble of
 * its own; an alert about a trouble that is listed anyway belongs to it.
 */
export function findTroubles(evidence: TroubleEvidence): readonly Trouble[] {
  const found = [
    ...evidence.standings.flatMap((standing) => assetTrouble(standing, evidence)),
    ...evidence.deliveries.flatMap((record) => deliveryTrouble(record, evidence)),
    ...projectTrouble(evidence),
  ]
  const told = found.map((trouble) => withAlert(trouble, evidence.alerts))
  const listed = new Set(told.flatMap(({ alert }) => (alert === null ? [] : [alert])))
  const rest = evidence.alerts.filter((alert) => alert.state !== 'pending' && !listed.has(alert.id))
  return [...told, ...rest.map(alertTrouble)].sort((a, b) => weight(a, evidence) - weight(b, evidence))
}

function weight(trouble: Trouble, { deliveries, graph }: TroubleEvidence): number {
  const kind = ORDER.indexOf(trouble.kind) * 2
  if (trouble.asset === null || !graph.has(trouble.asset)) return kind + 1
  const below = descendants(graph, [trouble.asset])
  return kind + (deliveriesBelow(trouble.asset, below, deliveries).length > 0 ? 0 : 1)
}

function assetTrouble(standing: AssetStanding, evidence: TroubleEvidence): Trouble[] {
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
  if (kind === 'held' && step && !check) return []
  const text = kind === 'held' ? (check?.message ?? standing.latest?.reason) : step?.error?.message
  return [
    {
      kind,
      asset: name,
      text: sentenceStart(`${text ?? standing.latest?.reason ?? ''}${behind(standing, evidence)}`),
      readers: seenBelow(standing, evidence),
      run: standing.latest?.run ?? null,
      alert: null,
      next: kind === 'held' ? `millrace check ${name} --rows` : `millrace run --select ${name}+`,
    },
  ]
}

/** The check that holds a step; none where it only stays back with another. */
function blocking({ checks }: StepRecord): CheckResult | undefined {
  const failed = checks.filter(({ status, onFail }) => status !== 'passed' && onFail === 'block')
  return failed.sort((a, b) => b.failedRows - a.failedRows)[0]
}

/** "; 3 assets wait for it". */
function behind({ asset, latest }: AssetStanding, { graph, standings }: TroubleEvidence): string {
  const below = descendants(graph, [asset.name])
  const waiting = standings.filter(
    (other) =>
      below.has(other.asset.name) && other.latest?.run === latest?.run && other.latest?.status === 'skipped',
  )
  if (waiting.length === 0) return ''
  return `; ${some(waiting.length, 'asset waits', 'assets wait')} for it`
}

/** What is late because something above it was held or failed is told there. */
function lateTrouble(standing: AssetStanding, evidence: TroubleEvidence): Trouble[] {
  if (standing.latest?.status === 'skipped') return []
  const { now } = evidence.moments
  const since = standing.lateSince ?? now
  return [
    {
      kind: 'late',
      asset: standing.asset.name,
      text: `${roughly(now - since)} late; it was due at ${clockTime(since, evidence.moments)}`,
      readers: seenBelow(standing, evidence),
      run: standing.latest?.run ?? null,
      alert: null,
      next: `millrace run --select ${standing.asset.name}`,
    },
  ]
}

function seenBelow(
  { asset, released }: AssetStanding,
  { graph, deliveries, moments }: TroubleEvidence,
): string {
  const below = descendants(graph, [asset.name])
  return readersSee(
    {
      release: released?.release ?? null,
      releasedAt: released?.releasedAt ?? null,
      deliveries: deliveriesBelow(asset.name, below, deliveries),
    },
    moments,
  )
}

function deliveryTrouble(record: DeliveryRecord, { moments }: TroubleEvidence): Trouble[] {
  const { asset, target, status, error, wanted, delivered } = record
  if (status === 'delivered') return []
  // A first try that has not been made yet is no trouble.
  if (status === 'waiting' && record.attempts === 0) return []
  return [
    {
      kind: 'delivery',
      asset,
      text: `${target} should show release ${wanted} and shows ${delivered === 0 ? 'nothing yet' : delivered}: ${error ?? reasonOf(status)}`,
      readers: readersSee({ release: delivered, releasedAt: null, deliveries: [record] }, moments),
      run: null,
      alert: null,
      next: status === 'held' ? `millrace check ${asset} --rows` : `millrace run --select ${asset}`,
    },
  ]
}

function reasonOf(status: 'waiting' | 'refused' | 'held'): string {
  switch (status) {
    case 'held':
      return 'a check held the delivery'
    case 'refused':
      return 'the target refused it'
    case 'waiting':
      return 'it is tried again with the next run'
    default:
      return unreachable(status)
  }
}

function projectTrouble({ broken }: TroubleEvidence): Trouble[] {
  if (!broken) return []
  return [
    {
      kind: 'project',
      asset: null,
      text: `The project on disk cannot be loaded: ${broken.message}`,
      readers: 'The last good project runs on; readers see nothing of the edit.',
      run: null,
      alert: null,
      next: 'millrace plan',
    },
  ]
}

/** The kinds of alert that tell the same as a trouble. */
const SAME: Readonly<Record<Trouble['kind'], readonly Alert['kind'][]>> = {
  failed: ['failed'],
  held: ['held'],
  late: ['late', 'freshness', 'never_started'],
  delivery: ['delivery'],
  project: ['project'],
  report: ['report'],
  alert: [],
}

function withAlert(trouble: Trouble, alerts: readonly Alert[]): Trouble {
  const same = alerts.find(({ asset, kind }) => asset === trouble.asset && SAME[trouble.kind].includes(kind))
  return same ? { ...trouble, alert: same.id } : trouble
}

const alertTrouble = ({ id, kind, asset, title, effect, next, run }: Alert): Trouble => ({
  kind: kind === 'report' ? 'report' : 'alert',
  asset,
  text: title,
  readers: effect,
  run,
  alert: id,
  next,
})

const sentenceStart = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
