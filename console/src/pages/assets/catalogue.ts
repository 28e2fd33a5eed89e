import type { AssetSummary, Health } from '../../../../src/app/api/shapes.js'

/** What of the catalogue is shown; empty texts and undefined filter nothing. */
export type CatalogueFilter = Readonly<{
  text?: string | undefined
  health?: string | undefined
  owner?: string | undefined
  tag?: string | undefined
  kind?: string | undefined
  folder?: string | undefined
}>

/** Everything before the last dot: `staging` of `staging.readings`; empty for a name without one. */
export const folderOf = (asset: string): string => asset.slice(0, Math.max(0, asset.lastIndexOf('.')))

/** `readings` of `staging.readings`. */
export const nameInFolder = (asset: string): string => asset.slice(asset.lastIndexOf('.') + 1)

/**
 * Assets that pass every filter. Each word of the text must stand in the name, description, owner or a tag, or the
 * server must have found the asset by it (`found`): only the server knows all columns.
 */
export function filterAssets(
  assets: readonly AssetSummary[],
  filter: CatalogueFilter,
  found: ReadonlySet<string> = new Set(),
): readonly AssetSummary[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return assets.filter(
    (asset) =>
      (!filter.health || asset.health === filter.health) &&
      (!filter.owner || asset.owner === filter.owner) &&
      (!filter.tag || asset.tags.includes(filter.tag)) &&
      (!filter.kind || asset.kind === filter.kind) &&
      (!filter.folder || folderOf(asset.asset) === filter.folder) &&
      (found.has(asset.asset) || says(asset, words)),
  )
}

function says(asset: AssetSummary, words: readonly string[]): boolean {
  const text = [asset.asset, asset.description, asset.owner, ...asset.tags].join('\n').toLowerCase()
  return words.every((word) => text.includes(word))
}

export type Folder = Readonly<{ folder: string; assets: readonly AssetSummary[] }>

/** Assets by folder, both by name; sources first would hide that names are looked for alphabetically. */
export function groupByFolder(assets: readonly AssetSummary[]): readonly Folder[] {
  const folders = new Map<string, AssetSummary[]>()
  for (const asset of assets) {
    const folder = folderOf(asset.asset)
    const list = folders.get(folder)
    if (list) list.push(asset)
    else folders.set(folder, [asset])
  }
  return [...folders]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([folder, list]) => ({
      folder,
      assets: list.sort((a, b) => a.asset.localeCompare(b.asset)),
    }))
}

export type CatalogueLine =
  | Readonly<{ kind: 'folder'; folder: string; total: number; troubled: number }>
  | Readonly<{ kind: 'asset'; asset: AssetSummary }>

/** Health that needs somebody. */
export const isTrouble = (health: Health): boolean =>
  health === 'held' || health === 'failed' || health === 'late'

/** The catalogue as lines to draw: a folder's head, then its assets. */
export const catalogueLines = (assets: readonly AssetSummary[]): readonly CatalogueLine[] =>
  groupByFolder(assets).flatMap(({ folder, assets: inside }): CatalogueLine[] => [
    {
      kind: 'folder',
      folder,
      total: inside.length,
      troubled: inside.filter(({ health }) => isTrouble(health)).length,
    },
    ...inside.map((asset): CatalogueLine => ({ kind: 'asset', asset })),
  ])

export type Choice = Readonly<{ value: string; count: number }>
export type Choices = Readonly<Record<'health' | 'owner' | 'tag' | 'kind' | 'folder', readonly Choice[]>>

const HEALTH_ORDER: readonly string[] = ['held', 'failed', 'late', 'never', 'fresh']

/** What can be filtered by, with how many assets each choice leaves; health with the worst first, the rest by name. */
export function choicesOf(assets: readonly AssetSummary[]): Choices {
  const byHealth = counted(assets.map(({ health }) => health))
  return {
    health: [...byHealth].sort((a, b) => HEALTH_ORDER.indexOf(a.value) - HEALTH_ORDER.indexOf(b.value)),
    owner: counted(assets.map(({ owner }) => owner)),
    tag: counted(assets.flatMap(({ tags }) => tags)),
    kind: counted(assets.map(({ kind }) => kind)),
    folder: counted(assets.map(({ asset }) => folderOf(asset))),
  }
}

function counted(values: readonly string[]): readonly Choice[] {
  const counts = new Map<string, number>()
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => a.value.localeCompare(b.value))
}
