import { quoteName } from '../../../sql/quote.js'
import { parseTableName } from '../../../sql/table-name.js'

/** A table of the app. `text` is how people write it, `sql` how Postgres reads it. */
export type TargetName = Readonly<{ schema: string; table: string; text: string; sql: string }>

/**
 * What a target may mean, best first: the name as it is written, then as Postgres folds it. A table that has to be
 * made gets the last. Without a schema it is in `public`, whatever the role's `search_path` says.
 */
export function candidateNames(target: string): readonly [TargetName, ...TargetName[]] {
  const name = parseTableName(target)
  if (name === null) throw new TypeError(`${target} is not the name of a table`)
  const { schema, table } = name
  const written = targetName(schema?.written ?? 'public', table.written)
  const folded = targetName(schema?.folded ?? 'public', table.folded)
  return written.sql === folded.sql ? [written] : [written, folded]
}

/** The name a target is made under where there is no such table yet. */
export const nameToMake = (target: string): TargetName => candidateNames(target).at(-1)!

const targetName = (schema: string, table: string): TargetName => ({
  schema,
  table,
  text: `${schema}.${table}`,
  sql: `${quoteName(schema)}.${quoteName(table)}`,
})
