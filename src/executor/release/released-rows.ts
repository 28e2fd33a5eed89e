import type { Rows } from '../../adapters/engines/engine.js'
import type { Asset } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import type { Project } from '../../domain/project.js'
import { parametersOf } from '../build/build-sql.js'

/** What a released asset's name means inside a workspace. A view is its statement: names in it stay the workspace's. */
export function releasedRows(asset: Asset, state: AssetState, project: Project): Rows {
  return asset.materialize === 'view' && asset.body.kind === 'sql'
    ? { kind: 'statement', sql: asset.body.text, parameters: parametersOf(asset, project) }
    : { kind: 'relation', relation: state.relation ?? asset.name, columns: state.columns }
}
