import type { Candidate } from '../../adapters/engines/engine.js'
import { physicalName } from '../../adapters/engines/physical-name.js'
import type { Asset } from '../../domain/asset.js'
import type { Interval } from '../../domain/interval.js'
import type { Project } from '../../domain/project.js'
import type { Parameters } from '../../sql/bind.js'
import type { RunContext } from '../context.js'

/** The vars a statement uses; `$start` and `$end` are added per range by the engine. */
export function parametersOf(asset: Asset, project: Project): Parameters {
  if (asset.body.kind !== 'sql') return {}
  return Object.fromEntries(
    asset.body.parameters.filter((name) => name in project.vars).map((name) => [name, project.vars[name]!]),
  )
}

/** The vars that its statement and the SQL of its checks use. */
export function judgeParametersOf(asset: Asset, project: Project): Parameters {
  const ofChecks = asset.checks.flatMap(({ vars }) => Object.entries(vars ?? {}))
  return { ...parametersOf(asset, project), ...Object.fromEntries(ofChecks) }
}

/** Builds the candidate of a SQL asset in the engine. */
export async function buildSql(
  asset: Asset & { body: { kind: 'sql' } },
  ranges: readonly Interval[] | null,
  context: RunContext,
  signal: AbortSignal,
): Promise<Candidate> {
  return context.workspace.build(
    {
      asset: asset.name,
      relation: physicalName(asset.name, context.run),
      sql: asset.body.text,
      parameters: parametersOf(asset, context.project),
      ...(ranges && { ranges }),
      ...(asset.time && { timeColumn: asset.time.column }),
    },
    { onProgress: (percent) => context.deps.emit({ kind: 'step-progress', asset: asset.name, percent }) },
    signal,
  )
}
