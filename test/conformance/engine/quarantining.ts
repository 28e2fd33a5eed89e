import { describe, expect } from 'vitest'
import { type Bench, timed } from './bench.js'

export function quarantiningClaims(bench: Bench): void {
  const { build, releaseAll, changeOf, replace, read, nextRun, claim } = bench
  describe('quarantines', () => {
    claim('rows with the first reason, and shows them from the release on', async () => {
      const a = await build('staging.a', timed('(1, null, 1), (2, null, -1), (3, null, -2), (4, null, null)'))
      const { rows } = await bench.workspace.quarantine({
        asset: 'staging.a',
        candidate: a,
        rules: [
          { check: 'low', reason: 'below -1', rowIds: 'select rowid from this where v < -1' },
          {
            check: 'negative',
            reason: "it's negative",
            rowIds: 'with t as (from this) select rowid from t where v < 0',
          },
        ],
        run: bench.run,
      })
      expect(rows).toBe(2)
      const outcome = await releaseAll([changeOf('staging.a', a, replace(a), { quarantined: true })])
      expect(outcome.relations[0]?.rows).toBe(2)
      expect(await read('select id from staging.a order by id')).toEqual([[1], [4]])
      expect(
        await read('select id, _check, _reason, _run, _release from quarantine.staging__a order by id'),
      ).toEqual([
        [2, 'negative', "it's negative", 1, 1],
        [3, 'low', 'below -1', 1, 1],
      ])
      await nextRun()
      const again = await build(
        'staging.a',
        `select id, seen, v::BIGINT as v, 1 as more from (${timed('(5, null, -5), (6, null, 1)')})`,
      )
      await bench.workspace.quarantine({
        asset: 'staging.a',
        candidate: again,
        rules: [{ check: 'negative', reason: 'negative', rowIds: 'select rowid from this where v < 0' }],
        run: bench.run,
      })
      await releaseAll([changeOf('staging.a', again, replace(again, a.relation), { quarantined: true })])
      expect(await read('select id, v, more, _release from quarantine.staging__a')).toEqual([[5, '-5', 1, 2]])
    })

    claim('rows it gives back to who asks which would pass by now, with their hours', async () => {
      const signal = new AbortController().signal
      const ask = (condition: string, timeColumn: string | null = 'seen', check = 'orphan') =>
        bench.workspace.quarantined({ asset: 'staging.a', check, condition, timeColumn }, signal)
      expect(await ask('true')).toEqual({ rows: 0, ranges: [] })
      const a = await build(
        'staging.a',
        timed("(1, '2024-01-01 00:30:00Z', 1), (2, '2024-01-01 05:10:00Z', 1), (3, null, 1)"),
      )
      const rules = [{ check: 'orphan', reason: 'r', rowIds: 'select rowid from this where id > 1' }]
      await bench.workspace.quarantine({ asset: 'staging.a', candidate: a, rules, run: bench.run })
      await releaseAll([changeOf('staging.a', a, replace(a), { quarantined: true })])
      await nextRun()
      const parents = await build('raw.parents', 'select 2 as id')
      await bench.workspace.define('raw.parents', {
        kind: 'relation',
        relation: parents.relation,
        columns: parents.columns,
      })
      const start = Date.UTC(2024, 0, 1, 5)
      const known = 'exists (select 1 from raw.parents p where p.id = aside.id)'
      expect(await ask(known)).toEqual({ rows: 1, ranges: [{ start, end: start + 3_600_000 }] })
      expect(await ask('true', null)).toEqual({ rows: 2, ranges: [] })
      expect(await ask('true', 'seen', 'other')).toEqual({ rows: 0, ranges: [] })
      expect(await ask('aside.gone = 1')).toEqual({ rows: 0, ranges: [] })
    })

    claim('the same rows again without altering anything, and other ones not', async () => {
      const rules = [{ check: 'low', reason: 'r', rowIds: 'select rowid from this where v < 0' }]
      const judged = async (rows: string) => {
        const candidate = await build('staging.a', timed(rows))
        await bench.workspace.quarantine({ asset: 'staging.a', candidate, rules, run: bench.run })
        return candidate
      }
      const first = await judged("(1, null, 1), (2, null, -1), (3, '2024-01-01 00:00:00Z', -3)")
      await releaseAll([changeOf('staging.a', first, replace(first), { quarantined: true })])
      for (const [rows, alters] of [
        ['(2, null, -1)', false],
        ["(1, null, 1), (3, '2024-01-01 00:00:00Z', -3)", false],
        ['(2, null, -2)', true],
        ['(2, null, -1), (2, null, -1)', true],
        ['(4, null, -1)', true],
        ['(2, null, -1), (1, null, 2)', true],
        ['(2, null, 1)', true],
      ] as const) {
        await nextRun()
        const candidate = await judged(rows)
        const change = {
          kind: 'merge',
          candidate: candidate.relation,
          live: first.relation,
          key: ['id'],
          deletes: 'none',
        } as const
        const { columns } = candidate
        expect(await bench.workspace.alters({ asset: 'staging.a', change, columns }), rows).toBe(alters)
      }
    })

    claim('nothing where no rule finds a row', async () => {
      const a = await build('staging.a', 'select 1 as id')
      const rules = [{ check: 'c', reason: 'r', rowIds: 'select rowid from this where id > 5' }]
      expect(
        await bench.workspace.quarantine({ asset: 'staging.a', candidate: a, rules, run: bench.run }),
      ).toEqual({
        rows: 0,
      })
    })
  })
}
