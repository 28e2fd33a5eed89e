import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import { quoteName } from '../../../../sql/quote.js'
import type { CompareRequest, Comparison } from '../../engine.js'
import { ingestColumns } from '../columns/ingest-columns.js'
import { readRows } from '../query/read-rows.js'
import { columnDefinitions, columnList, nameList, readerView } from '../statements/names.js'
import { sameKey } from '../statements/row-change.js'

const OTHER = 'temp.main.millrace_other'
const SAMPLES = 10

/**
 * Compares a released asset with rows from elsewhere. `missing` rows are released but not there, `extra` ones there
 * but not released, or there again under the key of one that is. Values are compared exactly, NULL with NULL and NaN with NaN being equal; nanoseconds are cut
 * to µs, which is what other databases keep.
 */
export async function compareRows(
  connection: DuckDBConnection,
  { asset, columns, key, other }: CompareRequest,
  signal: AbortSignal,
): Promise<Comparison> {
  await connection.run(`begin; create temp table millrace_other (${columnDefinitions(columns)})`)
  try {
    await ingestColumns(connection, OTHER, columns, other, signal)
    const rest = columns.filter(({ name }) => !key.includes(name))
    const pairs = pairsQuery(readerView(asset), columns, key, rest)
    const counts = await countProblems(connection, pairs)
    const [repeats, repeated] = await findRepeats(connection, counts, { asset, key })
    const samples = [...(await readSamples(connection, pairs, key, rest)), ...repeated]
    const { missing, extra, different } = counts
    return { missing, extra: extra + repeats, different, samples: samples.slice(0, SAMPLES) }
  } finally {
    await connection.run('rollback')
  }
}

type Counts = Readonly<{ missing: number; extra: number; different: number; pairs: number }>

async function countProblems(connection: DuckDBConnection, pairs: string): Promise<Counts> {
  const { rows } = await readRows(
    connection,
    `select coalesce(problem, 'none'), count(*)::DOUBLE from ${pairs} group by 1`,
  )
  const count = (problem: string) => Number(rows.find(([name]) => name === problem)?.[1] ?? 0)
  const different = count('different')
  return { missing: count('missing'), extra: count('extra'), different, pairs: different + count('none') }
}

/**
 * A released key is released once, so more pairs than released rows that have one mean rows that are there again. How
 * many, and some of them.
 */
async function findRepeats(
  connection: DuckDBConnection,
  { missing, pairs }: Counts,
  { asset, key }: Pick<CompareRequest, 'asset' | 'key'>,
): Promise<[number, Comparison['samples']]> {
  const released = await readRows(connection, `select count(*)::DOUBLE from ${readerView(asset)}`)
  const repeats = pairs - (Number(released.rows[0]?.[0]) - missing)
  if (repeats <= 0) return [0, []]
  const { rows } = await readRows(
    connection,
    `select ${nameList(key)} from ${OTHER} group by all having count(*) > 1 order by all limit ${SAMPLES}`,
  )
  const keysOf = (row: readonly unknown[]) => Object.fromEntries(key.map((name, index) => [name, row[index]]))
  return [repeats, rows.map((row) => ({ ...keysOf(row), problem: 'extra' }))]
}

/** Every key of either side with both sides' values, named `r0`, `o0` … , and what is wrong with it. */
function pairsQuery(
  released: string,
  columns: readonly Column[],
  key: readonly string[],
  rest: readonly Column[],
): string {
  const side = (relation: string) => `(select ${columnList(columns)}, true as _there from ${relation})`
  const keys = key.map((name, index) => {
    const quoted = quoteName(name)
    return `case when r._there is null then o.${quoted} else r.${quoted} end as k${index}`
  })
  const values = rest.map(({ name }, index) => {
    const quoted = quoteName(name)
    return `r.${quoted} as r${index}, o.${quoted} as o${index}`
  })
  const unequal = rest.map(
    (column) => `${comparable('r', column)} is distinct from ${comparable('o', column)}`,
  )
  const problem =
    `case when o._there is null then 'missing' when r._there is null then 'extra' ` +
    `when ${unequal.join(' or ') || 'false'} then 'different' end as problem`
  return (
    `(select ${[...keys, ...values, problem].join(', ')} from ${side(released)} r ` +
    `full join ${side(OTHER)} o on ${sameKey('r', 'o', key)})`
  )
}

const comparable = (alias: string, { name, type }: Column): string =>
  `${alias}.${quoteName(name)}${type === 'TIMESTAMP_NS' ? '::TIMESTAMP' : ''}`

async function readSamples(
  connection: DuckDBConnection,
  pairs: string,
  key: readonly string[],
  rest: readonly Column[],
): Promise<Comparison['samples']> {
  const order = key.map((_, index) => `k${index}`).join(', ')
  const { columns, rows } = await readRows(
    connection,
    `select * from ${pairs} where problem is not null order by problem, ${order} limit ${SAMPLES}`,
  )
  const at = new Map(columns.map(({ name }, index) => [name, index]))
  return rows.map((row) => {
    const value = (name: string) => row[at.get(name) ?? -1] ?? null
    const problem = value('problem')
    const keys = Object.fromEntries(key.map((name, index) => [name, value(`k${index}`)]))
    const differing = rest
      .map(({ name }, index) => ({ name, released: value(`r${index}`), found: value(`o${index}`) }))
      .filter(({ released, found }) => JSON.stringify(released) !== JSON.stringify(found))
    if (problem !== 'different') return { ...keys, problem }
    const pick = (side: 'released' | 'found') =>
      Object.fromEntries(differing.map((column) => [column.name, column[side]]))
    return { ...keys, problem, released: pick('released'), found: pick('found') }
  })
}
