import type { Candidate } from '../../adapters/engines/engine.js'
import type { Asset } from '../../domain/asset.js'
import { quoteName, quoteQualified } from '../../sql/quote.js'
import type { RunContext } from '../context.js'

/** A merge takes the rows a column marks as deleted for deletes; where there is nothing to merge with, they just go. */
export async function withoutMarked(
  asset: Asset,
  candidate: Candidate,
  context: RunContext,
  signal: AbortSignal,
): Promise<Candidate> {
  if (typeof asset.deletes !== 'object') return candidate
  const alias = `millrace_marked.${asset.name.replace('.', '__')}`
  const { relation, columns } = candidate
  await context.workspace.define(alias, { kind: 'relation', relation, columns })
  const kept = await context.workspace.build(
    {
      asset: asset.name,
      relation: `${relation}__kept`,
      sql: `select * from ${quoteQualified(alias)} where not coalesce(${quoteName(asset.deletes.when)}::BOOLEAN, false)`,
      parameters: {},
    },
    {},
    signal,
  )
  return { ...kept, peakMemoryBytes: candidate.peakMemoryBytes }
}
