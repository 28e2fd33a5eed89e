import { describe, expect } from 'vitest'
import type { Candidate, InRangesRequest } from '../../../src/adapters/engines/engine.js'
import { at, type Bench, hours, never, timed } from './bench.js'

export function eventTimeClaims(bench: Bench): void {
  const { build, replace, publish, claim } = bench
  describe('event time', () => {
    claim('knows the extent, endless and missing times left out', async () => {
      const a = await build(
        'staging.a',
        timed(
          "(1, 'infinity', 1), (2, null, 1), (3, '2024-01-01 00:00:00.000400+00', 1), (4, '1969-12-31 23:59:00+00', 1)",
        ),
      )
      await bench.workspace.define('staging.a', {
        kind: 'relation',
        relation: a.relation,
        columns: a.columns,
      })
      expect(await bench.workspace.extent({ asset: 'staging.a', timeColumn: 'seen' })).toEqual([
        { start: at('1969-12-31T23:59'), end: at('2024-01-01T00:00') + 1 },
      ])
      const none = await build('staging.b', `${timed('(1, null, 1)')} where false`)
      await bench.workspace.define('staging.b', {
        kind: 'relation',
        relation: none.relation,
        columns: none.columns,
      })
      expect(await bench.workspace.extent({ asset: 'staging.b', timeColumn: 'seen' })).toEqual([])
    })

    claim('of a first candidate: its own hours, before 1970 too', async () => {
      const a = await build(
        'staging.a',
        timed("(1, '1969-12-31 23:30:00+00', 1), (2, '1970-01-01 00:30:00+00', 1), (3, '-infinity', 1)"),
      )
      expect(
        await bench.workspace.touchedRanges({ candidate: a, timeColumn: 'seen', change: replace(a) }),
      ).toEqual([hours('1969-12-31T23:00', 2)])
    })

    claim('tells in which hours a replacement differs, and whether at all', async () => {
      const rows = "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 01:00:00+00', 1), (3, null, 1)"
      const old = await publish('staging.a', timed(rows))
      const same = await build('staging.a', `${timed(rows)} order by id desc`)
      const differing = (candidate: Candidate, timeColumn: string | null) =>
        bench.workspace.changedRanges({ candidate, live: old.relation, timeColumn })
      expect(await differing(same, 'seen')).toEqual({ same: true, ranges: [] })
      const other = await build('staging.b', timed(rows.replace("01:00:00+00', 1", "01:00:00+00', 2")))
      expect(await differing(other, 'seen')).toEqual({ same: false, ranges: [hours('2024-01-01T01:00')] })
      expect(await differing(other, null)).toEqual({ same: false, ranges: [] })
      const doubled = await build(
        'staging.c',
        `${timed(rows)} union all ${timed("(1, '2024-01-01 00:10:00+00', 1)")}`,
      )
      expect((await differing(doubled, 'seen')).ranges).toEqual([hours('2024-01-01T00:00')])
    })

    claim('keeps the rows of the ranges a candidate was built for, and counts the others', async () => {
      const rows =
        "(1, '2024-01-01 00:00:00+00', 1), (2, '2024-01-01 00:59:59.999999+00', 1), (3, '2024-01-01 01:00:00+00', 1), " +
        "(4, '2023-12-31 23:59:59.999999+00', 1), (5, '2024-01-01 05:30:00+00', 1), (6, null, 1), (7, 'infinity', 1), (8, '-infinity', 1)"
      const keep = async (request: Partial<InRangesRequest>) => {
        const candidate = await build('staging.a', timed(rows))
        const kept = await bench.workspace.keepInRanges(
          {
            asset: 'staging.a',
            candidate,
            timeColumn: 'seen',
            ranges: [hours('2024-01-01T00:00')],
            later: [],
            keepNull: false,
            ...request,
          },
          never(),
        )
        const this_ = { kind: 'relation', relation: candidate.relation, columns: candidate.columns } as const
        const found = await bench.workspace.scan(
          { names: { this: this_ }, sql: 'select id from this order by id', parameters: {} },
          never(),
        )
        expect(kept.candidate).toMatchObject({
          ...candidate,
          rows: found.rows.length,
          bytes: kept.candidate.bytes,
        })
        return { ...kept, candidate: found.rows.flat() }
      }
      const earliest = at('2023-12-31T23:59:59.999')
      expect(await keep({})).toEqual({ candidate: [1, 2], outside: 3, earliest, timeless: 3 })
      expect(await keep({ later: [hours('2024-01-01T05:00')] })).toEqual({
        candidate: [1, 2],
        outside: 2,
        earliest,
        timeless: 3,
      })
      expect(await keep({ keepNull: true })).toEqual({
        candidate: [1, 2, 6],
        outside: 3,
        earliest,
        timeless: 2,
      })
      expect(await keep({ ranges: [] })).toMatchObject({ candidate: [], outside: 5 })
      expect(await keep({ ranges: [hours('2023-12-31T00:00', 40)], keepNull: true })).toMatchObject({
        candidate: [1, 2, 3, 4, 5, 6],
        outside: 0,
        earliest: null,
      })
    })
  })
}
