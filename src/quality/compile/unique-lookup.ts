import type { Column } from '../../domain/column.js'
import { quoteName } from '../../sql/quote.js'
import { type CompileContext, findColumn, missingColumn } from './compile-context.js'
import { both, type CompiledCheck, enclosed } from './compiled-check.js'

/**
 * Rows of `this` whose key stands more than once in `after`. A row with NULL in a column is like no other, so it
 * is left out; in the asset's own key NULL is a failure, because such a row can be found by nothing.
 */
export function uniqueLookup(
  names: readonly string[],
  where: string | null,
  context: CompileContext,
): CompiledCheck {
  const columns: Column[] = []
  for (const name of names) {
    const column = findColumn(name, context.columns)
    if (!column) return missingColumn(name, context)
    columns.push(column)
  }
  const key = columns.map((column) => quoteName(column.name))
  const copies = repeatedKeys(key, where, context.sameRows || isOwnKey(names, context.mergeKey))
  const same = key.map((name) => `repeated.${name} = this.${name}`).join(' and ')
  const shared = `exists (select 1 from (${copies}) as repeated where ${same})`
  const unknown = isOwnKey(names, context.asset.key) ? key.map((name) => `this.${name} is null`) : []
  return {
    form: 'lookup',
    where,
    applies: unknown.length === 0 ? key.map((name) => `${name} is not null`).join(' and ') : null,
    failing: unknown.length === 0 ? shared : `(${[...unknown, shared].join(' or ')})`,
    rowIds: spareRows(key, copies, unknown, where),
    suspects: suspects(copies, unknown, where),
  }
}

/** True for the asset's own key, in whatever order its columns are written. */
export function isOwnKey(names: readonly string[], key: readonly string[]): boolean {
  const sorted = (list: readonly string[]) => list.map((name) => name.toLowerCase()).sort()
  return key.length > 0 && sorted(names).join('\n') === sorted(key).join('\n')
}

/**
 * Keys that stand more than once. Of a table only partly replaced, no more is read than keys of this build: a semi
 * join hands them down to the scan, where `exists` would read every row.
 */
function repeatedKeys(key: readonly string[], where: string | null, sameRows: boolean): string {
  const known = both(where, key.map((name) => `this.${name} is not null`).join(' and '))
  const columns = key.map((name) => `this.${name}`).join(', ')
  const match = key.map((name) => `fresh.${name} = this.${name}`).join(' and ')
  const from = sameRows
    ? 'this'
    : `after as this semi join (select ${key.join(', ')} from this) as fresh on ${match}`
  return `select ${columns}, count(*) as "#copies" from ${from} where ${known} group by ${columns} having count(*) > 1`
}

/** A copy, or a key that is NULL. */
function suspects(copies: string, unknown: readonly string[], where: string | null): string {
  const repeated = `select 1 from (${copies})`
  if (unknown.length === 0) return repeated
  return `${repeated} union all select 1 from this where ${both(where, `(${unknown.join(' or ')})`)}`
}

/**
 * Rows to set aside so that every key stands once: of the copies in this build all but the first; all of them
 * where the key also stands in rows that are already released.
 */
function spareRows(
  key: readonly string[],
  copies: string,
  unknown: readonly string[],
  where: string | null,
): string {
  const partition = key.join(', ')
  const picked = where === null ? '' : ` where ${enclosed(where)}`
  const numbered =
    `select rowid as "#row", ${partition}, row_number() over (partition by ${partition} order by rowid) as "#nth", ` +
    `count(*) over (partition by ${partition}) as "#here" from this${picked}`
  const same = key.map((name) => `repeated.${name} = numbered.${name}`).join(' and ')
  const spare =
    `select "#row" as rowid from (${numbered}) as numbered join (${copies}) as repeated on ${same} ` +
    `where "#nth" > 1 or "#copies" > "#here"`
  if (unknown.length === 0) return spare
  return `${spare} union all select rowid from this where ${both(where, `(${unknown.join(' or ')})`)}`
}
