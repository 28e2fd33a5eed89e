import { folderOf } from '../pages/assets/catalogue.js'
import type { Graph } from './neighbourhood.js'

/** What is drawn for an asset, or for many of one folder together. `side` keeps what is above apart from what is below. */
export type DrawnNode =
  | Readonly<{ kind: 'asset'; id: string; asset: string; side: number }>
  | Readonly<{
      kind: 'folder'
      id: string
      folder: string
      assets: readonly string[]
      side: number
      part: boolean
    }>

/** `reads`: how many of the edges between single assets this one stands for. */
export type DrawnEdge = Readonly<{ id: string; from: string; to: string; reads: number; tone: EdgeTone }>

/** `into`: leads to what broke. `behind`: what broke is upstream, so older rows are read. */
export type EdgeTone = 'into' | 'behind' | 'plain'

export type Drawing = Readonly<{ nodes: readonly DrawnNode[]; edges: readonly DrawnEdge[] }>

/** Beyond so many nodes a picture says nothing; the rest is drawn as folders. */
export const MOST_NODES = 60

/** An opened folder shows so many of its assets; the rest stays together. */
const MOST_OF_FOLDER = 40

type Request = Readonly<{
  graph: Graph
  /** Assets to show, with their side: hops from the focus, all 0 in a picture of the whole project. */
  shown: ReadonlyMap<string, number>
  /** Never collapsed. */
  focus: string | null
  openFolders: ReadonlySet<string>
  broken: ReadonlySet<string>
  /** Collapse every folder that is not opened, not only where there are too many nodes. */
  folded: boolean
  /** Edges between single assets to draw, as `from→to`; null: all. */
  only?: ReadonlySet<string> | null
}>

/** Assets and folders to draw, and the edges between them. */
export function drawingOf(request: Request): Drawing {
  const nodes = nodesOf(request)
  return { nodes, edges: edgesBetween(nodes, request) }
}

function nodesOf({ shown, focus, openFolders, broken, folded }: Request): readonly DrawnNode[] {
  const groups = grouped(shown, focus)
  let count = shown.size
  // The largest first: the fewest folders are closed for the picture to fit.
  const bySize = [...groups].sort(([, a], [, b]) => b.assets.length - a.assets.length)
  const nodes: DrawnNode[] = focus !== null && shown.has(focus) ? [assetNode(focus, 0)] : []
  for (const [id, { folder, side, assets }] of bySize) {
    const open = openFolders.has(folder)
    if (open || assets.length === 1) {
      const { single, rest } = openedFolder(assets, broken)
      nodes.push(...single.map((asset) => assetNode(asset, shown.get(asset) ?? side)))
      if (rest.length > 0) nodes.push({ kind: 'folder', id, folder, assets: rest, side, part: true })
      count -= rest.length > 0 ? rest.length - 1 : 0
    } else if (folded || count > MOST_NODES) {
      nodes.push({ kind: 'folder', id, folder, assets, side, part: false })
      count -= assets.length - 1
    } else {
      nodes.push(...assets.map((asset) => assetNode(asset, shown.get(asset) ?? side)))
    }
  }
  return nodes.sort((a, b) => a.id.localeCompare(b.id))
}

const assetNode = (asset: string, side: number): DrawnNode => ({ kind: 'asset', id: asset, asset, side })

type Group = Readonly<{ folder: string; side: number; assets: string[] }>

function grouped(shown: ReadonlyMap<string, number>, focus: string | null): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>()
  for (const [asset, hops] of shown) {
    if (asset === focus) continue
    const folder = folderOf(asset)
    const side = Math.sign(hops)
    const id = `folder:${side}:${folder}`
    const group = groups.get(id)
    if (group) group.assets.push(asset)
    else groups.set(id, { folder, side, assets: [asset] })
  }
  return groups
}

/** What is broken is always among those shown singly. */
function openedFolder(
  assets: readonly string[],
  broken: ReadonlySet<string>,
): Readonly<{ single: readonly string[]; rest: readonly string[] }> {
  if (assets.length <= MOST_OF_FOLDER + 1) return { single: assets, rest: [] }
  const sorted = [...assets].sort(
    (a, b) => Number(broken.has(b)) - Number(broken.has(a)) || a.localeCompare(b),
  )
  return { single: sorted.slice(0, MOST_OF_FOLDER), rest: sorted.slice(MOST_OF_FOLDER) }
}

function edgesBetween(
  nodes: readonly DrawnNode[],
  { graph, broken, only = null }: Request,
): readonly DrawnEdge[] {
  const nodeOf = new Map<string, string>()
  for (const node of nodes) {
    for (const asset of node.kind === 'asset' ? [node.asset] : node.assets) nodeOf.set(asset, node.id)
  }
  const behind = downstreamOf(graph, broken)
  const edges = new Map<string, { from: string; to: string; reads: number; tone: EdgeTone }>()
  for (const [asset, to] of nodeOf) {
    for (const input of graph.get(asset)?.inputs ?? []) {
      const from = nodeOf.get(input)
      if (from === undefined || from === to || (only && !only.has(`${input}→${asset}`))) continue
      const tone = toneOf(input, asset, broken, behind)
      const known = edges.get(`${from}→${to}`)
      if (known) {
        known.reads++
        known.tone = worse(known.tone, tone)
      } else edges.set(`${from}→${to}`, { from, to, reads: 1, tone })
    }
  }
  return [...edges].map(([id, edge]) => ({ id, ...edge }))
}

function toneOf(
  from: string,
  to: string,
  broken: ReadonlySet<string>,
  behind: ReadonlySet<string>,
): EdgeTone {
  if (broken.has(to)) return 'into'
  return broken.has(from) || behind.has(from) ? 'behind' : 'plain'
}

const TONES: readonly EdgeTone[] = ['into', 'behind', 'plain']
const worse = (a: EdgeTone, b: EdgeTone): EdgeTone => (TONES.indexOf(a) <= TONES.indexOf(b) ? a : b)

/** Everything that reads what broke, directly or not. */
export function downstreamOf(graph: Graph, broken: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = [...broken]
  for (let asset = waiting.pop(); asset !== undefined; asset = waiting.pop()) {
    for (const reader of graph.get(asset)?.readers ?? []) {
      if (found.has(reader)) continue
      found.add(reader)
      waiting.push(reader)
    }
  }
  return found
}
