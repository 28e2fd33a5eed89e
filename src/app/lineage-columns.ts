import type { Asset, AssetName } from '../domain/asset.js'
import type { AssetState } from '../domain/asset-state.js'
import { columnNames } from '../domain/column.js'
import type { Project } from '../domain/project.js'
import { type ColumnOrigin, columnLineage } from '../sql/column-lineage/column-lineage.js'
import type { ColumnSource } from '../sql/column-lineage/origin.js'

/**
 * A column and the columns its values come from. `source`: from outside. `same`: unchanged from the column named, or
 * from one of those named. `computed`: from all of those named, or from none. `unknown`: from those named, and maybe
 * from others; what code makes of its inputs cannot be read from it.
 */
export type LineageColumn = Readonly<{
  column: string
  /** Null before the first release, where the header does not say it. */
  type: string | null
  kind: 'source' | ColumnOrigin['kind']
  from: readonly ColumnSource[]
}>

/** Columns of assets with their origins; what was never released is followed from its inputs. */
export function lineageColumns(
  project: Project,
  states: ReadonlyMap<AssetName, AssetState>,
): (asset: Asset) => readonly LineageColumn[] {
  const assets = new Map(project.assets.map((asset) => [asset.name, asset]))
  const known = new Map<AssetName, readonly LineageColumn[]>()
  const of = (asset: Asset): readonly LineageColumn[] => {
    const found = known.get(asset.name) ?? columnsOf(asset, states.get(asset.name), namesOf)
    known.set(asset.name, found)
    return found
  }
  const namesOf = (name: AssetName): readonly string[] => {
    const released = states.get(name)?.columns ?? []
    if (released.length > 0) return columnNames(released)
    const asset = assets.get(name)
    return asset ? of(asset).map(({ column }) => column) : []
  }
  return of
}

function columnsOf(
  asset: Asset,
  state: AssetState | undefined,
  namesOf: (name: AssetName) => readonly string[],
): LineageColumn[] {
  const { body } = asset
  const released = state?.columns ?? []
  const types = new Map<string, string | undefined>(asset.columns.map(({ name, type }) => [name, type]))
  for (const { name, type } of released) types.set(name, type)
  const typed = (column: string) => types.get(column) ?? null
  if (body.kind !== 'sql') {
    const kind = body.kind === 'source' ? 'source' : 'unknown'
    const columns = released.length > 0 ? columnNames(released) : asset.columns.map(({ name }) => name)
    return columns.map((column) => ({ column, type: typed(column), kind, from: [] }))
  }
  // An asset without any column is one nothing is known of.
  const inputs = new Map(
    asset.inputs.flatMap((input) => {
      const names = namesOf(input)
      return names.length > 0 ? [[input, names] as const] : []
    }),
  )
  const outputs = released.length > 0 ? columnNames(released) : null
  return columnLineage(body.canonical, inputs, outputs).map((origin) => ({
    ...origin,
    type: typed(origin.column),
  }))
}
