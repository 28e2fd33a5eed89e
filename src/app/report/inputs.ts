import type { Asset, AssetName } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import type { Project } from '../../domain/project.js'
import type { StepRecord } from '../../domain/run.js'
import { assetsOf, type Report } from '../../reports/report.js'

export type States = ReadonlyMap<AssetName, AssetState>

/** Assets whose rows a report shows. A view has none of its own: what it reads counts with it. */
export function shownAssets(report: Report, project: Project): Asset[] {
  return reach(assetsOf(report), project, ({ materialize }) => materialize === 'view')
}

/** Everything a report is made from, up to the sources. */
export function assetsBehind(report: Report, project: Project): ReadonlySet<AssetName> {
  return new Set(reach(assetsOf(report), project, () => true).map(({ name }) => name))
}

/** Why a report must not be made now; null if it may. */
export function holdReason(
  report: Report,
  project: Project,
  { states, latest }: Readonly<{ states: States; latest: readonly (StepRecord & { run: number })[] }>,
): string | null {
  const missing = assetsOf(report).find((asset) => (states.get(asset)?.release ?? 0) === 0)
  if (missing !== undefined) return `${missing} was never released, so there is nothing to show yet.`
  const behind = assetsBehind(report, project)
  const bad = latest.filter(
    ({ asset, status }) => behind.has(asset) && (status === 'held' || status === 'failed'),
  )
  const [first] = bad
  if (first === undefined) return null
  const more =
    bad.length > 1
      ? ` So ${bad.length === 2 ? 'is one more' : `are ${bad.length - 1} more`} asset behind it.`
      : ''
  return `${first.asset} ${first.status === 'held' ? 'is held' : 'has failed'} since run ${first.run}: ${first.reason}${/[.!]$/.test(first.reason) ? '' : '.'}${more}`
}

/** The assets and what they read, through those for which `through` holds. */
function reach(names: readonly AssetName[], project: Project, through: (asset: Asset) => boolean): Asset[] {
  const byName = new Map(project.assets.map((asset) => [asset.name, asset]))
  const found = new Map<AssetName, Asset>()
  const visit = (name: AssetName) => {
    const asset = byName.get(name)
    if (asset === undefined || found.has(name)) return
    found.set(name, asset)
    if (through(asset)) for (const input of asset.inputs) visit(input)
  }
  for (const name of names) visit(name)
  return [...found.values()]
}
