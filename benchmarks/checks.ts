/**
 * 77 checks × 200 tenants: what judging a candidate takes, against one GROUP BY that somebody writes by hand for
 * the same conditions, and against the same GROUP BY written by somebody who knows the fastest way.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { openDuckDb } from '../src/adapters/engines/duckdb/open-duckdb.js'
import { silentLog } from '../src/base/log.js'
import type { Check } from '../src/domain/check.js'
import { judgeCandidate } from '../src/quality/judge.js'
import { asset, check } from '../test/quality/given.js'
import { median, option, print, seconds } from './support/report.js'

const rows = Number(option('rows', '10000000'))
const rounds = Number(option('rounds', '3'))
const TENANTS = 200

const counts = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']
const measures = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5']
const words = ['s0', 's1', 's2', 's3']
const numbers = [...counts, ...measures]
const states = Array.from({ length: 8 }, (_one, at) => `state_${at}`)
const sparse = (column: string, seed: number, value: string) =>
  `case when hash(range * ${seed}) % 1000 = 0 then null else ${value} end as ${column}`
const TABLE = `select 'customer_' || (hash(range) % ${TENANTS}) as customer_id, ${[
  ...counts.map((name, at) => sparse(name, at + 3, `(hash(range * ${at + 7}) % 5000)::INTEGER`)),
  ...measures.map((name, at) => sparse(name, at + 13, `(hash(range * ${at + 17}) % 5000) / 10.0::DOUBLE`)),
  ...words.map((name, at) => sparse(name, at + 23, `'state_' || (hash(range * ${at + 27}) % 8)`)),
].join(', ')}, timestamp '2024-01-01' + to_seconds(range % 8000000) as read_at from range(${rows})`

/** A check and the condition that one would write by hand for it. */
const pairs: { check: Check; hand: string }[] = []
const add = (rule: Check, hand: string) =>
  pairs.push({ check: { ...rule, name: `${rule.kind}_${pairs.length}` }, hand })
for (const column of [...numbers, ...words, 'read_at'])
  add(check({ kind: 'not_null', column }), `${column} is null`)
for (const column of numbers) {
  add(check({ kind: 'accepted_range', column, min: 0, max: 4990 }), `${column} < 0 or ${column} > 4990`)
  add(check({ kind: 'accepted_range', column, min: 1 }), `${column} < 1`)
  add(check({ kind: 'accepted_range', column, max: 498, onFail: 'continue' }), `${column} > 498`)
  add(check({ kind: 'accepted_range', column, max: 4999 }), `${column} > 4999`)
}
for (const column of words) {
  const list = states.map((state) => `'${state}'`).join(', ')
  add(check({ kind: 'accepted_values', column, values: states }), `${column} not in (${list})`)
  add(
    check({ kind: 'matches_regex', column, pattern: '^state_[0-9]$' }),
    `not regexp_matches(${column}, '^state_[0-9]$')`,
  )
}
for (const column of counts.slice(0, 4))
  add(check({ kind: 'accepted_range', column, max: 5000 }), `${column} > 5000`)

const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
const engine = await openDuckDb({
  path: join(folder, 'warehouse.duckdb'),
  tempFolder: join(folder, 'tmp'),
  timezone: 'UTC',
  log: silentLog,
})
const duck = await DuckDBInstance.create(join(folder, 'bare.duckdb'))
const bare = await duck.connect()
const signal = new AbortController().signal

try {
  const workspace = await engine.openWorkspace(1)
  const build = { asset: 'marts.visits', relation: 'candidate', sql: TABLE, parameters: {} }
  const candidate = await workspace.build(build, {}, signal)
  await bare.run(`create table candidate as ${TABLE}; checkpoint`)
  const thisRows = { kind: 'relation', relation: candidate.relation, columns: candidate.columns } as const
  const judge = (checks: readonly Check[]) =>
    judgeCandidate(
      {
        workspace,
        asset: asset(checks),
        tenant: 'customer_id',
        candidate,
        change: { kind: 'replace', candidate: candidate.relation, live: null },
        thisRows,
        afterRows: thisRows,
        run: 1,
        now: 0,
        parameters: {},
        accept: new Set(),
      },
      signal,
    )
  const byHand = (count: (condition: string) => string) =>
    bare.runAndReadAll(
      `select customer_id, count(*), ${pairs.map(({ hand }) => count(hand)).join(', ')} from candidate group by customer_id`,
    )
  const all = pairs.map((pair) => pair.check)
  const figures = { millrace: [] as number[], filter: [] as number[], countIf: [] as number[] }
  let failing = 0
  for (let round = 0; round < rounds; round++) {
    figures.filter.push(await seconds(() => byHand((condition) => `count(*) filter (where ${condition})`)))
    figures.countIf.push(await seconds(() => byHand((condition) => `count_if(${condition})`)))
    figures.millrace.push(
      await seconds(async () => {
        const { results } = await judge(all)
        failing = results.filter(({ status }) => status === 'failed').length
      }),
    )
  }
  const millrace = median(figures.millrace)
  print('checks', {
    rows,
    tenants: TENANTS,
    checks: pairs.length,
    failing,
    millrace,
    'one GROUP BY by hand, count(*) filter (where …)': median(figures.filter),
    'millrace / by hand': millrace / median(figures.filter),
    'one GROUP BY by hand, count_if(…)': median(figures.countIf),
    'millrace / by hand with count_if': millrace / median(figures.countIf),
  })
  await workspace.close()
} finally {
  bare.closeSync()
  duck.closeSync()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
}
