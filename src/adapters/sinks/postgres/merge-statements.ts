import { quoteName, quoteNames } from '../../../sql/quote.js'
import type { DeliveredColumn } from './column-fit.js'
import { castTo, comparison } from './table-types.js'

/** A target and the rows staged for it. `t` is the target, `s` the stage in all statements. */
export type Merge = Readonly<{
  target: string
  columns: readonly DeliveredColumn[]
  key: readonly string[]
}>

const cast = (column: DeliveredColumn): string =>
  castTo(column.needed, column.target, `s.${quoteName(column.name)}`)

/** Joins by plain `=`, so that an index on the key serves; keys hold no NULL, that is looked at before. */
function sameKey({ columns, key }: Merge): string {
  const byName = new Map(columns.map((column) => [column.name, column]))
  return key
    .map((name) => {
      const column = byName.get(name)
      return `t.${quoteName(name)} = ${column ? cast(column) : `s.${quoteName(name)}`}`
    })
    .join(' and ')
}

export const deleteStaged = (merge: Merge, stage: string): string =>
  `delete from ${merge.target} t using ${stage} s where ${sameKey(merge)}`

export const deleteUnstaged = (merge: Merge, stage: string): string =>
  `delete from ${merge.target} t where not exists (select from ${stage} s where ${sameKey(merge)})`

/** Of rows with the same key one stays. A row's place is its own only together with its partition. */
export function deleteRepeats({ target, key }: Merge): string {
  return `delete from ${target} t using (
      select tableoid, ctid, row_number() over (partition by ${quoteNames(key)}) as nth from ${target}) r
    where r.nth > 1 and t.tableoid = r.tableoid and t.ctid = r.ctid`
}

/** Null where there is nothing but the key. */
export function updateChanged(merge: Merge, stage: string): string | null {
  const rest = merge.columns.filter(({ name }) => !merge.key.includes(name))
  if (rest.length === 0) return null
  const pairs = rest.map((column) => comparison(column.target, `t.${quoteName(column.name)}`, cast(column)))
  const assignments = rest.map((column) => `${quoteName(column.name)} = ${cast(column)}`)
  const before = pairs.map(({ old }) => old).join(', ')
  const after = pairs.map(({ fresh }) => fresh).join(', ')
  return `update ${merge.target} t set ${assignments.join(', ')} from ${stage} s
    where ${sameKey(merge)} and row(${before}) is distinct from row(${after})`
}

export function insertMissing(merge: Merge, stage: string): string {
  const missing = `where not exists (select from ${merge.target} t where ${sameKey(merge)})`
  return insertAll(merge, stage, merge.key.length > 0 ? missing : '')
}

export function insertAll({ target, columns }: Merge, stage: string, where = ''): string {
  const names = quoteNames(columns.map(({ name }) => name))
  return `insert into ${target} (${names}) select ${columns.map(cast).join(', ')} from ${stage} s ${where}`
}

/** One row: how many keys hold a NULL, and whether a key comes twice. */
export function keyFaults(relation: string, key: readonly string[]): string {
  const nulls = key.map((name) => `${quoteName(name)} is null`).join(' or ')
  const names = quoteNames(key)
  return `select (select count(*) from ${relation} where ${nulls})::int as nulls,
    exists (select from ${relation} group by ${names} having count(*) > 1) as twice`
}
