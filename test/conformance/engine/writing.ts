import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { physicalName } from '../../../src/adapters/engines/physical-name.js'
import { batches, batchOf, columns, type Row, rowsOf } from '../rows.js'
import { type Bench, hours, never, timed } from './bench.js'

export function writingClaims(bench: Bench): void {
  const { build, ingest, releaseAll, changeOf, replace, publish, claim } = bench
  describe('writes', () => {
    claim('an input as Parquet, chosen columns in order, one range', async () => {
      const a = await build(
        'staging.a',
        timed(
          "(2, '2024-01-01 00:10:00+00', 1), (1, '2024-01-01 00:20:00+00', 1), (3, '2024-01-01 01:00:00+00', 1)",
        ),
      )
      await bench.workspace.define('staging.a', {
        kind: 'relation',
        relation: a.relation,
        columns: a.columns,
      })
      const target = join(bench.folder, 'input')
      const paths = await bench.workspace.writeInput(
        {
          asset: 'staging.a',
          columns: ['id'],
          orderBy: ['id'],
          range: { column: 'seen', interval: hours('2024-01-01T00:00') },
          folder: target,
        },
        never(),
      )
      const loaded = await bench.workspace.ingest(
        {
          asset: 'raw.b',
          relation: physicalName('raw.b', bench.run),
          payload: { kind: 'files', format: 'parquet', paths, options: {}, sent: () => 2 },
        },
        {},
        never(),
      )
      expect(loaded).toMatchObject({ rows: 2, columns: columns({ id: 'INTEGER' }) })
    })

    claim('released rows as columns and as Parquet', async () => {
      const a = await publish('staging.a', timed('(2, null, 1), (1, null, 5)'))
      const request = { asset: 'staging.a', columns: a.columns, orderBy: ['id'] }
      const rows = await rowsOf(bench.engine.readColumns(request, never()), a.columns)
      expect(rows.map(({ id, v }) => [id, v])).toEqual([
        [1, 5],
        [2, 1],
      ])
      const written = await bench.engine.writeParquet(
        { ...request, path: join(bench.folder, "o'ut.parquet") },
        never(),
      )
      expect(written.rows).toBe(2)
      expect(written.bytes).toBeGreaterThan(100)
    })
  })

  describe('compares', () => {
    claim('released rows with others by key', async () => {
      const layout = columns({ id: 'INTEGER', v: 'DOUBLE' })
      const rows = [
        { id: 1, v: 1 },
        { id: 2, v: null },
        { id: 3, v: Number.NaN },
      ]
      const a = await ingest('staging.a', layout, rows)
      await releaseAll([changeOf('staging.a', a, replace(a))])
      const compare = (others: readonly Row[]) =>
        bench.engine.compare(
          { asset: 'staging.a', columns: layout, key: ['id'], other: batches(batchOf(layout, others)) },
          never(),
        )
      expect(await compare(rows)).toEqual({ missing: 0, extra: 0, different: 0, samples: [] })
      expect(
        await compare([
          { id: 1, v: 7 },
          { id: 2, v: null },
          { id: 9, v: 1 },
        ]),
      ).toEqual({
        missing: 1,
        extra: 1,
        different: 1,
        samples: [
          { id: 1, problem: 'different', released: { v: 1 }, found: { v: 7 } },
          { id: 9, problem: 'extra' },
          { id: 3, problem: 'missing' },
        ],
      })
      expect(await compare([...rows, { id: 2, v: null }, { id: 2, v: null }])).toEqual({
        missing: 0,
        extra: 2,
        different: 0,
        samples: [{ id: 2, problem: 'extra' }],
      })
    })
  })
}
