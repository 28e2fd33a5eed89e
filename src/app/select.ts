import type { Asset, AssetName } from '../domain/asset.js'
import type { Project } from '../domain/project.js'
import type { Graph } from '../graph/order.js'
import { select } from '../graph/selection.js'
import { appError } from './errors.js'

/** The project's assets as a graph: name → what it reads. */
export function graphOf(project: Project): Graph {
  return new Map(project.assets.map(({ name, inputs }) => [name, inputs]))
}

/** @throws SELECTION_UNKNOWN with the nearest term that would match */
export function selectAssets(project: Project, expression: string): readonly AssetName[] {
  const tags = new Map(project.assets.map(({ name, tags }) => [name, tags]))
  const selection = select(expression, { graph: graphOf(project), tags })
  if (!selection.ok)
    throw appError('SELECTION_UNKNOWN', { selector: selection.term, nearest: selection.nearest })
  return selection.names
}

/** @throws ASSET_UNKNOWN with the nearest name */
export function assetNamed(project: Project, name: string): Asset {
  const found = project.assets.find((asset) => asset.name === name.toLowerCase())
  if (found) return found
  const tags = new Map<string, readonly string[]>()
  const selection = select(name.replaceAll('*', ''), { graph: graphOf(project), tags })
  throw appError('ASSET_UNKNOWN', { asset: name, nearest: selection.ok ? null : selection.nearest })
}
