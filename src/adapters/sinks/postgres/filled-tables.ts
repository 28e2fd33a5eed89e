import type { Client } from 'pg'
import { quotePostgresText } from '../../../sql/quote.js'
import { candidateNames, type TargetName } from './target-name.js'

/** Of tables that exist, those that have rows, by `TargetName.text`. */
export async function filledTables(client: Client, names: readonly TargetName[]): Promise<Set<string>> {
  if (names.length === 0) return new Set()
  const questions = names.map(
    ({ text, sql }) => `select ${quotePostgresText(text)} as name where exists (select from ${sql})`,
  )
  const { rows } = await client.query<{ name: string }>(questions.join(' union all '))
  return new Set(rows.map(({ name }) => name))
}

/** Of targets that may not exist any more, those that exist, have rows and may be read. */
export async function filledTargets(client: Client, targets: readonly string[]): Promise<Set<string>> {
  if (targets.length === 0) return new Set()
  const candidates = new Map(targets.map((target) => [target, candidateNames(target)]))
  const wanted = [...candidates.values()]
    .flat()
    .map(({ schema, table }) => `(${quotePostgresText(schema)}, ${quotePostgresText(table)})`)
  const { rows } = await client.query<{ name: string }>(
    `select w.schema || '.' || w.name as name
     from (values ${wanted.join(', ')}) w(schema, name)
     join pg_namespace n on n.nspname = w.schema and has_schema_privilege(n.oid, 'usage')
     join pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind in ('r', 'p')
       and has_table_privilege(c.oid, 'select')`,
  )
  const there = new Set(rows.map(({ name }) => name))
  const found = [...candidates].flatMap(([target, names]) => {
    const name = names.find(({ text }) => there.has(text))
    return name ? [{ target, name }] : []
  })
  const filled = await filledTables(
    client,
    found.map(({ name }) => name),
  )
  return new Set(found.filter(({ name }) => filled.has(name.text)).map(({ target }) => target))
}
