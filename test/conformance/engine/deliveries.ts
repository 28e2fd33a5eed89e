import { describe, expect } from 'vitest'
import { columns, rowsOf } from '../rows.js'
import { type Bench, hours, never, TIMED, timed } from './bench.js'
import { timedTable } from './timed-table.js'

export function deliveriesClaims(bench: Bench): void {
  const { build, releaseAll, changeOf, replace, failure, nextRun, claim } = bench
  const { live, apply } = timedTable(bench)
  describe('deliveries', () => {
    const delivery = 'staging.t>app:t'
    const deliveries = [{ delivery, key: ['id'] }]
    const changesAfter = (after: number | 'all') =>
      bench.engine.openChanges({ delivery, asset: 'staging.t', key: ['id'], columns: TIMED, after })
    const carried = async (after: number | 'all') => {
      const changes = await changesAfter(after)
      const upserts = await rowsOf(changes.upserts(never()), TIMED)
      const deletes = await rowsOf(changes.deletes(never()), columns({ id: 'INTEGER' }))
      expect([changes.upserted, changes.deleted]).toEqual([upserts.length, deletes.length])
      return {
        upserts: upserts.map(({ id, v }) => [id, v]).sort(),
        deletes: deletes.map(({ id }) => id).sort(),
      }
    }

    claim('all rows for a first delivery', async () => {
      await live('(1, null, 1), (2, null, 2)')
      expect(await carried('all')).toEqual({
        upserts: [
          [1, 1],
          [2, 2],
        ],
        deletes: [],
      })
    })

    claim('only what differs, the last change of a key', async () => {
      const first = await live('(1, null, 1), (2, null, 1), (3, null, 1)')
      await apply('(1, null, 1), (2, null, 2), (4, null, 4)', (candidate) => replace(candidate, first), {
        deliveries,
      })
      expect(await carried(1)).toEqual({
        upserts: [
          [2, 2],
          [4, 4],
        ],
        deletes: [3],
      })
      const second = (await bench.engine.ledger())[0]?.relations[0]?.relation ?? ''
      await apply(
        '(2, null, 1), (4, null, null), (3, null, 9)',
        (candidate) => ({
          kind: 'merge',
          candidate: candidate.relation,
          live: second,
          key: ['id'],
          deletes: 'none',
        }),
        { deliveries },
      )
      expect(await carried(1)).toEqual({
        upserts: [
          [2, 1],
          [3, 9],
          [4, null],
        ],
        deletes: [],
      })
      expect(await carried(2)).toEqual({
        upserts: [
          [2, 1],
          [3, 9],
          [4, null],
        ],
        deletes: [],
      })
      await bench.engine.forgetChanges(delivery, 2)
      expect(await carried(2)).toEqual({
        upserts: [
          [2, 1],
          [3, 9],
          [4, null],
        ],
        deletes: [],
      })
      expect(await carried(3)).toEqual({ upserts: [], deletes: [] })
    })

    claim('of ranges: the rows of the ranges alone', async () => {
      const relation = await live(
        "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 01:00:00+00', 1), (3, '2024-01-01 01:20:00+00', 1)",
      )
      await apply(
        "(2, '2024-01-01 01:00:00+00', 1), (4, '2024-01-01 01:30:00+00', 1)",
        (candidate) => ({
          kind: 'ranges',
          candidate: candidate.relation,
          live: relation,
          column: 'seen',
          ranges: [hours('2024-01-01T01:00')],
        }),
        { deliveries },
      )
      expect(await carried(1)).toEqual({ upserts: [[4, 1]], deletes: [3] })
    })

    claim('and says so when changes were not kept', async () => {
      const first = await live('(1, null, 1)')
      const second = await build('staging.t', timed('(2, null, 1)'))
      await releaseAll([changeOf('staging.t', second, replace(second, first))])
      await nextRun()
      await apply('(3, null, 1)', (candidate) => replace(candidate, second.relation), { deliveries })
      expect((await failure(changesAfter(1))).code).toBe('ENGINE_CHANGES_LOST')
      expect(await carried(2)).toEqual({ upserts: [[3, 1]], deletes: [2] })
    })
  })
}
