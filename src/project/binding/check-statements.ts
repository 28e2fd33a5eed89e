import type { Json } from '../../base/json.js'
import type { Asset, AssetName } from '../../domain/asset.js'
import type { Check } from '../../domain/check.js'
import type { Project } from '../../domain/project.js'
import type { BindRequest, BindResult } from '../../sql/bind.js'
import { quoteName, quoteQualified } from '../../sql/quote.js'

/** Names that statements of checks are bound under; no asset can have them. */
const SCHEMA = 'millrace_checks'

type Placed = Readonly<{ asset: Asset; check: Check }>

/**
 * What the engine has to bind so that a column that is not there is found in the SQL of a check before it is asked.
 * Only checks whose tables all have columns that are known: `isKnown`.
 */
export function checkStatements(
  project: Project,
  isKnown: (asset: AssetName) => boolean,
): BindRequest['statements'] {
  return placedChecks(project).flatMap(({ asset, check }, index) => {
    const sql = sqlOf(asset, check)
    const reads =
      check.kind === 'relationships' ? [check.to] : check.kind === 'failed_rows' ? asset.checkReads : []
    if (sql === null || ![asset.name, ...reads].every(isKnown)) return []
    return [{ asset: `${SCHEMA}.c${index}`, sql, parameters: parametersOf(check) }]
  })
}

/** Whose check a bound statement was; null for one of an asset. */
export function checkOf(project: Project, { asset }: BindResult): Placed | null {
  if (!asset.startsWith(`${SCHEMA}.`)) return null
  return placedChecks(project)[Number(asset.slice(SCHEMA.length + 2))] ?? null
}

const placedChecks = ({ assets }: Project): Placed[] =>
  assets.flatMap((asset) => asset.checks.map((check) => ({ asset, check })))

const parametersOf = ({ vars }: Check): Readonly<Record<string, Json>> => vars ?? {}

/** A statement in which every column of the check stands; null where the header names them all. */
function sqlOf(asset: Asset, check: Check): string | null {
  const rows = `select * from ${quoteQualified(asset.name)}`
  const own = `with this as (${rows}), after as (${rows})`
  if (check.kind === 'failed_rows')
    return `${own} select 1 from (${check.sql.trim().replace(/;+\s*$/, '')}\n) as found`
  const where = check.where === undefined ? '' : ` where (\n${check.where}\n)`
  if (check.kind === 'relationships') {
    const pair = `parent.${quoteName(check.field)} = this.${quoteName(check.column)}`
    return `${own} select 1 from this join ${quoteQualified(check.to)} as parent on ${pair}${where}`
  }
  return where === '' ? null : `${own} select 1 from this${where}`
}
