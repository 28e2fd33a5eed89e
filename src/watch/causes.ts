import type { Alert, AlertKind } from '../domain/alert.js'
import type { AssetName } from '../domain/asset.js'
import type { Look } from './look.js'

/** Who reads whom, and whom the latest steps themselves blame for not having been released. */
export type Blame = Readonly<{
  inputs: ReadonlyMap<AssetName, readonly AssetName[]>
  blamed: ReadonlyMap<AssetName, AssetName>
  /** By the report's name: the asset that keeps it back. */
  reports: ReadonlyMap<string, AssetName>
  /** Sources whose latest step could not reach their connection, and that connection. */
  away: ReadonlyMap<AssetName, string>
}>

export function blameOf({ assets, latest, reports }: Look): Blame {
  const blamed = assets.flatMap(({ name }) => {
    const step = latest.get(name)
    const culprit =
      step && (step.status === 'held' || step.status === 'skipped') ? culpritOf(step.reason) : null
    return culprit === null ? [] : [[name, culprit] as const]
  })
  const away = assets.flatMap(({ name, connection }) => {
    const step = latest.get(name)
    const isAway = step?.status === 'failed' && step.error?.code === UNREACHABLE
    return isAway && connection !== null ? [[name, connection] as const] : []
  })
  const heldReports = (reports ?? []).flatMap(({ report, status, message }) => {
    const [, culprit] = status === 'held' ? (KEPT_BACK.exec(message) ?? []) : []
    return culprit === undefined ? [] : [[report, culprit] as const]
  })
  return {
    inputs: new Map(assets.map(({ name, inputs }) => [name, inputs])),
    blamed: new Map(blamed),
    reports: new Map(heldReports),
    away: new Map(away),
  }
}

/** The code of a source that cannot reach its connection. */
const UNREACHABLE = 'SOURCE_UNREACHABLE'

/** Why a report is held, in the words of the one who holds it. */
const KEPT_BACK = /^(\S+) (?:is held|has failed) since run /

/** The executor's two sentences about steps that others kept back. */
const REASONS = [/^(\S+), which it reads, (?:failed|was held|was skipped)$/, /^stays back with (\S+)$/]

function culpritOf(reason: string): AssetName | null {
  for (const pattern of REASONS) {
    const [, culprit] = pattern.exec(reason) ?? []
    if (culprit !== undefined) return culprit
  }
  return null
}

type Consequence = Readonly<{
  /** Kinds of the same asset that explain it. */
  own: readonly AlertKind[]
  /** Kinds of assets it is built from that explain it. */
  upstream: readonly AlertKind[]
}>

const NOT_RELEASED: readonly AlertKind[] = ['failed', 'held', 'never_started', 'late']

/**
 * What a kind of trouble can come from. An own failure or failing check is nobody else's: an asset does not run when
 * what it reads was not released, so its failure is of another run.
 */
const CONSEQUENCES: Readonly<Record<AlertKind, Consequence>> = {
  failed: { own: [], upstream: [] },
  held: { own: ['failed'], upstream: [] },
  never_started: { own: ['failed', 'held'], upstream: NOT_RELEASED },
  late: { own: ['failed', 'held', 'never_started'], upstream: NOT_RELEASED },
  freshness: { own: NOT_RELEASED, upstream: [...NOT_RELEASED, 'freshness'] },
  rows: { own: [], upstream: ['rows'] },
  check_value: { own: ['rows', 'held'], upstream: ['rows', 'check_value'] },
  budget: { own: [], upstream: ['rows'] },
  slow: { own: ['budget', 'rows'], upstream: ['rows'] },
  delivery: { own: ['check_value'], upstream: [] },
  report: { own: [], upstream: [] },
  project: { own: [], upstream: [] },
}

/**
 * For each open alert the alert that is its root cause, null for a root. Only alerts that people know of, firing or
 * acknowledged, are causes: nothing hangs below what nobody sees.
 */
export function findCauses(open: readonly Alert[], blame: Blame): Map<number, number | null> {
  const known = new Map<string, Alert>()
  for (const alert of open)
    if (alert.asset !== null && (alert.state === 'firing' || alert.state === 'acknowledged'))
      known.set(`${alert.kind}:${alert.asset}`, alert)
  const find = (asset: AssetName, kinds: readonly AlertKind[], not: Alert) =>
    kinds.map((kind) => known.get(`${kind}:${asset}`)).find((alert) => alert && alert.id !== not.id) ?? null
  /** All that cannot reach one connection are one trouble, under the name of the first. */
  const firstAway = (connection: string | undefined): Alert | null => {
    const alerts = [...blame.away]
      .filter(([, from]) => from === connection)
      .flatMap(([asset]) => known.get(`failed:${asset}`) ?? [])
    return alerts.sort((a, b) => a.id - b.id)[0] ?? null
  }
  const sharedCause = ({ id, kind, key, asset }: Alert): Alert | null => {
    if (kind === 'delivery') return firstAway(key.replace(/^delivery:/, ''))
    const first = kind === 'failed' && asset !== null ? firstAway(blame.away.get(asset)) : null
    return first?.id === id ? null : first
  }
  const direct = (alert: Alert): Alert | null => {
    const shared = sharedCause(alert)
    if (shared) return shared
    if (alert.asset === null) {
      const culprit = blame.reports.get(alert.key.replace(/^report:/, ''))
      return alert.kind === 'report' && culprit ? find(culprit, ['failed', 'held'], alert) : null
    }
    const { own, upstream } = CONSEQUENCES[alert.kind]
    const culprit = alert.kind === 'held' ? blame.blamed.get(alert.asset) : undefined
    return (
      (culprit === undefined ? null : find(culprit, ['failed', 'held'], alert)) ??
      find(alert.asset, own, alert) ??
      (upstream.length === 0
        ? null
        : nearestAbove(alert.asset, blame, (asset) => find(asset, upstream, alert)))
    )
  }
  return new Map(open.map((alert) => [alert.id, rootOf(alert, direct)]))
}

function rootOf(alert: Alert, direct: (alert: Alert) => Alert | null): number | null {
  const seen = new Set([alert.id])
  let root = alert
  for (let next = direct(root); next !== null; next = direct(root)) {
    // Two that blame each other are both roots.
    if (seen.has(next.id)) return null
    seen.add(next.id)
    root = next
  }
  return root.id === alert.id ? null : root.id
}

/** Breadth first upwards: what is nearest explains best. */
function nearestAbove(
  asset: AssetName,
  { inputs }: Blame,
  find: (asset: AssetName) => Alert | null,
): Alert | null {
  const seen = new Set<AssetName>([asset])
  const queue = [...(inputs.get(asset) ?? [])]
  for (const name of queue) {
    if (seen.has(name)) continue
    seen.add(name)
    const found = find(name)
    if (found) return found
    queue.push(...(inputs.get(name) ?? []))
  }
  return null
}
