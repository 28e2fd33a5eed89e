import type { Alert } from '../../domain/alert.js'
import { assetTrouble } from './asset-troubles.js'
import { deliveryTrouble } from './delivery-trouble.js'
import type { Trouble } from './shapes.js'
import type { AssetStanding } from './standings.js'
import type { TroubleEvidence } from './trouble-evidence.js'

/** More than anybody reads. */
const MOST_TOLD = 200
/** Worst first: what is wrong for customers before what is late, what is late before what is only unusual. */
const ORDER: readonly Trouble['kind'][] = ['failed', 'held', 'delivery', 'late', 'project', 'report', 'alert']

/**
 * What needs somebody. What stands still only because of something above it is counted there and is no trouble of
 * its own; an alert about a trouble that is listed anyway belongs to it.
 */
export function findTroubles(evidence: TroubleEvidence): readonly Trouble[] {
  const found = [
    ...worst(evidence).flatMap((standing) => assetTrouble(standing, evidence)),
    ...evidence.deliveries.flatMap((record) => deliveryTrouble(record, evidence)),
    ...projectTrouble(evidence),
  ]
  const told = found.map((trouble) => withAlert(trouble, evidence.alerts))
  const listed = new Set(told.flatMap(({ alert }) => (alert === null ? [] : [alert])))
  const rest = evidence.alerts.filter((alert) => alert.state !== 'pending' && !listed.has(alert.id))
  return [...told, ...rest.map(alertTrouble)]
    .map((trouble) => ({ trouble, weight: weight(trouble, evidence) }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ trouble }) => trouble)
}

/** Assets in trouble, those first that customers wait for. The others are only counted. */
function worst({ standings, reach }: TroubleEvidence): readonly AssetStanding[] {
  const order = ['failed', 'held', 'late']
  return standings
    .flatMap((standing) => {
      const kind = order.indexOf(standing.health) * 2
      return kind < 0
        ? []
        : [{ standing, weight: kind + (reach.deliveries(standing.asset.name).length > 0 ? 0 : 1) }]
    })
    .sort((a, b) => a.weight - b.weight)
    .slice(0, MOST_TOLD)
    .map(({ standing }) => standing)
}

function weight(trouble: Trouble, { reach }: TroubleEvidence): number {
  const isDelivered = trouble.asset !== null && reach.deliveries(trouble.asset).length > 0
  return ORDER.indexOf(trouble.kind) * 2 + (isDelivered ? 0 : 1)
}

function projectTrouble({ broken }: TroubleEvidence): Trouble[] {
  if (!broken) return []
  return [
    {
      kind: 'project',
      asset: null,
      text: `The project on disk cannot be run: ${broken.message}`,
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
