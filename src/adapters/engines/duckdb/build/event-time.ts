import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import { type Interval, mergeIntervals } from '../../../../domain/interval.js'
import { quoteName } from '../../../../sql/quote.js'
import type { RowChange } from '../../engine.js'
import { describe } from '../statements/describe.js'
import { columnList, dataRelation } from '../statements/names.js'
import { type ChangeSql, changeSql, differs, sameKey } from '../statements/row-change.js'

const HOUR_MS = 3_600_000
/** Beyond what JavaScript's dates can hold; rows with such times, endless ones included, belong to no range. */
const LAST_HOUR = Math.floor(8.64e15 / HOUR_MS) - 1

/** Hours since 1970 UTC; NULL for endless times. */
const hourOf = (alias: string, column: string): string =>
  `floor(epoch_ms(${alias}.${quoteName(column)}::TIMESTAMP WITH TIME ZONE) / ${HOUR_MS}.0)::BIGINT`

/** Hours of event time in which applying the change adds, alters or removes rows. */
export async function touchedRanges(
  connection: DuckDBConnection,
  change: RowChange,
  columns: readonly Column[],
  timeColumn: string,
): Promise<Interval[]> {
  const { live, leaves, added } = await changeSql(connection, change, columns)
  const come = `select ${hourOf('c', timeColumn)} as hour from (${added}) c`
  const go = `select ${hourOf('l', timeColumn)} as hour from ${live} l where ${leaves}`
  if (live === null || leaves === 'false') return readHours(connection, come)
  if (change.kind !== 'merge') return readHours(connection, `${come} union all ${go}`)
  return readHours(connection, mergedHours(change, columns, timeColumn, { live, added, come, go }))
}

type MergeHours = Readonly<{ live: string; added: string; come: string; go: string }>

/** A source read with some overlap yields rows that are there already; they touch nothing. */
function mergedHours(
  change: Extract<RowChange, { kind: 'merge' }>,
  columns: readonly Column[],
  timeColumn: string,
  { live, added, come, go }: MergeHours,
): string {
  const { key } = change
  const equal = (a: string, b: string) => `${sameKey(a, b, key)} and not ${differs(a, b, columns, key)}`
  if (change.deletes !== 'none' || change.gone !== undefined) {
    return (
      `${come} where not exists (select 1 from ${live} l where ${equal('c', 'l')}) union all ` +
      `${go} and not exists (select 1 from (${added}) c where ${equal('l', 'c')})`
    )
  }
  // Few rows meet many. A semi join hands the few keys down to the scan, which then skips most of the table;
  // `exists` and NULL-safe comparisons would read all of it.
  const list = columnList(columns)
  const met = key.map((name) => `l.${quoteName(name)} = c.${quoteName(name)}`).join(' and ')
  const keyless = key.map((name) => `l.${quoteName(name)} is null`).join(' or ')
  return (
    `with met as materialized (select ${list} from ${live} l semi join (${added}) c on ${met} ` +
    `union all select ${list} from ${live} l where ${keyless}) ` +
    `${come} where not exists (select 1 from met l where ${equal('c', 'l')}) union all ` +
    `select ${hourOf('l', timeColumn)} as hour from met l ` +
    `where exists (select 1 from (${added}) c where ${sameKey('l', 'c', key)}) ` +
    `and not exists (select 1 from (${added}) c where ${equal('l', 'c')})`
  )
}

/** Conditions for the rows of a merge that come (`c`) and go (`l`) without being there on the other side too. */
function mergeDifference(
  { key }: Extract<RowChange, { kind: 'merge' }>,
  { live, added }: Pick<ChangeSql, 'live' | 'added'>,
  columns: readonly Column[],
): { come: string; go: string } {
  const equal = (a: string, b: string) => `${sameKey(a, b, key)} and not ${differs(a, b, columns, key)}`
  return {
    come: `not exists (select 1 from ${live} l where ${equal('c', 'l')})`,
    go: `not exists (select 1 from (${added}) c where ${equal('l', 'c')})`,
  }
}

/** Whether applying the change leaves other rows than there are. */
export async function alters(
  connection: DuckDBConnection,
  change: RowChange,
  columns: readonly Column[],
): Promise<boolean> {
  const sql = await changeSql(connection, change, columns)
  const differing = change.kind === 'merge' ? mergeDifference(change, sql, columns) : null
  const come = `exists (select 1 from (${sql.added}) c where ${differing?.come ?? 'true'})`
  const go =
    sql.live === null || sql.leaves === 'false'
      ? 'false'
      : `exists (select 1 from ${sql.live} l where ${sql.leaves} and ${differing?.go ?? 'true'})`
  const reader = await connection.runAndReadAll(`select ${come} or ${go}`)
  return reader.getRows()[0]?.[0] === true
}

async function readHours(connection: DuckDBConnection, hours: string): Promise<Interval[]> {
  const result = await connection.runAndReadAll(
    `select distinct hour::DOUBLE from (${hours}) where hour between ${-LAST_HOUR} and ${LAST_HOUR}`,
  )
  return mergeIntervals(
    result.getRows().map(([hour]) => {
      const start = Number(hour) * HOUR_MS
      return { start, end: start + HOUR_MS }
    }),
  )
}

/** Hours of event time of a relation's rows. */
export const hoursOf = (
  connection: DuckDBConnection,
  relation: string,
  timeColumn: string,
): Promise<Interval[]> =>
  readHours(connection, `select ${hourOf('r', timeColumn)} as hour from ${relation} r`)

/** First to last event time of a relation, end exclusive. */
export async function extentOf(
  connection: DuckDBConnection,
  relation: string,
  timeColumn: string,
): Promise<Interval[]> {
  const time = `r.${quoteName(timeColumn)}::TIMESTAMP WITH TIME ZONE`
  const reader = await connection.runAndReadAll(
    `select epoch_ms(min(t))::DOUBLE, epoch_ms(max(t))::DOUBLE from (select ${time} as t from ${relation} r) ` +
      `where isfinite(t) and epoch_ms(t) between ${-LAST_HOUR * HOUR_MS} and ${LAST_HOUR * HOUR_MS}`,
  )
  const [first, last] = reader.getRows()[0] ?? []
  return typeof first === 'number' && typeof last === 'number' ? [{ start: first, end: last + 1 }] : []
}

/**
 * Compares two relations as bags of rows, hour by hour, by a checksum of each hour's rows: one pass over either
 * side, where a join would need memory for all rows.
 */
export async function changedRanges(
  connection: DuckDBConnection,
  request: { candidate: string; columns: readonly Column[]; live: string; timeColumn: string | null },
): Promise<{ same: boolean; ranges: Interval[] }> {
  const { columns, timeColumn } = request
  const [candidate, live] = [dataRelation(request.candidate), dataRelation(request.live)]
  if (!sameLayout(columns, await describe(connection, `from ${live}`)))
    return { same: false, ranges: await allHours(connection, candidate, live, timeColumn) }
  const sums = (relation: string) =>
    `(select ${timeColumn === null ? '0' : hourOf('r', timeColumn)} as hour, count(*) as rows, ` +
    `sum(hash(${columnList(columns)})::HUGEINT) as checksum from ${relation} r group by 1)`
  const different =
    `select coalesce(a.hour, b.hour) as hour from ${sums(candidate)} a full join ${sums(live)} b ` +
    `on a.hour is not distinct from b.hour where a.rows is distinct from b.rows or a.checksum is distinct from b.checksum`
  const reader = await connection.runAndReadAll(`select count(*) from (${different})`)
  const same = Number(reader.getRows()[0]?.[0] ?? 0) === 0
  return { same, ranges: same || timeColumn === null ? [] : await readHours(connection, different) }
}

const sameLayout = (a: readonly Column[], b: readonly Column[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

async function allHours(
  connection: DuckDBConnection,
  candidate: string,
  live: string,
  timeColumn: string | null,
): Promise<Interval[]> {
  if (timeColumn === null) return []
  const hours = `select ${hourOf('r', timeColumn)} as hour from ${candidate} r`
  const hasTime = (await describe(connection, `from ${live}`)).some(({ name }) => name === timeColumn)
  const before = hasTime ? ` union all select ${hourOf('r', timeColumn)} as hour from ${live} r` : ''
  return readHours(connection, hours + before)
}
