import { describe, expect } from 'vitest'
import { columns } from '../rows.js'
import type { Bench } from './bench.js'

export function bindingClaims(bench: Bench): void {
  const { build, claim } = bench
  describe('binds', () => {
    claim('statements in order, on empty tables', async () => {
      const results = await bench.engine.bind({
        known: [
          {
            asset: 'raw.a',
            columns: columns({ id: 'BIGINT', seen: 'TIMESTAMP WITH TIME ZONE', j: 'JSON' }),
          },
        ],
        statements: [
          {
            asset: 'staging.b',
            sql: 'select *, $n as n from raw.a where seen >= $start;',
            parameters: { n: 1.5, start: 0 },
          },
          { asset: 'marts.c', sql: 'select id, 1 as id, n from staging.b', parameters: {} },
          { asset: 'marts.d', sql: 'select 1,\n nope from marts.c', parameters: {} },
          { asset: 'marts.e', sql: 'select * from marts.d', parameters: {} },
          { asset: 'marts.f', sql: 'select id from staging.bb', parameters: {} },
        ],
      })
      expect(results.slice(0, 2)).toEqual([
        {
          asset: 'staging.b',
          ok: true,
          columns: columns({
            id: 'BIGINT',
            seen: 'TIMESTAMP WITH TIME ZONE',
            j: 'JSON',
            n: 'DECIMAL(2,1)',
          }),
        },
        {
          asset: 'marts.c',
          ok: true,
          columns: columns({ id: 'BIGINT', id_1: 'INTEGER', n: 'DECIMAL(2,1)' }),
        },
      ])
      expect(results[2]).toMatchObject({ ok: false, offset: 'select 1,\n '.length })
      expect(results[3]).toMatchObject({ ok: false, message: 'It reads marts.d, which cannot be bound.' })
      expect(results[4]).toMatchObject({
        ok: false,
        message: expect.stringMatching(/"(staging\.)?b"/),
        offset: 15,
      })
    })

    claim('the same columns that a build then has', async () => {
      const sql = `select null as nothing, '{}'::JSON as j, ['1'::JSON] as list, {'a b': 1} as s, 1 as a, 2 as a, map{'k': 1.5} as m,
      current_date as d, now() as t, interval 1 day as i, 1::HUGEINT as h, 'x'::enum('x', 'y') as e`
      const [bound] = await bench.engine.bind({
        known: [],
        statements: [{ asset: 'a.b', sql, parameters: {} }],
      })
      const built = await build('a.b', sql)
      expect(bound).toEqual({ asset: 'a.b', ok: true, columns: built.columns })
    })
  })

  claim('tells its size and limits', async () => {
    const statistics = await bench.engine.statistics()
    expect(statistics.memoryLimitBytes).toBeGreaterThan(1_000_000)
    expect(statistics.threads).toBeGreaterThan(0)
    expect(statistics.name).not.toBe('')
    expect(statistics.version).toMatch(/^\d/)
  })
}
