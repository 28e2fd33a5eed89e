import type { Candidate, QuarantineRequest, Rows, Workspace } from '../adapters/engines/engine.js'
import type { Asset } from '../domain/asset.js'
import type { Column } from '../domain/column.js'
import type { Parameters } from '../sql/bind.js'
import { quoteName } from '../sql/quote.js'
import type { JudgedCheck } from './check-result.js'
import { findColumn } from './compile/compile-context.js'
import { both } from './compile/compiled-check.js'
import { statementColumns } from './measure/measure.js'
import { isStatementFault, mentioned, type Scanner } from './measure/scanner.js'
import { rowReason } from './wording.js'

export type QuarantineOptions = Readonly<{
  workspace: Pick<Workspace, 'quarantine'>
  asset: Pick<Asset, 'name' | 'key'>
  candidate: Candidate
  afterRows: Rows
  parameters: Parameters
  run: number
}>

type Rule = QuarantineRequest['rules'][number]

/**
 * Moves the failing rows of the given checks aside; a row that fails several goes under the first of them.
 * Returns how many went. Checks that cannot name their rows move none: the second look finds them failing still.
 */
export async function quarantineRows(
  failed: readonly JudgedCheck[],
  options: QuarantineOptions,
  scan: Scanner,
): Promise<number> {
  const { workspace, asset, candidate, afterRows, parameters, run } = options
  if (hidesRowIds(candidate.columns)) return 0
  const rules: Rule[] = []
  for (const one of failed) {
    const rowIds = await failingRowIds(one, options, scan)
    if (rowIds !== null)
      rules.push({
        check: one.check.name,
        reason: rowReason(one.check, { asset, columns: candidate.columns }),
        rowIds,
      })
  }
  if (rules.length === 0) return 0
  try {
    const names = mentioned({ after: afterRows }, rules.map((rule) => rule.rowIds).join('\n'))
    return (await workspace.quarantine({ asset: asset.name, candidate, rules, names, parameters, run })).rows
  } catch (error) {
    // An author's statement that can be counted but not looked up by row: nothing was moved, so it blocks.
    if (isStatementFault(error)) return 0
    throw error
  }
}

/** A column of that name stands before the engine's own number of a row: rows cannot be told by it any more. */
export const hidesRowIds = (columns: readonly Column[]): boolean => findColumn('rowid', columns) !== undefined

async function failingRowIds(
  { compiled }: JudgedCheck,
  options: QuarantineOptions,
  scan: Scanner,
): Promise<string | null> {
  switch (compiled.form) {
    case 'condition':
      return `select rowid from this where ${both(compiled.where, compiled.failing)}`
    case 'lookup':
      return compiled.rowIds ?? `select rowid from this where ${both(compiled.where, compiled.failing)}`
    case 'statement':
      return statementRowIds(compiled.statement, options, scan)
    default:
      return null
  }
}

/**
 * An author's statement yields rows, not their ids. They are found again by their values: by all columns the
 * statement has in common with the asset, if those are all of them or hold the asset's key.
 */
async function statementRowIds(
  statement: string,
  { asset, candidate }: QuarantineOptions,
  scan: Scanner,
): Promise<string | null> {
  const found = await statementColumns(statement, scan)
  if ('problem' in found) return null
  const shared = candidate.columns.filter((column) => findColumn(column.name, found.columns))
  const hasKey = asset.key.length > 0 && asset.key.every((name) => findColumn(name, shared))
  if (shared.length < candidate.columns.length && !hasKey) return null
  const same = shared.map(
    ({ name }) => `found.${quoteName(name)} is not distinct from this.${quoteName(name)}`,
  )
  return `select rowid from this where exists (select 1 from ${statement} as found where ${same.join(' and ')})`
}
