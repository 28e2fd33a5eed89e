import { describe, expect } from 'vitest'
import type { Candidate, RowChange } from '../../../src/adapters/engines/engine.js'
import type { Interval } from '../../../src/domain/interval.js'
import { columns } from '../rows.js'
import { type Bench, hours, never } from './bench.js'
import { timedTable } from './timed-table.js'

export function rowChangesClaims(bench: Bench): void {
  const { ingest, releaseAll, changeOf, replace, read, nextRun, claim } = bench
  const { live, table, apply } = timedTable(bench)
  describe('row changes', () => {
    claim('ranges: rows inside give way, late ones and all', async () => {
      const relation = await live(
        "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 01:00:00+00', 1), (3, '2024-01-01 02:00:00+00', 1), (4, null, 1)",
      )
      const touched = await apply(
        "(5, '2024-01-01 01:59:59+00', 2), (6, '2024-01-01 09:00:00+00', 2), (4, null, 1), (7, null, 2)",
        (candidate) => ({
          kind: 'ranges',
          candidate: candidate.relation,
          live: relation,
          column: 'seen',
          ranges: [hours('2024-01-01T01:00')],
        }),
      )
      // Row 6 lies outside the ranges, row 7 in none.
      expect(await table()).toEqual([
        [1, 1],
        [3, 1],
        [4, 1],
        [5, 2],
      ])
      expect(touched).toEqual([hours('2024-01-01T01:00')])
    })

    claim('merge: by key, NULL keys too, equal rows untouched', async () => {
      const relation = await live(
        "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 05:00:00+00', 1), (null, null, 1)",
      )
      const touched = await apply(
        "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 06:00:00+00', 2), (null, null, 3), (9, '2024-01-01 08:00:00+00', 1), (9, '2024-01-01 08:00:00+00', 2)",
        (candidate) => ({
          kind: 'merge',
          candidate: candidate.relation,
          live: relation,
          key: ['id'],
          deletes: 'none',
        }),
      )
      expect(await table()).toEqual([
        [1, 1],
        [2, 2],
        [9, 2],
        [null, 3],
      ])
      expect(touched).toEqual([hours('2024-01-01T05:00', 2), hours('2024-01-01T08:00')])
    })

    claim('merge: removes what is missing, marked or gone, where asked', async () => {
      const rows = '(1, null, 1), (2, null, 1), (3, null, 1)'
      const relation = await live(rows)
      await apply('(1, null, 1), (2, null, 5)', (candidate) => ({
        kind: 'merge',
        candidate: candidate.relation,
        live: relation,
        key: ['id'],
        deletes: 'missing',
      }))
      expect(await table()).toEqual([
        [1, 1],
        [2, 5],
      ])
      await apply('(1, null, 0), (2, null, null), (3, null, 1)', (candidate) => ({
        kind: 'merge',
        candidate: candidate.relation,
        live: relation,
        key: ['id'],
        deletes: { when: 'v' },
      }))
      // 1 is marked with 0, which is false; 3 is marked before it ever came.
      expect(await table()).toEqual([
        [1, 0],
        [2, null],
      ])
      const gone = await bench.workspace.build(
        {
          asset: 'staging.t',
          relation: 'staging__t__gone',
          sql: 'select 2::INTEGER as id',
          parameters: {},
        },
        {},
        never(),
      )
      await apply('(7, null, 7)', (candidate) => ({
        kind: 'merge',
        candidate: candidate.relation,
        live: relation,
        key: ['id'],
        deletes: 'none',
        gone: gone.relation,
      }))
      expect(await table()).toEqual([
        [1, 0],
        [7, 7],
      ])
    })

    claim('append: by key, or ranges built before, adds nothing twice', async () => {
      const relation = await live("(1, '2024-01-01 00:10:00+00', 1)")
      const append =
        (key: string[], again?: { column: string; ranges: Interval[] }) => (candidate: Candidate) =>
          ({
            kind: 'append',
            candidate: candidate.relation,
            live: relation,
            key,
            ...(again && { again }),
          }) as const
      expect(
        await apply(
          "(1, '2024-01-01 00:10:00+00', 9), (2, '2024-01-01 03:00:00+00', 2), (2, '2024-01-01 03:00:00+00', 3)",
          append(['id']),
        ),
      ).toEqual([hours('2024-01-01T03:00')])
      expect(await table()).toEqual([
        [1, 1],
        [2, 2],
      ])
      await apply(
        "(2, '2024-01-01 03:00:00+00', 2), (2, '2024-01-01 03:00:00+00', 2), (2, '2024-01-01 08:00:00+00', 2)",
        append([], { column: 'seen', ranges: [hours('2024-01-01T03:00')] }),
      )
      expect(await table()).toEqual([
        [1, 1],
        [2, 2],
        [2, 2],
        [2, 2],
      ])
      await apply("(1, '2024-01-01 00:10:00+00', 1)", append([]))
      expect((await table()).length).toBe(5)
    })

    claim('files: rows of a file loaded again give way', async () => {
      const layout = columns({ id: 'INTEGER', file: 'VARCHAR' })
      const first = await ingest('raw.f', layout, [
        { id: 1, file: 'a' },
        { id: 2, file: 'b' },
      ])
      await releaseAll([changeOf('raw.f', first, replace(first))])
      await nextRun()
      const second = await ingest('raw.f', layout, [{ id: 3, file: 'b' }])
      const change: RowChange = {
        kind: 'files',
        candidate: second.relation,
        live: first.relation,
        fileColumn: 'file',
        files: ['b', "it's"],
      }
      await releaseAll([changeOf('raw.f', second, change)])
      expect(await read('select id from raw.f order by id')).toEqual([[1], [3]])
    })
  })
}
