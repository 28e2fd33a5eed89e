import type { Asset } from '../../domain/asset.js'
import type { Column } from '../../domain/column.js'
import type { Diagnostic } from '../../domain/diagnostic.js'
import { bindDiagnostic } from './diagnostics.js'

/** Columns that `relationships` looks up in another asset and that asset does not have. Unknown columns are let be. */
export function relatedFaults(
  assets: readonly Asset[],
  columnsOf: (asset: Asset) => readonly Column[] | undefined,
): Diagnostic[] {
  return assets.flatMap((asset) =>
    asset.checks.flatMap((check) => {
      if (check.kind !== 'relationships') return []
      const to = assets.find(({ name }) => name === check.to.toLowerCase())
      const known = to && columnsOf(to)?.map(({ name }) => name)
      const isThere = known?.some((name) => name.toLowerCase() === check.field.toLowerCase())
      if (to === undefined || known === undefined || isThere) return []
      return [
        bindDiagnostic(
          'COLUMN_UNKNOWN',
          { what: `check ${check.name}`, column: check.field, asset: to.name, known },
          { file: asset.file, line: check.line, column: 1 },
        ),
      ]
    }),
  )
}
