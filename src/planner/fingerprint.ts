import { digest } from '../base/digest.js'
import type { Asset, AssetName } from '../domain/asset.js'
import type { Project } from '../domain/project.js'

/**
 * Raised when the meaning of a fingerprint changes, so that an upgrade rebuilds instead of trusting rows that
 * an older Millrace would have made differently.
 */
const FINGERPRINT_FORMAT = 1

/**
 * The version of every asset: a digest of its parsed code, the settings that shape its rows, and the versions
 * of its inputs. Comments, formatting, descriptions, owners, schedules and deliveries don't count; checks count
 * only where they set rows aside. Expects `project.assets` in dependency order.
 */
export function fingerprints(project: Project): ReadonlyMap<AssetName, string> {
  const versions = new Map<AssetName, string>()
  for (const asset of project.assets) {
    const inputs = asset.inputs.map((input) => [input, versions.get(input) ?? null])
    versions.set(asset.name, digest({ format: FINGERPRINT_FORMAT, inputs, ...shape(asset, project) }))
  }
  return versions
}

function shape(asset: Asset, project: Project): Record<string, unknown> {
  return {
    timezone: project.timezone,
    materialize: asset.materialize,
    key: asset.key,
    time: asset.time ?? null,
    deletes: asset.deletes,
    // First builds once kept rows beyond their range: those tables are made anew.
    ...(asset.materialize === 'incremental' && {
      rows: asset.allowIncomplete ? 'in range' : 'in complete range',
    }),
    types: asset.columns.filter(({ type }) => type !== undefined).map(({ name, type }) => [name, type]),
    quarantine: asset.checks
      .filter(({ onFail }) => onFail === 'quarantine')
      .map(({ line: _line, severity: _severity, ...rule }) => rule),
    body: bodyShape(asset, project),
  }
}

function bodyShape({ body }: Asset, project: Project): unknown {
  switch (body.kind) {
    case 'sql':
      return {
        sql: body.canonical,
        vars: body.parameters
          .filter((name) => name in project.vars)
          .map((name) => [name, project.vars[name]]),
      }
    case 'typescript':
      // A module may read any of them through `ctx.vars`.
      return { code: body.code, vars: project.vars }
    case 'source':
      return { source: body.source }
  }
}
