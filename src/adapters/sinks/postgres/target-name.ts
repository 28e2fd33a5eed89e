import { quoteName } from '../../../sql/quote.js'

/** A table of the app. `text` is how people write it, `sql` how Postgres reads it. */
export type TargetName = Readonly<{ schema: string; table: string; text: string; sql: string }>

/** `schema.table`, or a bare name, which means the schema `public`. A table's name may hold dots; a schema's may not. */
export function parseTarget(target: string): TargetName {
  const dot = target.indexOf('.')
  const schema = dot > 0 ? target.slice(0, dot) : 'public'
  const table = dot > 0 ? target.slice(dot + 1) : target
  return { schema, table, text: `${schema}.${table}`, sql: `${quoteName(schema)}.${quoteName(table)}` }
}
