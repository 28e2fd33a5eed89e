import type { DuckDBConnection } from '@duckdb/node-api'
import type { AssetName } from '../../../../domain/asset.js'
import { type Column, columnNames } from '../../../../domain/column.js'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import type { QuarantineRequest, ReleaseChange, RowChange } from '../../engine.js'
import { describe } from '../statements/describe.js'
import { inRanges } from '../statements/literal.js'
import {
  columnDefinitions,
  columnList,
  dataRelation,
  nameList,
  QUARANTINE_SCHEMA,
  quarantineName,
  quarantineTable,
  setAsideTable,
  WAREHOUSE,
} from '../statements/names.js'
import { sameKey, timeOf } from '../statements/row-change.js'
import { affectedRows } from '../statements/run-statement.js'

const WHY: readonly Column[] = [
  { name: '_check', type: 'VARCHAR' },
  { name: '_reason', type: 'VARCHAR' },
  { name: '_run', type: 'BIGINT' },
]

/**
 * Moves the rows that rules pick out of the candidate, each with the first rule that picked it. Runs in the
 * caller's transaction; `this` is there with a column `rowid`.
 */
export async function setAside(
  connection: DuckDBConnection,
  { candidate, rules, run }: QuarantineRequest,
): Promise<number> {
  const target = dataRelation(candidate.relation)
  const aside = setAsideTable(candidate.relation)
  const picked = rules.map(
    ({ rowIds }, index) => `select picked, ${index} as rule from (\n${rowIds}\n) as rule_${index}(picked)`,
  )
  const picks = await connection.run(
    'create or replace temp table millrace_picked as ' +
      `select picked, min(rule) as rule from (${picked.join(' union all ')}) where picked is not null group by picked`,
  )
  const rows = await affectedRows(picks)
  if (rows > 0) await move(connection, { target, aside, candidate, rules, run })
  await connection.run('drop table millrace_picked')
  return rows
}

type Move = Pick<QuarantineRequest, 'candidate' | 'rules' | 'run'> & { target: string; aside: string }

async function move(connection: DuckDBConnection, { target, aside, candidate, rules, run }: Move) {
  const reasons = rules
    .map(({ check, reason }, index) => `(${index}, ${quoteText(check)}, ${quoteText(reason)})`)
    .join(', ')
  await connection.run(
    `create table if not exists ${aside} (${columnDefinitions([...candidate.columns, ...WHY])}); ` +
      `insert into ${aside} select ${columnList(candidate.columns, 'c')}, w.name, w.reason, ${run} ` +
      `from ${target} c join millrace_picked p on c.rowid = p.picked ` +
      `join (values ${reasons}) as w(rule, name, reason) on w.rule = p.rule order by c.rowid; ` +
      `delete from ${target} as c where c.rowid in (select picked from millrace_picked)`,
  )
}

/** Names of the quarantine's tables. */
export async function quarantineTables(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const reader = await connection.runAndReadAll(
    `select table_name from duckdb_tables() where database_name = '${WAREHOUSE}' and schema_name = '${QUARANTINE_SCHEMA}'`,
  )
  return new Set(reader.getRows().map(([name]) => String(name)))
}

/**
 * Brings `quarantine.<schema>__<name>` up to the release: rows that the change replaces go, those set aside for it
 * come. So the table holds what is missing from the released rows now, and does not grow with every run.
 */
export async function releaseQuarantine(
  connection: DuckDBConnection,
  { asset, columns, quarantined }: ReleaseChange,
  change: RowChange,
  release: number,
  quarantines: ReadonlySet<string>,
): Promise<void> {
  const exists = quarantines.has(quarantineName(asset))
  if (!exists && !quarantined) return
  const table = quarantineTable(asset)
  const aside = setAsideTable(change.candidate)
  const kept = [...columns, ...(await hiddenColumns(connection, change.candidate, columns))]
  const all = [...kept, ...WHY, { name: '_release', type: 'BIGINT' }]
  if (!exists) await connection.run(`create table ${table} (${columnDefinitions(all)})`)
  else await adaptColumns(connection, table, all)
  await connection.run(`delete from ${table} as l where ${superseded(change, quarantined ? aside : null)}`)
  if (!quarantined) return
  const names = nameList(columnNames([...kept, ...WHY]))
  await connection.run(
    `insert into ${table} (${names}, _release) select ${names}, ${release} from ${aside}; drop table ${aside}`,
  )
}

/** Whether the rows that were set aside of a candidate are others than those its change takes out of the quarantine. */
export async function altersQuarantine(
  connection: DuckDBConnection,
  { asset, change, columns }: { asset: AssetName; change: RowChange; columns: readonly Column[] },
): Promise<boolean> {
  if (!(await quarantineTables(connection)).has(quarantineName(asset))) return true
  const table = quarantineTable(asset)
  const there = new Set((await describe(connection, `from ${table}`)).map(({ name }) => name))
  if (columns.some(({ name }) => !there.has(name))) return true
  const aside = setAsideTable(change.candidate)
  const list = nameList([...columnNames(columns), '_check'])
  const come = `select ${list} from ${aside}`
  const go = `select ${list} from ${table} as l where ${superseded(change, aside)}`
  const reader = await connection.runAndReadAll(
    `select exists (${come} except all ${go}) or exists (${go} except all ${come})`,
  )
  return reader.getRows()[0]?.[0] === true
}

/** What the candidate has beside the released columns: which file a row came from, to go when the file changes. */
async function hiddenColumns(
  connection: DuckDBConnection,
  candidate: string,
  columns: readonly Column[],
): Promise<readonly Column[]> {
  const shown = new Set(columnNames(columns))
  const all = await describe(connection, `from ${dataRelation(candidate)}`)
  return all.filter(({ name }) => !shown.has(name))
}

/** An asset's columns change over time, its quarantine keeps old rows: columns are added, and become text where their type changed. */
async function adaptColumns(
  connection: DuckDBConnection,
  table: string,
  wanted: readonly Column[],
): Promise<void> {
  const there = new Map((await describe(connection, `from ${table}`)).map(({ name, type }) => [name, type]))
  for (const { name, type } of wanted) {
    const old = there.get(name)
    if (old === undefined)
      await connection.run(`alter table ${table} add column ${columnDefinitions([{ name, type }])}`)
    else if (old !== type && old !== 'VARCHAR')
      await connection.run(`alter table ${table} alter column ${quoteName(name)} type VARCHAR`)
  }
}

/** Quarantined rows (alias `l`) that belong to what the change replaces. */
function superseded(change: RowChange, aside: string | null): string {
  switch (change.kind) {
    case 'replace':
      return 'true'
    case 'ranges':
      // Rows without a time, or with an endless one, belong to no range.
      return `${inRanges(timeOf('l', change.column), change.ranges)} or isfinite(${timeOf('l', change.column)}) is not true`
    case 'files':
      return `l.${quoteName(change.fileColumn)} in (${change.files.map(quoteText).join(', ') || 'NULL'})`
    case 'append':
      return change.again ? inRanges(timeOf('l', change.again.column), change.again.ranges) : 'false'
    case 'merge': {
      const { within } = change
      if (change.deletes === 'missing' && !within) return 'true'
      const again = [dataRelation(change.candidate), ...(aside === null ? [] : [aside])]
      return [
        ...(within ? [inRanges(timeOf('l', within.column), within.ranges)] : []),
        ...again.map((rows) => `exists (select 1 from ${rows} c where ${sameKey('l', 'c', change.key)})`),
      ].join(' or ')
    }
  }
}
