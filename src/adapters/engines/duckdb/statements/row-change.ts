import type { DuckDBConnection } from '@duckdb/node-api'
import { unreachable } from '../../../../base/errors.js'
import type { Column } from '../../../../domain/column.js'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import type { RowChange } from '../../engine.js'
import { inRanges } from './literal.js'
import { columnList, dataRelation, nameList } from './names.js'

/** A change as SQL. `columns` are those of both sides; live rows go by the alias `l`. */
export type ChangeSql = Readonly<{
  /** Quoted relation of the released rows; null where there are none yet. */
  live: string | null
  /** Condition that picks the live rows which give way. */
  leaves: string
  /** Query of the rows that come. */
  added: string
  /** Query of the live rows that stay, where there is a faster one than `leaves` turned round. */
  kept?: string
  /** No row that comes has a NULL in its key: `=` will do, which lets a scan skip what cannot match. */
  wholeKeys?: boolean
}>

/** `columns`, and what the change needs kept beside them: without its file a row could never give way again. */
export function keptColumns(change: RowChange, columns: readonly Column[]): readonly Column[] {
  if (change.kind !== 'files' || columns.some(({ name }) => name === change.fileColumn)) return columns
  return [...columns, { name: change.fileColumn, type: 'VARCHAR' }]
}

type Merge = Extract<RowChange, { kind: 'merge' }>
type Append = Extract<RowChange, { kind: 'append' }>

/** `a` and `b` have the same key. NULL equals NULL: a key column may be empty. */
export const sameKey = (a: string, b: string, key: readonly string[]): string =>
  key.map((name) => `${a}.${quoteName(name)} is not distinct from ${b}.${quoteName(name)}`).join(' and ')

/** Some column outside `except` differs. Equal NULLs and equal NaNs are equal. */
export function differs(a: string, b: string, columns: readonly Column[], except: readonly string[]): string {
  const tests = columns
    .filter(({ name }) => !except.includes(name))
    .map(({ name }) => `${a}.${quoteName(name)} is distinct from ${b}.${quoteName(name)}`)
  return tests.length === 0 ? 'false' : `(${tests.join(' or ')})`
}

/** The event time of a row for comparing with ranges. */
export const timeOf = (alias: string, column: string): string =>
  `${alias}.${quoteName(column)}::TIMESTAMP WITH TIME ZONE`

/** Candidates may hold a key twice, a table by key must not: the last row built wins for `merge`, the first for `append`. */
export async function changeSql(
  connection: DuckDBConnection,
  change: RowChange,
  columns: readonly Column[],
): Promise<ChangeSql> {
  const candidate = dataRelation(change.candidate)
  const live = change.live === null ? null : dataRelation(change.live)
  const list = columnList(columns)
  const all = `select ${list} from ${candidate} c`
  switch (change.kind) {
    case 'replace':
      return { live, leaves: 'true', added: all }
    case 'ranges':
      return {
        live,
        leaves: inRanges(timeOf('l', change.column), change.ranges),
        added: `${all} where ${inRanges(timeOf('c', change.column), change.ranges)}`,
      }
    case 'files':
      return {
        live,
        leaves: `l.${quoteName(change.fileColumn)} in (${change.files.map(quoteText).join(', ') || 'NULL'})`,
        added: all,
      }
    case 'merge': {
      const { repeated, whole } = await readKeys(connection, candidate, change.key)
      const source = repeated ? oncePerKey(candidate, change.key, 'desc') : candidate
      return { ...mergeSql(change, columns, source), wholeKeys: whole }
    }
    case 'append': {
      const { repeated } = await readKeys(connection, candidate, change.key)
      const source = repeated ? oncePerKey(candidate, change.key, 'asc') : candidate
      return { live, leaves: 'false', added: appended(change, columns, source) }
    }
    default:
      return unreachable(change)
  }
}

function mergeSql(change: Merge, columns: readonly Column[], source: string): ChangeSql {
  const { key, deletes, gone } = change
  const there = `exists (select 1 from ${source} c where ${sameKey('l', 'c', key)})`
  const goneToo =
    gone === undefined
      ? ''
      : ` or exists (select 1 from ${dataRelation(gone)} g where ${sameKey('l', 'g', key)})`
  const dead = typeof deletes === 'object' ? ` where not ${isDeleted('c', deletes.when)}` : ''
  const withoutGone =
    gone === undefined ? '' : ` anti join ${dataRelation(gone)} g on ${sameKey('l', 'g', key)}`
  const stay =
    `select ${columnList(columns, 'l')} from ${dataRelation(change.live)} l ` +
    `anti join ${source} c on ${sameKey('l', 'c', key)}${withoutGone}`
  return {
    live: dataRelation(change.live),
    ...(deletes !== 'missing' && { kept: stay }),
    leaves: deletes === 'missing' ? missing(change, there) : `(${there}${goneToo})`,
    added: `select ${columnList(columns)} from ${source} c${dead}`,
  }
}

function missing({ within }: Merge, there: string): string {
  return within ? `(${inRanges(timeOf('l', within.column), within.ranges)} or ${there})` : 'true'
}

const isDeleted = (alias: string, column: string): string =>
  `coalesce(${alias}.${quoteName(column)}::BOOLEAN, false)`

function appended(change: Append, columns: readonly Column[], source: string): string {
  const list = columnList(columns)
  const live = dataRelation(change.live)
  if (change.key.length > 0)
    return `select ${list} from ${source} c where not exists (select 1 from ${live} l where ${sameKey('c', 'l', change.key)})`
  if (!change.again) return `select ${list} from ${source} c`
  const { column, ranges } = change.again
  const seen = (alias: string) => inRanges(timeOf(alias, column), ranges)
  return (
    `select ${list} from ${source} c where ${seen('c')} is not true union all ` +
    `(select ${list} from ${source} c where ${seen('c')} except all ` +
    `select ${list} from ${live} l where ${seen('l')})`
  )
}

/**
 * Whether a key is there twice, and whether all have a value in every column. Looked up first, because what answers
 * for either is dear and rarely needed.
 */
async function readKeys(
  connection: DuckDBConnection,
  candidate: string,
  key: readonly string[],
): Promise<{ repeated: boolean; whole: boolean }> {
  if (key.length === 0) return { repeated: false, whole: true }
  const missing = key.map((name) => `${quoteName(name)} is null`).join(' or ')
  const reader = await connection.runAndReadAll(
    'select coalesce(bool_or("#copies" > 1), false), coalesce(bool_or("#missing"), false) from ' +
      `(select count(*) as "#copies", (${missing}) as "#missing" from ${candidate} group by ${nameList(key)})`,
  )
  const [repeated, missed] = reader.getRows()[0] ?? []
  return { repeated: repeated === true, whole: missed !== true }
}

/** The candidate with one row per key. */
const oncePerKey = (candidate: string, key: readonly string[], order: 'asc' | 'desc'): string =>
  `(select * from ${candidate} qualify row_number() over ` +
  `(partition by ${nameList(key)} order by rowid ${order}) = 1)`

const equalKey = (a: string, b: string, key: readonly string[]): string =>
  key.map((name) => `${a}.${quoteName(name)} = ${b}.${quoteName(name)}`).join(' and ')

/** The released rows once the change is applied, as a query. */
export function futureRows(sql: ChangeSql, columns: readonly Column[]): string {
  if (sql.live === null || sql.leaves === 'true') return sql.added
  if (sql.kept !== undefined) return `${sql.kept} union all (${sql.added})`
  const kept = sql.leaves === 'false' ? '' : ` where (${sql.leaves}) is not true`
  return `select ${columnList(columns)} from ${sql.live} l${kept} union all (${sql.added})`
}

/** A change that leaves rows of the released relation where they are. */
export type InPlace = Exclude<RowChange, { kind: 'replace' }>

/** Statements that take the rows which give way out of the live relation. */
export function deleteStatements(
  change: InPlace,
  { live, leaves, added, wholeKeys }: ChangeSql,
  columns: readonly Column[],
): string[] {
  if (change.kind === 'append') return []
  if (change.kind !== 'merge') return [`delete from ${live} as l where ${leaves}`]
  // Rows that come out equal stay where they are: nothing is written for them.
  const changed =
    `delete from ${live} as l using (${added}) c ` +
    `where ${(wholeKeys ? equalKey : sameKey)('l', 'c', change.key)} and ${differs('l', 'c', columns, change.key)}`
  return [
    ...leavers(change, added, change.key).map((rest) => `delete from ${live} as l where ${rest}`),
    changed,
  ]
}

/** Query of the rows to insert, once those that give way are gone. */
export function insertedRows(change: InPlace, { live, added, wholeKeys }: ChangeSql): string {
  if (change.kind !== 'merge') return added
  if (wholeKeys) {
    const met = `select ${nameList(change.key, 'l')} from ${live} l semi join (${added}) c on ${equalKey('l', 'c', change.key)}`
    return `select * from (${added}) c anti join (${met}) l on ${equalKey('c', 'l', change.key)}`
  }
  const there = `exists (select 1 from ${live} l where ${sameKey('c', 'l', change.key)})`
  return `select * from (${added}) c where not ${there}`
}

function leavers(change: Merge, added: string, key: readonly string[]): string[] {
  const kept = `not exists (select 1 from (${added}) c where ${sameKey('l', 'c', key)})`
  if (change.deletes === 'missing') {
    const { within } = change
    return [within ? `${inRanges(timeOf('l', within.column), within.ranges)} and ${kept}` : kept]
  }
  const sources = [
    ...(change.gone === undefined ? [] : [dataRelation(change.gone)]),
    ...(typeof change.deletes === 'object' ? [dataRelation(change.candidate)] : []),
  ]
  return sources.map(
    (source) => `exists (select 1 from ${source} g where ${sameKey('l', 'g', key)}) and ${kept}`,
  )
}
